"""Articles taken out as an archive and brought in again."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.help_centre.actions import exchange as exchanges
from mostrador.help_centre.actions.adaptations import complement, hide
from mostrador.help_centre.actions.articles import supersede, withdraw
from mostrador.help_centre.actions.drafts import publish, save_draft, write_and_publish
from mostrador.help_centre.actions.synonyms import save_synonyms, use_synonyms
from mostrador.help_centre.choices import ExchangeState, PublicationState
from mostrador.help_centre.models import (
    Adaptation,
    Article,
    ArticleDraft,
    ArticlePicture,
    ArticleRevision,
    ArticleVersion,
    ArticleVote,
    Exchange,
)
from mostrador.help_centre.queries.synonyms import Origin, synonym_groups
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import topics_of
from tests import make

SIMPLE = "---\ntitle: Uno\nsummary: Dos\ntopic: tema\n---\nTexto\n"


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


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


def zipped(files: Mapping[str, str | bytes]) -> bytes:
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


def readers_and_others(organisation: Organisation, article: Article, above: Organisation) -> None:
    """Opinions, what the body does with the articles of the one above, and words that mean the same."""
    version = article.versions.get(language="es")
    for useful, reason in ((True, ""), (True, ""), (False, "did_not_work")):
        moment = datetime(2026, 11, 1, 12, tzinfo=UTC)
        ArticleVote.objects.create(version=version, useful=useful, reason=reason, comment="Secreto", voted_at=moment)
    lent, hidden = (make.article(above, title=title) for title in ("Prestado", "Oculto"))
    complement(organisation, lent, {"es": "Venga a la *oficina*.", "ca": "Vingui."}, author=None)
    hide(organisation, hidden, author=None)
    save_synonyms(organisation, "", {"es": ["tacógrafo", "disco del camión"]}, author=None)
    shipped = next(row for row in synonym_groups(organisation) if row.origin == Origin.PRODUCT)
    use_synonyms(organisation, shipped, is_active=False, author=None)


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
        parts={"cause": "\nPorque sí.\n\n", "easy_read": "", "symptom": "![otra vez](imagen:ventana1)"},
        is_published=False,
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
    publish(error.versions.get().draft, publisher=None)
    video = ArticleText("Títol", "Resum", "Cos", {}, "https://video.example/1", "captioned", note="Nueva\n nota")
    with time_machine.travel("2026-01-01T10:00:00+00:00", tick=False):
        write_and_publish(error, "ca", video, author=None)
    write_and_publish(error, "es", ArticleText("Error", "Cambió", "Texto"), author=None)  # the Catalan one is stale now
    save_draft(error, "es", ArticleText("Error nuevo", "", "", is_minor=True, note="a medias"), author=None)
    old = make.article(organisation, title="Viejo", topic=topics["pagos"], details={"related": [error]})
    withdraw(old.versions.get(), author=None)
    supersede(old, by=error, author=None)
    make.article(organisation, title="Sin publicar", topic=topics["firma"], language="gl", is_published=False)
    readers_and_others(organisation, error, above)
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
    assert len(first) == 13
    assert [path for path in first if "/historia/" in path] == ["articulos/error-con-todo/historia/es.1.md"]
    assert [len(json.loads(first[name])) for name in ("opiniones.json", "adaptaciones.json", "sinonimos.json")] == [
        *(2, 2, 2)
    ]
    assert len(old_keys) == 2
    assert {with_old_keys(path.encode(), old_keys): with_old_keys(text, old_keys) for path, text in second.items()} == {
        path.encode(): text for path, text in first.items()
    }


def test_importing_again_changes_nothing(organisation: Organisation, family: tuple[Organisation, Organisation]) -> None:
    one, other = family
    everything(one, organisation)
    brought_in(other, archive_of(one), publish=True)
    before = archive_of(other)

    report = brought_in(other, archive_of(one), publish=True)
    own = brought_in(one, archive_of(one), publish=True)

    for each in (report, own):
        assert each == each | {
            "new": 0,
            "changed": 0,
            "same": 6,
            "pictures": 0,
            "changes": [],
            "problems": [],
            "created": 0,
            "drafts": 0,
            "published": 0,
        }
    assert archive_of(other) == before


def test_what_is_here_is_left_as_it_is_by_what_comes_beside_the_articles(
    organisation: Organisation, family: tuple[Organisation, Organisation]
) -> None:
    one, other = family
    everything(one, organisation)
    content = archive_of(one)
    brought_in(other, content)
    nothing = (ArticleVote.objects.count(), Adaptation.objects.filter(organisation=other).count())
    lent = Article.objects.get(organisation=organisation, slug="prestado")
    complement(other, lent, {"es": "Lo nuestro."}, author=None)
    save_synonyms(other, "", {"es": ["disco del camión", "cuaderno"]}, author=None)

    report = brought_in(other, content, publish=True)

    assert nothing == (3, 0)
    assert Adaptation.objects.get(organisation=other, article=lent).texts == {"es": "Lo nuestro."}
    assert Adaptation.objects.get(organisation=other, article__slug="oculto").is_hidden
    assert [problem for problem in report["problems"] if not problem[0].startswith("articulos/")] == [
        ["sinonimos.json", 0, "«disco del camión» ya está en el grupo «disco-del-camion». Quítela de uno de los dos."]
    ]
    past = ArticleRevision.objects.filter(version__article__organisation=other, version__language="es")
    assert [(row.number, row.title) for row in past.filter(version__article__slug="error-con-todo")] == [
        (1, '"Error"; con: todo '),
        (2, "Error"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("opiniones.json", "{"),
        ("opiniones.json", "[1]"),
        (
            "opiniones.json",
            '[{"article": "a", "language": "es", "on": "ayer", "useful": true, "reason": "", "count": 1}]',
        ),
        (
            "opiniones.json",
            '[{"article": "a", "language": "es", "on": "2026-01-01", "useful": true, "reason": "", "count": -1}]',
        ),
        ("adaptaciones.json", '[{"article": "a", "is_hidden": "no", "texts": {}}]'),
        ("adaptaciones.json", '[{"article": "a", "is_hidden": false, "texts": {"xx": "a"}}]'),
        ("sinonimos.json", '[{"key": "../a", "words": {}, "is_active": true}]'),
        ("sinonimos.json", '[{"key": "a", "words": {"es": [1]}, "is_active": true}]'),
        ("sinonimos.json", "[" * 100_000),
    ],
)
def test_a_list_that_is_not_as_we_write_it_is_left_out(organisation: Organisation, name: str, text: str) -> None:
    report = brought_in(organisation, zipped({name: text}), publish=True)

    words = "No está escrito como en una exportación: expórtelo otra vez en lugar de cambiarlo."
    assert report["problems"] == [[name, 0, words]]


def test_opinions_without_end_are_not_taken(organisation: Organisation) -> None:
    text = '[{"article": "a", "language": "es", "on": "2026-01-01", "useful": true, "reason": "", "count": 100001}]'

    assert brought_in(organisation, zipped({"opiniones.json": text}), publish=True)["problems"] == [
        ["opiniones.json", 0, "Es demasiado grande."]
    ]


def test_without_publishing_every_text_becomes_a_draft(
    organisation: Organisation, family: tuple[Organisation, Organisation]
) -> None:
    one, other = family
    everything(one, organisation)

    first = brought_in(other, archive_of(one))
    second = brought_in(other, archive_of(one))

    assert (first["created"], first["published"], first["drafts"]) == (4, 0, 5)
    assert (second["created"], second["published"], second["drafts"], second["same"]) == (0, 0, 0, 5)
    assert first["problems"] == [
        [
            "articulos/error-con-todo/es.borrador.md",
            0,
            "Es el borrador de un texto que aquí no se ha publicado. Publíquelo e importe otra vez.",
        ]
    ]
    states = ArticleVersion.objects.filter(article__organisation=other).values_list("state", flat=True)
    assert set(states) == {PublicationState.DRAFT}


def test_what_was_brought_in_as_drafts_can_be_published_by_importing_again(
    organisation: Organisation, family: tuple[Organisation, Organisation]
) -> None:
    one, other = family
    everything(one, organisation)

    brought_in(other, archive_of(one))
    brought_in(other, archive_of(one), publish=True)

    assert published(other) == published(one)


def test_a_text_that_cannot_be_published_stays_a_draft(organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    unfinished = SIMPLE.replace("summary: Dos\n", "")

    report = brought_in(organisation, zipped({"articulos/uno/es.md": unfinished}), publish=True)

    assert (report["created"], report["drafts"], report["published"]) == (1, 1, 0)
    assert report["problems"] == [
        ["articulos/uno/es.md", 0, "Escriba el título, la respuesta en dos líneas y el texto antes de seguir."]
    ]
    version = ArticleVersion.objects.get()
    assert (version.state, version.published_at, version.draft.body) == (PublicationState.DRAFT, None, "Texto")


def published(organisation: Organisation) -> list[tuple[str, str, str]]:
    versions = ArticleVersion.objects.filter(article__organisation=organisation, state="published")
    return sorted(versions.values_list("article__slug", "language", "title"))


def test_a_changed_text_becomes_a_draft_and_readers_keep_the_old_one(organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    article = make.article(organisation, title="Uno", summary="Dos", body="Texto")
    changed = {"articulos/uno/es.md": SIMPLE.replace("Texto", "Texto nuevo")}

    report = brought_in(organisation, zipped(changed))

    version = article.versions.get()
    assert (report["changed"], report["drafts"], report["created"]) == (1, 1, 0)
    assert (version.body, version.draft.body) == ("Texto", "Texto nuevo")


def test_what_somebody_is_writing_is_never_replaced(organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    article = make.article(organisation, title="Uno", is_published=False, body="Mío")

    report = brought_in(organisation, zipped({"articulos/uno/es.md": SIMPLE}), publish=True)

    assert ArticleDraft.objects.get(version__article=article).body == "Mío"
    assert report["problems"] == [
        [
            "articulos/uno/es.md",
            0,
            "Aquí se está escribiendo otro texto, que no se toca. Publíquelo o descártelo antes.",
        ]
    ]


def test_data_of_an_article_that_is_here_change_and_the_report_says_which(organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    article = make.article(organisation, title="Uno", summary="Dos", body="Texto", codes=("A",))
    file = SIMPLE.replace("topic: tema", "topic: tema\nkind: guide\ncodes: B; C\nposition: 3")

    report = brought_in(organisation, zipped({"articulos/uno/es.md": file}))

    article.refresh_from_db()
    assert (article.kind, article.codes, article.position) == ("guide", ["B", "C"], 3)
    assert report["changes"] == [
        {
            "slug": "uno",
            "title": "Uno",
            "is_new": False,
            "texts": [],
            "details": ["tipo", "orden en el tema", "códigos y mensajes"],
        }
    ]


def test_an_unknown_topic_leaves_the_article_out_until_another_is_chosen(organisation: Organisation) -> None:
    archive = zipped({"articulos/uno/es.md": SIMPLE, "articulos/uno/ca.md": "---\ntitle: U\n---\nText\n"})

    without = brought_in(organisation, archive)
    assert without["unknown_topics"] == {"tema": 1}
    assert without["problems"] == [
        ["articulos/uno/es.md", 4, "El tema «tema» no existe aquí. Elija otro o créelo."],
    ]
    assert not Article.objects.exists()

    other = make.topic(organisation, slug="otro")
    with_another = brought_in(organisation, archive, topic=other)
    assert (with_another["created"], with_another["problems"]) == (1, [])
    assert Article.objects.get().topic == other


def test_what_does_not_exist_here_is_left_out_and_said(organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    data = (
        "owner_team: nadie\nprocedures: 123\nalso_in: nada\nrelated: perdido\nsuperseded_by: ido\nproblems: X\nraro: 1"
    )

    report = brought_in(
        organisation, zipped({"articulos/uno/es.md": SIMPLE.replace("topic: tema", f"topic: tema\n{data}")})
    )

    article = Article.objects.get()
    assert (article.owner_team, article.procedures.count(), article.related.count()) == (None, 0, 0)
    assert [(line, text) for _path, line, text in report["problems"]] == [
        (5, "«nadie» no existe aquí y se deja fuera."),
        (6, "«123» no existe aquí y se deja fuera."),
        (7, "«nada» no existe aquí y se deja fuera."),
        (8, "El artículo «perdido» no existe aquí y se deja fuera."),
        (9, "El artículo «ido» no existe aquí y se deja fuera."),
        (11, "«raro» no significa nada en un artículo y se deja fuera."),
    ]


@pytest.mark.parametrize(
    ("path", "text", "line", "message"),
    [
        ("articulos/uno/es.md", "Hola", 1, "La primera línea tiene que ser «---»."),
        ("articulos/uno/es.md", b"---\ntitle: a\xff\n---\n", 2, "No está en UTF-8. Guárdelo con esa codificación."),
        ("articulos/uno/es.md", "---\nsummary: a\n---\n", 1, "Falta el título («title: …»)."),
        (
            "articulos/uno/es.md",
            SIMPLE.replace("Dos", "a" * 401),
            3,
            "«summary» es demasiado largo: como mucho, 400 caracteres.",
        ),
        ("articulos/uno/es.md", SIMPLE.replace("topic", "kind: raro\ntopic"), 4, "«raro» no vale para «kind»."),
        (
            "articulos/uno/es.md",
            SIMPLE.replace("topic", "review_by: ayer\ntopic"),
            4,
            "«ayer» no vale para «review_by».",
        ),
        ("articulos/uno/es.md", SIMPLE.replace("topic", "minutes: 99999\ntopic"), 4, "«99999» no vale para «minutes»."),
        (
            "articulos/uno/es.md",
            SIMPLE.replace("topic", "visible_until: 2027-01-01\ntopic"),
            4,
            "«2027-01-01» no vale para «visible_until».",
        ),
        (
            "articulos/uno/es.md",
            SIMPLE.replace("topic", "video_url: javascript:x\ntopic"),
            4,
            "La dirección del vídeo tiene que empezar por «https://».",
        ),
        ("articulos/uno/es.md", SIMPLE + "<!-- part: end -->\na\n", 0, "Ningún artículo tiene una parte «end»."),
        ("articulos/uno/es.md", SIMPLE + "a" * 50_001, 0, "El texto es demasiado largo o lleva caracteres de control."),
        ("articulos/uno/es.md", SIMPLE + "a" * 400_001, 0, "Es demasiado grande."),
        ("articulos/uno/fr.md", SIMPLE, 0, "La entidad no ofrece este idioma."),
        (
            "articulos/uno/ca.md",
            "---\ntitle: U\n---\n",
            0,
            "Falta el archivo con el tema y los demás datos del artículo.",
        ),
        ("articulos/uno/es.txt", SIMPLE, 0, "No es de una exportación: su nombre o su carpeta son otros."),
        ("../articulos/uno/es.md", SIMPLE, 0, "Su ruta sale de la carpeta del archivo."),
        ("articulos/../../es.md", SIMPLE, 0, "Su ruta sale de la carpeta del archivo."),
        ("/articulos/uno/es.md", SIMPLE, 0, "Su ruta sale de la carpeta del archivo."),
        ("C:\\articulos\\uno\\es.md", SIMPLE, 0, "Su ruta sale de la carpeta del archivo."),
        ("articulos/uno/imagenes/a.webp", "GIF89a", 0, "No es una imagen WebP, aunque su nombre lo diga."),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_its_line(
    organisation: Organisation, path: str, text: str | bytes, line: int, message: str
) -> None:
    make.topic(organisation, slug="tema")
    good = SIMPLE.replace("Uno", "Bueno")

    report = brought_in(organisation, zipped({path: text, "articulos/bueno/es.md": good}))

    assert report["problems"] == [[path, line, message]]
    assert list(Article.objects.values_list("slug", flat=True)) == ["bueno"]


def picture_with(**options: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", options.pop("size", (4, 3))).save(content, "WEBP", **options)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (picture_with(size=(1601, 1)), "Tiene demasiados píxeles. Súbala desde el editor, que la reduce."),
        (picture_with(xmp=b"<x>"), "Se mueve o lleva datos ocultos. Súbala desde el editor, que los quita."),
        (webp() + b"<script>", "Se mueve o lleva datos ocultos. Súbala desde el editor, que los quita."),
        (webp()[:-6], "No es una imagen WebP, aunque su nombre lo diga."),
    ],
    ids=["too-big", "hidden-data", "something-behind", "cut"],
)
def test_a_picture_that_is_not_as_we_write_them_is_left_out(
    organisation: Organisation, content: bytes, message: str
) -> None:
    make.topic(organisation, slug="tema")
    path = "articulos/uno/imagenes/clave1.webp"

    report = brought_in(organisation, zipped({"articulos/uno/es.md": SIMPLE, path: content}))

    assert (report["created"], report["pictures"]) == (1, 0)
    assert report["problems"] == [[path, 0, message]]


def test_links_and_encrypted_files_are_not_opened(organisation: Organisation) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("articulos/uno/es.md")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("articulos/dos/es.md", SIMPLE)
    encrypted = content.getvalue()
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # the flag stands in both headers, at other places
        start = encrypted.rindex(mark)
        place = start + (6 if mark == b"PK\x03\x04" else 8)
        encrypted = encrypted[:place] + b"\x01" + encrypted[place + 1 :]

    assert brought_in(organisation, encrypted)["problems"] == [
        ["articulos/dos/es.md", 0, "Está cifrado. Quite la contraseña del archivo .zip."],
        ["articulos/uno/es.md", 0, "Es un enlace a otro archivo."],
    ]


def test_what_unpacked_and_packed_again_within_a_folder_is_read(organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    files = {"centro/articulos/uno/es.md": SIMPLE, "__MACOSX/centro/._es.md": "x", "centro/.DS_Store": "x"}

    report = brought_in(organisation, zipped(files))

    assert (report["created"], report["problems"]) == (1, [])


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("articulos/uno/es.md", b"0" * 20_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no es un zip", "No es un archivo .zip o está dañado. Elija el archivo .zip de una exportación."),
        (bomb(), "El archivo contiene demasiados archivos o crece demasiado al abrirse. Divídalo en varios."),
        (
            zipped({f"articulos/a{number}/es.md": "" for number in range(5001)}),
            "El archivo contiene demasiados archivos o crece demasiado al abrirse. Divídalo en varios.",
        ),
    ],
    ids=["not-a-zip", "grows-too-much", "too-many"],
)
def test_an_archive_that_cannot_be_read_is_refused_whole(editor: Client, content: bytes, message: str) -> None:
    response = editor.post("/gestion/articulos/importar/", {"archive": SimpleUploadedFile("centro.zip", content)})

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Exchange.objects.exists()


def test_a_picture_that_another_article_has_gets_its_own_key(organisation: Organisation) -> None:
    topic = make.topic(organisation, slug="tema")
    add_picture(make.article(organisation, title="Otro", topic=topic), "clave1")
    files: dict[str, str | bytes] = {
        "articulos/uno/es.md": SIMPLE + "![a](imagen:clave1)\n",
        "articulos/uno/imagenes/clave1.webp": webp("blue"),
    }

    brought_in(organisation, zipped(files), publish=True)

    picture = ArticlePicture.objects.get(article__slug="uno")
    assert picture.key != "clave1"
    with picture.file.open() as stored:
        assert stored.read() == webp("blue")
    assert f"imagen:{picture.key}" in ArticleVersion.objects.get(article__slug="uno").body


# --- Pages --------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client, organisation: Organisation) -> Client:
    """Signed in."""
    client.force_login(make.user(organisation, Role.EDITOR))
    return client


def verbs() -> list[str]:
    events = Event.objects.filter(verb__startswith="help_centre.").order_by("pk")
    return [verb for verb in events.values_list("verb", flat=True) if "article_" not in verb]


def run_jobs() -> None:
    for job in ProcrastinateJob.objects.filter(task_name__startswith="help_centre.").order_by("pk"):
        exchange = Exchange.objects.get(pk=job.args["exchange_id"])
        {"export": exchanges.run_export, "import": exchanges.run_import}[exchange.kind](exchange)


def test_an_editor_exports_and_takes_the_archive(editor: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Uno")

    started = editor.post("/gestion/articulos/exportar/")
    waiting = editor.get(started["Location"]).content.decode()
    run_jobs()
    ready = editor.get(started["Location"], headers={"HX-Request": "true"}).content.decode()
    taken = editor.get(started["Location"] + "archivo/")

    assert 'hx-trigger="every 2s"' in waiting
    assert "every 2s" not in ready
    assert "El archivo está listo" in ready
    assert "<html" not in ready
    assert sorted(files_in(b"".join(taken))) == [
        *("README.md", "adaptaciones.json", "articulos/uno/es.md", "opiniones.json", "sinonimos.json", "temas.json")
    ]
    assert "attachment" in taken["Content-Disposition"]
    assert verbs()[-2:] == ["help_centre.exported", "help_centre.export_taken"]
    assert started["Location"] in editor.get("/gestion/articulos/exportar/").content.decode()


def test_an_export_is_gone_after_a_day(editor: Client, organisation: Organisation) -> None:
    started = editor.post("/gestion/articulos/exportar/")
    run_jobs()
    stored = str(Exchange.objects.get().file.name)

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        editor.force_login(make.user(organisation, Role.EDITOR))
        assert editor.get(started["Location"] + "archivo/").status_code == 404
        assert exchanges.forget_exchanges() == 1

    assert not Exchange.objects.exists()
    assert not default_storage.exists(stored)


def test_an_export_that_stands_still_is_told(editor: Client) -> None:
    started = editor.post("/gestion/articulos/exportar/")
    Exchange.objects.update(moved_at=timezone.now() - timedelta(minutes=11))

    page = editor.get(started["Location"]).content.decode()

    assert "Parece que se ha detenido" in page
    assert "every 2s" not in page


def test_an_editor_sees_what_an_import_would_do_and_confirms_it(editor: Client, organisation: Organisation) -> None:
    make.topic(organisation, slug="firma")
    archive = zipped({"articulos/uno/es.md": SIMPLE, "articulos/dos/es.md": "mal"})

    checked = editor.post("/gestion/articulos/importar/", {"archive": SimpleUploadedFile("centro.zip", archive)})
    preview = editor.get(checked["Location"]).content.decode()
    assert not Article.objects.exists()
    assert "centro.zip" in preview
    assert "articulos/dos/es.md" in preview
    assert "Tema para los artículos cuyo tema no existe aquí" in preview
    assert "Publicar lo que estaba publicado" not in preview  # only administrators

    topic = topics_of(organisation)[0]
    confirmed = editor.post(checked["Location"], {"topic": topic.pk, "publish": "on"})
    twice = editor.post(checked["Location"], {"topic": topic.pk})
    assert (confirmed.status_code, twice.status_code) == (302, 302)
    assert "Importando" in editor.get(checked["Location"]).content.decode()
    run_jobs()

    assert "La importación ha terminado" in editor.get(checked["Location"]).content.decode()
    assert ArticleVersion.objects.get().state == PublicationState.DRAFT
    assert verbs() == ["help_centre.imported"]
    assert Exchange.objects.get().state == ExchangeState.DONE


def test_an_administrator_may_publish_what_comes_in(client: Client, organisation: Organisation) -> None:
    make.topic(organisation, slug="tema")
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    make.user(organisation, Role.EDITOR)  # who could have reviewed it
    exchange = exchanges.check_archive(
        organisation, SimpleUploadedFile("a.zip", zipped({"articulos/uno/es.md": SIMPLE})), author=administrator
    )

    exchanges.confirm_import(exchange, author=administrator, topic=None, publish=True)
    run_jobs()

    assert published(organisation) == [("uno", "es", "Uno")]
    details = Event.objects.get(verb="help_centre.published").details
    assert details == {"language": "es", "revision": 1, "without_review": True}


def test_a_topic_of_another_organisation_cannot_be_chosen(editor: Client) -> None:
    archive = SimpleUploadedFile("a.zip", zipped({"articulos/uno/es.md": SIMPLE}))
    checked = editor.post("/gestion/articulos/importar/", {"archive": archive})

    response = editor.post(checked["Location"], {"topic": make.topic(make.organisation()).pk})

    assert response.status_code == 422
    assert Exchange.objects.get().state == ExchangeState.CHECKED


@pytest.mark.parametrize("address", ["/gestion/articulos/exportar/", "/gestion/articulos/importar/"])
def test_only_editors_export_and_import(client: Client, organisation: Organisation, address: str) -> None:
    client.force_login(make.user(organisation, Role.AGENT))
    assert client.get(address).status_code == 403
    client.force_login(make.user(make.organisation(), Role.EDITOR))
    assert client.get(address).status_code == 404


def test_another_organisations_archives_are_not_found(client: Client, organisation: Organisation) -> None:
    other = make.organisation()
    export = exchanges.start_export(other, author=make.user(other, Role.EDITOR))
    exchanges.run_export(export)
    client.force_login(make.user(organisation, Role.EDITOR))

    assert client.get(f"/gestion/articulos/exportar/{export.pk}/").status_code == 404
    assert client.get(f"/gestion/articulos/exportar/{export.pk}/archivo/").status_code == 404
    assert client.get(f"/gestion/articulos/importar/{export.pk}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_articles(
    organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make.article(organisation, title=f"Uno {number}")

    with django_assert_num_queries(13):
        archive_of(organisation)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_exports_has_the_same_number_of_queries(
    editor: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _number in range(count):
        exchanges.start_export(organisation, author=make.user(organisation, Role.EDITOR))
    editor.get("/gestion/articulos/exportar/")

    with django_assert_num_queries(5):
        editor.get("/gestion/articulos/exportar/")


# --- The command line ---------------------------------------------------------------------------------


def test_an_operator_exports_and_imports(
    organisation: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make.organisation(host="otra.example")
    make.topic(organisation, slug="tema")
    make.topic(other, slug="tema")
    make.article(organisation, title="Uno")
    file = tmp_path / "centro.zip"

    call_command("export_articles", str(file), sede="testserver")
    call_command("import_articles", str(file), sede="OTRA.example", publish=True)

    assert published(other) == [("uno", "es", "Uno")]
    assert capsys.readouterr().out.splitlines() == [
        f"1 articles of {organisation.name} written to {file}",
        "1 articles created, 1 texts published, 0 drafts written, 0 texts were here already",
    ]
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_articles", str(file), sede="testserver")
    with pytest.raises(CommandError, match="--sede HOST"):
        call_command("import_articles", str(file))
