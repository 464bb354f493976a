"""What belongs to the text of an article, and its HTML."""

from dataclasses import dataclass, field
from typing import Any

from mostrador.help_centre.choices import ArticleKind, Part
from mostrador.shared.markdown import render_markdown

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


def parts_of(kind: str) -> tuple[Part, ...]:
    """Return the texts beside the body that an article of this kind has, in the order in which they are read."""
    return (*_OF_KIND.get(kind, ()), Part.EASY_READ)


def rendered_parts(text: ArticleText) -> dict[str, str]:
    """Return the HTML of every part that has words."""
    return {name: str(render_markdown(words)) for name, words in text.parts.items() if words.strip()}
