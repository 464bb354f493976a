r"""Articles as files that people can read and write: one file per article and language.

Lines `key: value` between two lines `---`; then the body in CommonMark; then other parts, each begun by a line
`<!-- part: NAME -->` (`choices.Part`). The value is everything after the first `: `, without the blanks around it; it
is not YAML. The keys of `LISTS` hold several values separated by `;`. What cannot stand so (a value that begins or
ends with a blank, has more than one line or begins with a quotation mark; in lists, one with `;`) is written as a JSON
string: `"a; b"`. A line of a text that looks like the beginning of a part has a backslash before it:
`\<!-- part: x -->`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mostrador.help_centre.errors import NotAnArticleFile

# In the order in which they are written; others may stand in a file and are kept.
KEYS = (
    *("title", "summary", "kind", "topic", "also_in", "problems", "procedures", "codes", "owner_team", "audience"),
    *("audience_teams", "for_descendants", "source_language", "review_by", "visible_until", "minutes", "fix_state"),
    *("affects", "related", "superseded_by", "position", "state", "published_at", "stale_since", "video_url"),
    *("video_kind", "is_minor", "note"),
)
LISTS = ("also_in", "problems", "procedures", "codes", "audience_teams", "affects", "related")

_FENCE = "---"
_KEY = re.compile(r"([a-z_]+):(?: (.*))?")
_PART = re.compile(r"<!-- part: ([a-z_]+) -->\r?")
_LIKE_PART = re.compile(r"\\*<!-- part: [a-z_]+ -->\r?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ITEM = re.compile(rf"\s*(?:({_QUOTED.pattern})\s*|([^;]*))(?:;|$)")


@dataclass(frozen=True)
class ArticleFile:
    """One article in one language, as its file says it; slug and language are in the file's path.

    Attributes:
        values: Key to value.
        lists: Key of `LISTS` to its values.
        body: CommonMark.
        parts: Name of a part to its CommonMark.
        lines: Key to the number of the line where it stands, to tell people where to look; part of no comparison.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)


def read_article(text: str) -> ArticleFile:
    """Return what a file says, to the letter: no text loses a blank or an empty line.

    Raises:
        NotAnArticleFile: A line cannot be understood; carries its number.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != _FENCE:
        raise NotAnArticleFile(1, _("La primera línea tiene que ser «---»."))
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise NotAnArticleFile(len(lines), _("Falta la línea «---» que cierra los datos del artículo."))
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip():
            continue
        key, written = _key_and_value(line, number)
        if key in places:
            raise NotAnArticleFile(number, _("«%(key)s» aparece dos veces.") % {"key": key})
        places[key] = number
        if key in LISTS:
            lists[key] = _read_list(written)
        else:
            values[key] = _read_value(written)
    body, parts = _read_texts(lines[end + 1 :], first_line=end + 2)
    return ArticleFile(values, lists, body, parts, places)


def write_article(file: ArticleFile) -> str:
    """Return the text of the file from which `read_article` reads the same."""
    known = [key for key in KEYS if key in file.values or key in file.lists]
    others = sorted({*file.values, *file.lists} - set(KEYS))
    front = [f"{key}: {_written(file, key)}".rstrip() for key in (*known, *others)]
    parts = [line for name, words in file.parts.items() for line in (f"<!-- part: {name} -->", _shielded(words))]
    return "\n".join([_FENCE, *front, _FENCE, _shielded(file.body), *parts, ""])


def _key_and_value(line: str, number: int) -> tuple[str, str]:
    found = _KEY.fullmatch(line.rstrip())
    if found is None:
        raise NotAnArticleFile(number, _("Cada línea de datos tiene que ser «clave: valor»."))
    return found[1], (found[2] or "").strip()


def _read_value(written: str) -> str:
    return _unquoted(written) if _QUOTED.fullmatch(written) else written


def _read_list(written: str) -> list[str]:
    items = [(quoted, plain.strip()) for quoted, plain in _ITEM.findall(written)]
    return [_unquoted(quoted) if quoted else plain for quoted, plain in items if quoted or plain]


def _unquoted(written: str) -> str:
    """Return what a JSON string says; what is none means itself."""
    try:
        return str(json.loads(written))
    except json.JSONDecodeError:
        return written


def _written(file: ArticleFile, key: str) -> str:
    if key in file.lists:
        return "; ".join(_item(value) for value in file.lists[key])
    return _value(file.values[key])


def _value(value: str) -> str:
    is_plain = value == value.strip() and not value.startswith('"') and not _UNPRINTABLE.search(value)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _item(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if not value or ";" in value else _value(value)


def _read_texts(lines: list[str], *, first_line: int) -> tuple[str, dict[str, str]]:
    if lines and not lines[-1]:
        lines = lines[:-1]  # what follows the last line feed
    texts: dict[str, list[str]] = {"": []}
    name = ""
    for number, line in enumerate(lines, first_line):
        if found := _PART.fullmatch(line):
            name = found[1]
            if name in texts:
                raise NotAnArticleFile(number, _("La parte «%(name)s» aparece dos veces.") % {"name": name})
            texts[name] = []
        else:
            texts[name].append(line[1:] if line.startswith("\\") and _LIKE_PART.fullmatch(line) else line)
    body, *parts = ("\n".join(each) for each in texts.values())
    return body, dict(zip(list(texts)[1:], parts, strict=True))


def _shielded(text: str) -> str:
    return "\n".join("\\" + line if _LIKE_PART.fullmatch(line) else line for line in text.split("\n"))
