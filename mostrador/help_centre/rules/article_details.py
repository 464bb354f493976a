"""What the data of an article's file mean: from the words of the file to values, and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from mostrador.help_centre.choices import ArticleKind, Audience, FixState, Part, PublicationState, VideoKind
from mostrador.help_centre.errors import NotAnArticleFile
from mostrador.help_centre.rules.article_files import KEYS, ArticleFile
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.help_centre.rules.words import LANGUAGES

Value = TypeVar("Value")

# Longest values, as the tables have them.
_LONGEST = {"title": 200, "summary": 400, "note": 300, "video_url": 200}
_LONGEST_ITEM = {"codes": 200, "affects": 120}
LONGEST_BODY = 50_000
_MOST = 32_767
_YES_NO = {"yes": True, "no": False}
# What an article has when its file says nothing about it.
_DEFAULTS: dict[str, Any] = {
    "kind": ArticleKind.FAQ.value,
    "audience": Audience.PUBLIC.value,
    "for_descendants": True,
    "visible_until": None,
    "review_by": None,
    "minutes": None,
    "fix_state": "",
    "position": 100,
}


@dataclass(frozen=True)
class TextState:
    """What else a file says of its text.

    Attributes:
        state: A `PublicationState`.
        published_at: When readers had it first (aware); None when never.
        stale_since: Since when its article's first language says something else (aware); None when it does not.
    """

    state: str
    published_at: datetime | None
    stale_since: datetime | None


def text_in(file: ArticleFile) -> ArticleText:
    """Return the words of the article.

    Raises:
        NotAnArticleFile: Without a title, too long, or with a part that no article has.
    """
    if not file.values.get("title", "").strip():
        raise NotAnArticleFile(file.lines.get("title", 1), _("Falta el título («title: …»)."))
    for name, longest in _LONGEST.items():
        if len(file.values.get(name, "")) > longest:
            raise _too_long(file, name, longest)
    for name, words in (("", file.body), *file.parts.items()):
        if name and name not in Part:
            raise NotAnArticleFile(0, _("Ningún artículo tiene una parte «%(name)s».") % {"name": name})
        if len(words) > LONGEST_BODY or "\x00" in words:
            raise NotAnArticleFile(0, _("El texto es demasiado largo o lleva caracteres de control."))
    return ArticleText(
        title=file.values["title"],
        summary=file.values.get("summary", ""),
        body=file.body,
        parts=dict(file.parts),
        video_url=_web_address(file, "video_url"),
        video_kind=_read(file, "video_kind", "", _one_of(VideoKind)),
        is_minor=_read(file, "is_minor", False, _YES_NO.__getitem__),
        note=file.values.get("note", ""),
    )


def state_in(file: ArticleFile) -> TextState:
    """Return how the text was shown; a file that does not say it is published.

    Raises:
        NotAnArticleFile: A value is none of those that exist.
    """
    return TextState(
        state=_read(file, "state", PublicationState.PUBLISHED.value, _one_of(PublicationState)),
        published_at=_read(file, "published_at", None, _moment),
        stale_since=_read(file, "stale_since", None, _moment),
    )


def plain_details_in(file: ArticleFile, language: str) -> dict[str, Any]:
    """Return what is common to all languages and names no other row; what the file does not say has its usual value.

    Raises:
        NotAnArticleFile: A value is none of those that exist.
    """
    readers: dict[str, Callable[[str], Any]] = {
        "kind": _one_of(ArticleKind),
        "audience": _one_of(Audience),
        "for_descendants": _YES_NO.__getitem__,
        "visible_until": _moment,
        "review_by": date.fromisoformat,
        "minutes": _number,
        "fix_state": _one_of(FixState),
        "position": _number,
    }
    details = {name: _read(file, name, _DEFAULTS[name], reader) for name, reader in readers.items()}
    for name, longest in _LONGEST_ITEM.items():
        details[name] = list(file.lists.get(name, ()))
        if any(len(item) > longest or "\x00" in item for item in details[name]):
            raise _too_long(file, name, longest)
    return details | {"source_language": _read(file, "source_language", language, _language)}


def unknown_keys(file: ArticleFile) -> list[str]:
    """Return the keys that mean nothing, in their order."""
    return [key for key in file.lines if key not in KEYS]


def text_file(text: ArticleText, state: TextState) -> ArticleFile:
    """Return the file of a text, without what is common to all languages."""
    values = {
        "title": text.title,
        "summary": text.summary,
        "state": "" if state.state == PublicationState.PUBLISHED else state.state,
        "published_at": _written_moment(state.published_at),
        "stale_since": _written_moment(state.stale_since),
        "video_url": text.video_url,
        "video_kind": text.video_kind,
        "is_minor": "yes" if text.is_minor else "",
        "note": text.note,
    }
    parts = {part.value: text.parts[part] for part in Part if part in text.parts}
    return ArticleFile(values=_without_empty(values), body=text.body, parts=parts)


def plain_details_written(details: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return values of a file for what is common to all languages, without those that are usual."""
    written = {
        "kind": str(details["kind"]),
        "audience": "" if details["audience"] == Audience.PUBLIC else details["audience"],
        "for_descendants": "" if details["for_descendants"] else "no",
        "source_language": "" if details["source_language"] == language else details["source_language"],
        "review_by": details["review_by"].isoformat() if details["review_by"] else "",
        "visible_until": _written_moment(details["visible_until"]),
        "minutes": "" if details["minutes"] is None else str(details["minutes"]),
        "fix_state": details["fix_state"],
        "position": "" if details["position"] == _DEFAULTS["position"] else str(details["position"]),
    }
    return _without_empty(written)


def without_empty_lists(lists: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the lists that have something in them."""
    return {key: items for key, items in lists.items() if items}


def _without_empty(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _read(file: ArticleFile, name: str, usual: Value, reader: Callable[[str], Value]) -> Value:
    written = file.values.get(name, "")
    if not written:
        return usual
    try:
        return reader(written)
    except (ValueError, KeyError):
        words = _("«%(value)s» no vale para «%(key)s».") % {"value": written[:60], "key": name}
        raise NotAnArticleFile(file.lines.get(name, 0), words) from None


def _one_of(choices: type[TextChoices]) -> Callable[[str], Any]:
    return lambda written: choices(written).value


def _language(written: str) -> str:
    if written not in LANGUAGES:
        raise ValueError(written)
    return written


def _number(written: str) -> int:
    number = int(written)
    if not 0 <= number <= _MOST:
        raise ValueError(written)
    return number


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError(written)
    return moment


def _written_moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _web_address(file: ArticleFile, name: str) -> str:
    written = file.values.get(name, "")
    if written and not written.startswith(("https://", "http://")):
        raise NotAnArticleFile(file.lines.get(name, 0), _("La dirección del vídeo tiene que empezar por «https://»."))
    return written


def _too_long(file: ArticleFile, name: str, longest: int) -> NotAnArticleFile:
    words = _("«%(key)s» es demasiado largo: como mucho, %(limit)s caracteres.") % {"key": name, "limit": longest}
    return NotAnArticleFile(file.lines.get(name, 0), words)
