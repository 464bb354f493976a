"""What was published before revisions were kept becomes the first one; what was not published becomes a draft."""

from django.db import migrations

SHOWN = ("title", "summary", "body")


def keep(apps, schema_editor):
    version_model = apps.get_model("help_centre", "ArticleVersion")
    revision_model = apps.get_model("help_centre", "ArticleRevision")
    draft_model = apps.get_model("help_centre", "ArticleDraft")
    for version in version_model.objects.iterator():
        words = {name: getattr(version, name) for name in SHOWN}
        if version.published_at:
            revision_model.objects.create(version=version, number=1, published_at=version.published_at, **words)
            version.revision = 1
            version.save(update_fields=["revision"])
        else:
            draft_model.objects.create(version=version, written_at=version.updated_at, edits=1, **words)


class Migration(migrations.Migration):
    dependencies = [("help_centre", "0002_editing_and_search")]
    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
