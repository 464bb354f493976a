"""Pictures of articles: what is kept of an upload, what is refused, who gets them, and what may not be published."""

import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.help_centre.actions.drafts import publish, save_draft, submit_for_review, write_and_publish
from mostrador.help_centre.actions.pictures import remove_unused
from mostrador.help_centre.models import Article, ArticleDraft, ArticlePicture
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
DAMAGED = "La imagen está dañada o incompleta. Ábrala, guárdela de nuevo y añádala."
NO_PICTURE = "Ese archivo no es una imagen que podamos mostrar. Guárdela como JPG o PNG y añádala otra vez."
TOO_MANY_PIXELS = "La imagen es demasiado grande: tiene más de 40 millones de píxeles. Redúzcala o recórtela."


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def article(organisation: Organisation) -> Article:
    return make.article(organisation, is_published=False)


@pytest.fixture
def editor(client: Client, organisation: Organisation) -> Client:
    client.force_login(make.user(organisation, Role.EDITOR))
    return client


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), mode: str = "RGB", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "navy").save(written, kind, **options)
    return written.getvalue()


def animation() -> bytes:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "lime", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


def photograph() -> bytes:
    """Lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it to the right
    exif[0x010F] = "Cámara de Marta"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", (2400, 1200), exif=exif)


def send(client: Client, article: Article, content: bytes, name: str = "captura.png") -> Any:
    return client.post(f"/gestion/articulos/{article.pk}/imagenes/", {"picture": SimpleUploadedFile(name, content)})


def kept(key: str) -> Image.Image:
    found = ArticlePicture.objects.get(key=key)
    with found.file.open("rb") as content:
        image = Image.open(io.BytesIO(content.read()))
        image.load()
    return image


def test_a_picture_is_kept_and_shown_to_everybody_for_ever(editor: Client, article: Article) -> None:
    answer = send(editor, article, picture())

    row = ArticlePicture.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"key": row.key, "width": 8, "height": 6})
    assert len(row.key) == 32
    shown = Client().get(f"/ayuda/imagen/{row.key}/")
    content = shown.getvalue()
    assert (shown.status_code, shown["Content-Type"], len(content)) == (200, "image/webp", row.size_bytes)
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert [*Event.objects.filter(verb="help_centre.picture_added").values_list("subject_id", flat=True)] == [
        article.pk
    ]


def test_a_photograph_stands_upright_is_made_smaller_and_tells_nothing_of_who_took_it(
    editor: Client, article: Article
) -> None:
    answer = send(editor, article, photograph(), "IMG_2034.JPG").json()

    image = kept(answer["key"])
    assert (image.format, image.size) == ("WEBP", (800, 1600))
    assert (answer["width"], answer["height"]) == (800, 1600)
    assert not image.info.keys() & {"exif", "xmp", "icc_profile"}
    assert dict(image.getexif()) == {}


def test_of_an_animation_the_first_picture_is_kept(editor: Client, article: Article) -> None:
    image = kept(send(editor, article, animation(), "pasos.gif").json()["key"])

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((2, 2)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_sort_of_pixels_is_understood(editor: Client, article: Article, mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (8, 6)).save(written, "PNG")

    assert send(editor, article, written.getvalue()).status_code == 200


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (lambda: b"MZ" + bytes(500), "foto.png", NO_PICTURE),
        (lambda: b"<html><script>alert(1)</script></html>", "foto.jpg", NO_PICTURE),
        (lambda: b"%PDF-1.7\n%%EOF", "foto.jpg", NO_PICTURE),
        (lambda: SVG, "dibujo.svg", NO_PICTURE),
        (lambda: SVG, "dibujo.png", NO_PICTURE),
        (lambda: b"", "vacia.png", NO_PICTURE),
        (lambda: picture("PNG", (300, 300))[:-60], "cortada.png", DAMAGED),
        (lambda: picture("JPEG", (900, 900))[:3000], "cortada.jpg", DAMAGED),
        (lambda: picture()[:30], "cortada.png", NO_PICTURE),
        (lambda: bomb(8000, 6000), "enorme.png", TOO_MANY_PIXELS),
        (lambda: bomb(12_000, 9000), "enorme.png", TOO_MANY_PIXELS),
        (lambda: bomb(60_000, 60_000), "enorme.png", TOO_MANY_PIXELS),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_a_way_out(
    editor: Client, article: Article, content: Callable[[], bytes], name: str, why: str
) -> None:
    answer = send(editor, article, content(), name)

    assert (answer.status_code, answer.json()) == (422, {"words": why})
    assert not ArticlePicture.objects.exists()


def test_a_picture_that_says_it_is_another_kind_is_taken_for_what_it_is(editor: Client, article: Article) -> None:
    assert kept(send(editor, article, picture("JPEG"), "captura.svg").json()["key"]).format == "WEBP"


def test_a_picture_of_twenty_megabytes_is_taken_and_one_of_more_is_refused_kindly(
    editor: Client, article: Article
) -> None:
    taken = send(editor, article, picture("BMP", (2600, 2600)))
    answer = send(editor, article, picture("BMP", (2700, 2600)))

    why = "La imagen pesa más de 21 MB. Redúzcala o recórtela y vuelva a añadirla."
    assert taken.status_code == 200
    assert (answer.status_code, answer.json()) == (422, {"words": why})


def test_a_picture_is_added_without_scripts(editor: Client, article: Article) -> None:
    address = f"/gestion/articulos/{article.pk}/es/imagenes/"
    before = editor.get(address).text

    sent = {"picture": SimpleUploadedFile("captura.png", picture()), "words": "El botón [Firmar]"}
    answer = editor.post(address, sent, follow=True)
    refused = editor.post(address, {"picture": SimpleUploadedFile("a.png", SVG), "words": "Nada"})
    without_words = editor.post(address, {"picture": SimpleUploadedFile("captura.png", picture()), "words": " "})

    row = ArticlePicture.objects.get()
    assert "Este artículo no tiene imágenes" in before
    assert f"![El botón \\[Firmar\\]](imagen:{row.key})" in answer.text
    assert f"![](imagen:{row.key})" in editor.get(address).text
    assert (refused.status_code, without_words.status_code) == (422, 422)
    assert NO_PICTURE in refused.text
    assert address in editor.get(f"/gestion/articulos/{article.pk}/es/").text


@pytest.mark.parametrize("pictures", [1, 3])
def test_the_page_of_pictures_asks_the_same_number_of_queries(
    editor: Client, article: Article, django_assert_num_queries: Any, pictures: int
) -> None:
    for _number in range(pictures):
        send(editor, article, picture())

    with django_assert_num_queries(9):
        editor.get(f"/gestion/articulos/{article.pk}/es/imagenes/")


def test_a_picture_that_no_text_shows_is_removed_a_week_later(
    editor: Client, organisation: Organisation, article: Article, django_capture_on_commit_callbacks: Any
) -> None:
    drafted, published, replaced, given_up, unused = (send(editor, article, picture()).json()["key"] for _ in range(5))
    author = make.user(organisation, Role.EDITOR)
    for keys in ([replaced], [published]):
        text = ArticleText("Título", "Resumen", "\n\n".join(f"![Botón](imagen:{key})" for key in keys))
        write_and_publish(article, "es", text, author=author)
    in_part = ArticleText("Título", "Resumen", "Texto", {"easy_read": f'![Botón](imagen:{drafted} "Título")'})
    save_draft(article, "es", in_part, author=author)
    file = ArticlePicture.objects.get(key=unused).file

    with time_machine.travel(timezone.now()) as clock:
        removed = [remove_unused()]
        clock.shift(timedelta(days=6))
        save_draft(article, "es", ArticleText("Título", "R", f"![Botón](imagen:{given_up})"), author=author)
        removed.append(remove_unused())
        clock.shift(timedelta(days=2))
        with django_capture_on_commit_callbacks(execute=True):
            removed.append(remove_unused())

    assert removed == [0, 0, 1]
    assert set(ArticlePicture.objects.values_list("key", flat=True)) == {published, replaced, given_up, drafted}
    assert not file.storage.exists(str(file.name))


def test_nothing_sent_is_said(editor: Client, article: Article) -> None:
    answer = editor.post(f"/gestion/articulos/{article.pk}/imagenes/")

    assert (answer.status_code, answer.json()) == (
        422,
        {"words": "No ha llegado ninguna imagen. Inténtelo de nuevo."},
    )


def test_only_editors_of_the_article_add_pictures(editor: Client, organisation: Organisation, article: Article) -> None:
    theirs = make.article(make.organisation())
    agent = Client()
    agent.force_login(make.user(organisation, Role.AGENT))

    refused = [
        send(editor, theirs, picture()).status_code,
        send(agent, article, picture()).status_code,
        send(Client(), article, picture()).status_code,
    ]

    assert refused == [404, 403, 302]
    assert not ArticlePicture.objects.exists()


def test_a_key_that_is_none_shows_nothing(editor: Client, article: Article) -> None:
    key = send(editor, article, picture()).json()["key"]
    ArticlePicture.objects.get().file.delete(save=False)

    assert [Client().get(f"/ayuda/imagen/{each}/").status_code for each in (key, "0" * 32)] == [404, 404]


@pytest.mark.parametrize("part", ["body", "easy_read"])
@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ("![](imagen:{})", "Una imagen no dice qué se ve en ella"),
        ("![  ](imagen:{})", "Una imagen no dice qué se ve en ella"),
        ("[![](imagen:{})](https://sede.example)", "Una imagen no dice qué se ve en ella"),
        ("![El botón](imagen:0123456789abcdef0123456789abcdef)", "Una imagen no es de este artículo"),
    ],
)
def test_pictures_without_words_or_of_other_articles_are_not_published(
    editor: Client, organisation: Organisation, article: Article, mark: str, why: str, part: str
) -> None:
    key = send(editor, article, picture()).json()["key"]
    draft = ArticleDraft.objects.get()
    text = f"1. Pulse aquí:\n\n   {mark.format(key)}"
    if part == "body":
        draft.body = text
    else:
        draft.parts = {part: text}
    draft.save()
    author = make.user(organisation, Role.EDITOR)

    with pytest.raises(ActionRefused, match=why):
        publish(draft, publisher=author)
    with pytest.raises(ActionRefused, match=why):
        submit_for_review(draft, author=author)


def test_a_published_picture_is_read_with_its_words(
    editor: Client, organisation: Organisation, article: Article
) -> None:
    key = send(editor, article, picture()).json()["key"]
    draft = ArticleDraft.objects.get()
    draft.body = f"![El botón «Firmar»](imagen:{key})\n\n`![](imagen:ejemplo)`"
    draft.save()

    publish(draft, publisher=make.user(organisation, Role.EDITOR))

    page = Client().get(f"/ayuda/articulo/{article.slug}/").text
    assert f'src="/ayuda/imagen/{key}/"' in page
    assert 'alt="El botón «Firmar»"' in page
