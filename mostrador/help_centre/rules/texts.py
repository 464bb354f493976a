"""What belongs to the text of an article, and its HTML."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from mostrador.help_centre.choices import ArticleKind, Part
from mostrador.shared.markdown import pictures_in, render_markdown

ANCHORS = "apartado"  # what the ids of a body's headings begin with
Pictures = Mapping[str, tuple[int, int]]

_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_OF_KIND: dict[str, tuple[Part, ...]] = {
    ArticleKind.TUTORIAL: (Part.BEFORE,),
    ArticleKind.KNOWN_ERROR: (Part.SYMPTOM, Part.CAUSE, Part.WORKAROUND),
}


@dataclass(frozen=True)
class ArticleText:
    """The words of an article in one language, as somebody writes them.

    Attributes:
        title: The question, as a person would ask it.
        summary: The answer in two lines.
        body: CommonMark.
        parts: Other texts in CommonMark by their `Part`; those that the kind does not have are kept and not shown.
        video_url: A video of the same, empty when there is none.
        video_kind: A `VideoKind`, empty without video.
        is_minor: Translations of what was there before still say the same.
        note: What changes, for colleagues.
    """

    title: str
    summary: str
    body: str
    parts: dict[str, str] = field(default_factory=dict)
    video_url: str = ""
    video_kind: str = ""
    is_minor: bool = False
    note: str = ""


TEXT_FIELDS = ("title", "summary", "body", "parts", "video_url", "video_kind", "is_minor", "note")
SHOWN_FIELDS = ("title", "summary", "body", "parts", "video_url", "video_kind")


def text_of(row: Any, fields: tuple[str, ...] = SHOWN_FIELDS) -> ArticleText:
    """Return the words of a draft, a revision or a version."""
    return ArticleText(**{name: getattr(row, name) for name in fields})


def words_of(text: ArticleText) -> dict[str, str]:
    """Return everything in a text that is written in words, by its field; a part's field is "part_" and its name."""
    parts = {f"part_{part}": text.parts.get(part, "") for part in Part}
    return {"title": text.title, "summary": text.summary, "body": text.body, **parts, "note": text.note}


def parts_of(kind: str) -> tuple[Part, ...]:
    """Return the texts beside the body that an article of this kind has, in the order in which they are read."""
    return (*_OF_KIND.get(kind, ()), Part.EASY_READ)


def rendered(text: ArticleText, language: str, pictures: Pictures) -> tuple[str, dict[str, str]]:
    """Return the HTML of the body, and of every part that has words.

    Args:
        text: The words.
        language: In which language they are.
        pictures: Width and height of the article's pictures, by key.

    Raises:
        ActionRefused: One of them is too long for a page.
    """
    parts = {name: words for name, words in text.parts.items() if words.strip()}
    return (
        str(render_markdown(text.body, language=language, pictures=pictures, anchors=ANCHORS)),
        {name: str(render_markdown(words, language=language, pictures=pictures)) for name, words in parts.items()},
    )


def contents_of(html: str) -> list[tuple[str, str]]:
    """Return id and words of each section of a body, for its list of contents."""
    return [(found[1], unescape(strip_tags(found[2]))) for found in _SECTION.finditer(html)]


def fault_of_pictures(text: ArticleText, known: Collection[str]) -> str:
    """Return what is wrong with a text's pictures, for whoever writes it; empty when nothing is.

    Args:
        text: Body and parts.
        known: Keys of the pictures that the article has.

    Source: WCAG 2.2, 1.1.1: whoever does not see a picture is told what it shows.
    """
    pictures = [picture for words in (text.body, *text.parts.values()) for picture in pictures_in(words)]
    if any(not words for _key, words in pictures):
        return _("Una imagen no dice qué se ve en ella. Escríbalo entre los corchetes: ![qué se ve](imagen:…).")
    if any(key not in known for key, _words in pictures):
        return _("Una imagen no es de este artículo. Quítela o añádala de nuevo con el botón «Imagen».")
    return ""
