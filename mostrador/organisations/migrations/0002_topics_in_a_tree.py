"""Topics hang from topics instead of naming their group: each group becomes a topic."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils.text import slugify


def make_parents(apps: Any, schema_editor: Any) -> None:
    """Turn every distinct group of an organisation into a topic above those that named it."""
    Topic = apps.get_model("organisations", "Topic")  # noqa: N806 - a model
    parents: dict[tuple[int, str], Any] = {}
    for topic in Topic.objects.order_by("organisation", "position", "pk"):
        name = topic.group.get("es") or next(iter(topic.group.values()), "")
        if not name:
            continue
        key = (topic.organisation_id, name)
        if key not in parents:
            parents[key] = Topic.objects.create(
                organisation_id=topic.organisation_id,
                names=topic.group,
                slug=_free_slug(Topic, topic.organisation_id, slugify(name)[:50] or "grupo"),
                position=topic.position,
            )
        topic.parent = parents[key]
        topic.save(update_fields=["parent"])


def _free_slug(topics: Any, organisation: int, wanted: str) -> str:
    taken = set(topics.objects.filter(organisation=organisation, slug__startswith=wanted).values_list("slug", flat=True))
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.AddField(
            "topic",
            "parent",
            models.ForeignKey(
                "organisations.topic",
                on_delete=django.db.models.deletion.RESTRICT,
                null=True,
                blank=True,
                related_name="children",
                verbose_name="dentro de",
            ),
        ),
        migrations.RunPython(make_parents, migrations.RunPython.noop),
        migrations.RemoveField("topic", "group"),
    ]
