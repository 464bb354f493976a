"""Keeping the search true to what is published."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from mostrador.help_centre.models import ArticleVersion
from mostrador.help_centre.rules.words import CONFIGURATIONS, fold


def index_version(version: ArticleVersion) -> None:
    """Write the words by which the version is found, those of title and codes before those of the text."""
    configuration = CONFIGURATIONS[version.language]
    parts = {
        "A": f"{version.title} {' '.join(version.article.codes)}",
        "B": version.summary,
        "C": version.article.topic.slug.replace("-", " "),
        "D": version.body,
    }
    document = [SearchVector(Value(fold(text)), weight=weight, config=configuration) for weight, text in parts.items()]
    ArticleVersion.objects.filter(pk=version.pk).update(
        search_document=document[0] + document[1] + document[2] + document[3]
    )
