"""Articles taken out as an archive and brought in again."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.help_centre.actions import exchange as exchanges
from mostrador.help_centre.actions.articles import supersede, withdraw
from mostrador.help_centre.actions.drafts import save_draft, write_and_publish
from mostrador.help_centre.choices import ExchangeState, PublicationState
from mostrador.help_centre.models import Article, ArticleDraft, ArticlePicture, ArticleVersion, Exchange
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import topics_of
from tests import make

SIMPLE = "---\ntitle: Uno\nsummary: Dos\ntopic: tema\n---\nTexto\n"


def webp(colour: str = "red") -> bytes:
    """A small picture as we write them."""
    content = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(content, "WEBP")
    return content.getvalue()


def archive_of(organisation: Organisation) -> bytes:
    content = io.BytesIO()
    exchanges.write_archive(organisation, content)
    return content.getvalue()


def files_in(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def zipped(files: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return content.getvalue()


def brought_in(organisation: Organisation, content: bytes, **decisions: Any) -> dict[str, Any]:
    return exchanges.import_archive(organisation, io.BytesIO(content), author=None, **decisions)


def keys_by_picture(files: dict[str, bytes]) -> dict[bytes, str]:
    return {content: path.rpartition("/")[2][:-5] for path, content in files.items() if path.endswith(".webp")}


def with_old_keys(content: bytes, old_keys: dict[str, str]) -> bytes:
    for new, old in old_keys.items():
        content = content.replace(new.encode(), old.encode())
    return content


def add_picture(article: Article, key: str, colour: str = "red") -> None:
    content = webp(colour)
    ArticlePicture.objects.create(
        article=article,
        key=key,
        file=default_storage.save(f"articles/{key}.webp", ContentFile(content)),
        content_type="image/webp",
        width=4,
        height=3,
        size_bytes=len(content),
        added_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.fixture
def family(organisation: Organisation) -> tuple[Organisation, Organisation]:
    """Two bodies under the same one, whose topics, teams and procedures both have."""
    make.topic(organisation, slug="firma")
    make.topic(organisation, slug="pagos")
    return make.organisation(parent=organisation), make.organisation(parent=organisation)


def everything(organisation: Organisation, above: Organisation) -> None:
    """Articles with something of everything that an article can have."""
    topics = {topic.slug: topic for topic in topics_of(above)}
    team, procedure = make.team(above), make.procedure(above, sia_code="9900101", name="Padrón")
    error = make.article(
        organisation,
        title='"Error"; con: todo ',
        body="Mire ![la ventana](imagen:ventana1)\n\n<!-- part: cause -->\n\\<!-- part: cause -->\r\n  \n",
        topic=topics["firma"],
        codes=("SAF_09", "a; b", ' "c"', "d\ne"),
        parts={"cause": "\nPorque sí.\n\n", "easy_read": "", "symptom": "imagen:ventana1"},
        details={
            "kind": "known_error",
            "also_in": [topics["pagos"]],
            "procedures": [procedure],
            "owner_team": team,
            "audience": "teams",
            "audience_teams": [team],
            "for_descendants": False,
            "review_by": date(2027, 1, 2),
            "visible_until": datetime(2028, 1, 1, 12, 30, tzinfo=UTC),
            "minutes": 7,
            "fix_state": "open",
            "affects": ["Autofirma 1.8; 1.9", "Fedora"],
            "position": 3,
        },
    )
    add_picture(error, "ventana1")
    add_picture(error, "sinusar22", "blue")
    video = ArticleText("Títol", "Resum", "Cos", {}, "https://video.example/1", "captioned", note="Nueva\n nota")
    with time_machine.travel("2026-01-01T10:00:00+00:00", tick=False):
        write_and_publish(error, "ca", video, author=None)
    write_and_publish(error, "es", ArticleText("Error", "Cambió", "Texto"), author=None)  # the Catalan one is stale now
    save_draft(error, "es", ArticleText("Error nuevo", "", "", is_minor=True, note="a medias"), author=None)
    old = make.article(organisation, title="Viejo", topic=topics["pagos"], details={"related": [error]})
    withdraw(old.versions.get(), author=None)
    supersede(old, by=error, author=None)
    make.article(organisation, title="Sin publicar", topic=topics["firma"], language="gl", is_published=False)
    lost = make.article(organisation, title="Sin su idioma", topic=topics["firma"], language="en")
    Article.objects.filter(pk=lost.pk).update(source_language="eu")


def test_what_is_exported_imported_and_exported_again_is_the_same(
    organisation: Organisation, family: tuple[Organisation, Organisation]
) -> None:
    one, other = family
    everything(one, organisation)

    first = files_in(archive_of(one))
    report = brought_in(other, archive_of(one), publish=True)
    second = files_in(archive_of(other))

    old_keys = {key: keys_by_picture(first)[content] for content, key in keys_by_picture(second).items()}
    for files in (first, second):
        del files["README.md"]  # names the organisation
    assert report["problems"] == []
    assert len(first) == 9
    assert len(old_keys) == 2
    assert {with_old_keys(path.encode(), old_keys): with_old_keys(text, old_keys) for path, text in second.items()} == {
        path.encode(): text for path, text in first.items()
    }
