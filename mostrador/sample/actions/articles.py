"""Articles of the sample office, as editors have them: published, superseded, out of date, being written."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.help_centre.actions.articles import create_article, supersede
from mostrador.help_centre.actions.drafts import (
    ask_for_changes,
    comment,
    save_draft,
    schedule,
    submit_for_review,
    write_and_publish,
)
from mostrador.help_centre.actions.index import index_adaptation, index_what_is_missing
from mostrador.help_centre.choices import ArticleKind, Audience, DraftStep
from mostrador.help_centre.models import Adaptation, Article
from mostrador.help_centre.rules.texts import ArticleText, text_of
from mostrador.organisations.models import Organisation
from mostrador.sample.actions.office import Office
from mostrador.sample.rules import SampleArticle, read_articles, read_editing
from mostrador.shared.markdown import render_markdown


def make_articles(office: Office) -> None:
    """Make the articles in every language in which the sample has them."""
    editor = office.staff["lucia"]
    root = next(iter(office.organisations.values()))
    files = read_articles()
    for sample in files:
        if sample.language == "es":
            office.articles[sample.slug] = _make_article(sample, root, editor, office)
        article = office.articles[sample.slug]
        write_and_publish(article, sample.language, sample.text, author=editor, index=False)
    index_what_is_missing()
    for sample in files:
        article = office.articles[sample.slug]
        article.related.add(*(office.articles[slug] for slug in sample.listed("related")))


def _make_article(sample: SampleArticle, organisation: Organisation, editor: User, office: Office) -> Article:
    values = sample.file.values
    minutes = values.get("minutes")
    return create_article(
        organisation,
        author=editor,
        topic=office.topics[values["topic"]],
        title=values["title"],
        slug=sample.slug,
        details={
            "kind": ArticleKind(values["kind"]),
            "owner_team": office.teams[values["owner_team"]],
            "also_in": [office.topics[slug] for slug in sample.listed("also_in")],
            "procedures": [office.procedures[code] for code in sample.listed("procedures")],
            "codes": sample.listed("codes"),
            "review_by": date.fromisoformat(values["review_by"]),
            "minutes": int(minutes) if minutes else None,
            "fix_state": values.get("fix_state", ""),
            "affects": sample.listed("affects"),
        },
    )


def make_editing(office: Office) -> None:
    """Leave the centre as editors have it: something superseded, something stale, drafts at every step, adaptations."""
    editing, root = read_editing(), next(iter(office.organisations.values()))
    editor = office.staff["lucia"]
    for each in editing["superseded"]:
        supersede(_write(each, root, office, author=editor), by=office.articles[each["by"]], author=editor)
    for each in editing["internal"]:
        _write(each, root, office, author=editor, details={"audience": Audience.STAFF})
    for each in editing["new"]:
        article = _create(each, root, office, author=editor)
        save_draft(article, "es", _text(each), author=office.staff[each["by"]])
    for each in editing["stale"]:
        _make_stale(office.articles[each["article"]], each, author=editor)
    for each in editing["drafts"]:
        _make_draft(each, office)
    for each in editing["adaptations"]:
        texts = each.get("texts", {})
        adaptation = Adaptation.objects.create(
            organisation=office.organisations[each["organisation"]],
            article=office.articles[each["article"]],
            is_hidden=each.get("is_hidden", False),
            texts=texts,
            html={language: str(render_markdown(words, language=language)) for language, words in texts.items()},
        )
        index_adaptation(adaptation)


def _create(
    words: dict[str, Any],
    organisation: Organisation,
    office: Office,
    *,
    author: User,
    details: Mapping[str, Any] | None = None,
) -> Article:
    return create_article(
        organisation,
        author=author,
        topic=office.topics[words["topic"]],
        title=words["title"],
        slug=words["slug"],
        details={"kind": ArticleKind(words["kind"]), **(details or {})},
    )


def _write(
    words: dict[str, Any],
    organisation: Organisation,
    office: Office,
    *,
    author: User,
    details: Mapping[str, Any] | None = None,
) -> Article:
    article = _create(words, organisation, office, author=author, details=details)
    write_and_publish(article, "es", _text(words), author=author)
    return article


def _text(words: dict[str, Any]) -> ArticleText:
    return ArticleText(words["title"], words["summary"], words["body"])


def _make_stale(article: Article, how: dict[str, Any], *, author: User) -> None:
    """Publish the source with a sentence more, and every translation but those that are to stay behind."""
    versions = {version.language: version for version in article.versions.all()}
    source = versions.pop(article.source_language)
    text = text_of(source)
    clearer = replace(text, body=f"{text.body}\n\n{how['adds']}", note=how["note"])
    write_and_publish(article, source.language, clearer, author=author)
    for language in versions.keys() - set(how["languages"]):
        write_and_publish(article, language, text_of(versions[language]), author=author)


def _make_draft(how: dict[str, Any], office: Office) -> None:
    article = office.articles[how["article"]]
    text = text_of(article.versions.get(language="es"))
    changed = replace(text, body=f"{text.body}\n\n{how['adds']}", note=how["note"])
    author = office.staff[how["by"]]
    draft = save_draft(article, "es", changed, author=author)
    if how["step"] == DraftStep.SCHEDULED:
        at = timezone.localtime().replace(hour=9, minute=0) + timedelta(days=how["in_days"])
        schedule(draft, publisher=office.staff[how["publisher"]], at=at)
        return
    submit_for_review(draft, author=author)
    if how["step"] == DraftStep.CHANGES_ASKED:
        ask_for_changes(draft, reviewer=office.staff[how["reviewer"]], text=how["asked"])
    for each in how.get("comments", ()):
        comment(draft.version, author=office.staff[each["by"]], text=each["text"], quote=each["quote"])
