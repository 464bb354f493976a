"""A mail with its format, made safe to look at: nothing in it runs, asks, or tells anybody that it was opened.

Pictures that came with the mail are put into the page; those elsewhere are shown only when somebody asks for them,
because whoever wrote the mail learns from that when and where it is read.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote, urlsplit

import nh3
from django.utils.translation import gettext as _

from mostrador.mailbox.rules.mail import File

LONGEST_PAGE = 2_000_000  # letters
MOST_NOT_CLOSED = 5_000  # tags; the time that cleaning takes grows with the square of their depth
LARGEST_PICTURES_BYTES = 8 << 20  # of all those put into one page
_TAGS = {
    *("a", "abbr", "address", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite"),
    *("code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p"),
    *("pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr"),
}
_DROPPED_WHOLE = {"script", "style", "title", "template", "object", "svg", "math", "noscript", "iframe", "select"}
_CELL = {"align", "valign", "width", "height", "bgcolor", "colspan", "rowspan", "style", "nowrap", "dir", "lang"}
_ATTRIBUTES = {
    "*": {"style", "align", "dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "table": {"width", "bgcolor", "border", "cellpadding", "cellspacing"},
    "tr": {"bgcolor", "valign"},
    "td": _CELL,
    "th": _CELL,
    "col": {"width", "span"},
    "ol": {"start", "type"},
    "li": {"value"},
    "hr": {"width", "size", "color"},
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
_STYLES = {
    *("color", "background", "background-color", "font", "font-family", "font-size", "font-style", "font-weight"),
    *("font-variant", "line-height", "letter-spacing", "text-align", "text-decoration", "text-indent"),
    *(
        "vertical-align",
        "text-transform",
        "white-space",
        "word-break",
        "width",
        "max-width",
        "min-width",
        "height",
        "direction",
    ),
    *("border-collapse", "border-spacing", "border-color", "border-style", "border-width", "border-radius"),
    *("list-style-type", "table-layout"),
    *(f"{name}{side}" for name in ("margin", "padding", "border") for side in _SIDES),
}
# Ways of loading something from inside a style, once escapes are undone.
_LOADS = re.compile(r"(?:url|image|image-set|src|attr|expression|element)\s*\(|@import", re.IGNORECASE)
_DECLARATION = re.compile(r"(?:[^;\"'(]|\"[^\"]*\"?|'[^']*'?|\([^)]*\)?)+")
# A start tag as the cleaner writes it: every value in double quotes.
_START = re.compile(r'<(a|img)((?: [\w-]+="[^"]*")*)>')
_STYLED = re.compile(r' style="([^"]*)"')
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
_NEXT_WORDS = re.compile(r"[^<]{0,300}")
_LINKS = ("http", "https", "mailto", "tel")
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_TINY = re.compile(r"\s*[0-2](?:px)?\s*")  # pixels of a picture that is there to count who reads


@dataclass(frozen=True, slots=True)
class Formatted:
    """A mail as a page.

    Attributes:
        html: Safe to show in a document that may load nothing, or only pictures when `shows_remote`.
        remote: How many pictures lie elsewhere.
        shows_remote: Whether those are in the page.
    """

    html: str
    remote: int
    shows_remote: bool


def formatted(html: str, files: Sequence[File] = (), *, shows_remote: bool = False) -> Formatted | None:
    """Return the page of a mail, None when it is too large or too deep to be cleaned in a short time.

    Args:
        html: As it came.
        files: Of the same mail: pictures that the page names by their Content-ID.
        shows_remote: Whether pictures may be loaded from elsewhere.
    """
    if len(html) > LONGEST_PAGE or html.count("<") - 2 * html.count("</") - html.count("<br") > MOST_NOT_CLOSED:
        return None
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        filter_style_properties=_STYLES,
        url_schemes={*_LINKS, "cid", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    writer = _Writer(_by_id(files), shows_remote=shows_remote)
    page = _START.sub(writer.start, _STYLED.sub(_without_loading, clean))
    return Formatted(page, writer.remote, shows_remote)


def _kept(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute as it may stay, None to leave it out."""
    if name == "style":
        return ";".join(one for one in _DECLARATION.findall(value[:20_000]) if not _LOADS.search(one))
    if name == "href":
        return value if _scheme(value) in _LINKS else None
    if name == "src":
        is_safe = _scheme(value) in {"http", "https", "cid"} or _DATA.fullmatch(value.strip())
        return value.strip() if is_safe else None
    return value


def _scheme(address: str) -> str:
    return address.strip().partition(":")[0].lower()


def _without_loading(found: re.Match[str]) -> str:
    """Leave out a style that loads something after all: the cleaner has undone its escapes by now."""
    return "" if _LOADS.search(unescape(found[1])) else found[0]


def _by_id(files: Sequence[File]) -> dict[str, File]:
    return {file.content_id: file for file in files if file.content_id}


class _Writer:
    """Writes links and pictures anew, and counts what lies elsewhere."""

    def __init__(self, files: Mapping[str, File], *, shows_remote: bool) -> None:
        self.remote = 0
        self._files = files
        self._shows_remote = shows_remote
        self._left_bytes = LARGEST_PICTURES_BYTES

    def start(self, found: re.Match[str]) -> str:
        """Return a start tag as the page shows it."""
        values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(found[2])}
        if found[1] == "img":
            return self._picture(values, found[0])
        words = _NEXT_WORDS.match(found.string, found.end())
        return _link(values, words[0] if words else "", found[0])

    def _picture(self, values: dict[str, str], written: str) -> str:
        source = values.get("src", "")
        kind = _scheme(source)
        if kind == "data":
            return written
        if kind == "cid":
            data = self._embedded(unquote(source.strip()[4:]))
            return _image(values, data) if data else _instead(values)
        if not source:
            return _instead(values)
        self.remote += 1
        return written if self._shows_remote else _instead(values)

    def _embedded(self, content_id: str) -> str:
        """Return the address of a picture that came with the mail, which is the picture itself; "" without it."""
        file = self._files.get(content_id.strip("<>"))
        kind = _picture_type(file.content) if file else ""
        if file is None or not kind or len(file.content) > self._left_bytes:
            return ""
        self._left_bytes -= len(file.content)
        return f"data:{kind};base64,{base64.b64encode(file.content).decode()}"


def _picture_type(content: bytes) -> str:
    """Return what kind of picture it is, by its content; "" for what browsers do not show, or run."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _PICTURES.items() if content.startswith(mark)), "")


def _image(values: Mapping[str, str], source: str) -> str:
    kept = {"src": source, "alt": values.get("alt", "")}
    kept |= {name: values[name] for name in ("width", "height", "style") if name in values}
    return "<img" + "".join(f' {name}="{escape(value)}"' for name, value in kept.items()) + ">"


def _instead(values: Mapping[str, str]) -> str:
    """Return what stands for a picture that is not shown: its words; nothing for what is there only to count."""
    is_tiny = any(_TINY.fullmatch(values.get(name, "")) for name in ("width", "height"))
    words = values.get("alt", _("Imagen")).strip()
    return "" if is_tiny or not words else f'<span class="picture">{escape(words)}</span>'


def _link(values: Mapping[str, str], words: str, written: str) -> str:
    """Return a link that says where it leads, unless its words do."""
    address = values.get("href", "").strip()
    if not address:
        return written
    leads = _where(address)
    shown = f' title="{escape(address[:500])}"'
    if leads.lower() not in unescape(words).lower():
        shown += f' data-leads="{escape(leads)}"'
    return f"{written[:-1]}{shown}>"


def _where(address: str) -> str:
    if _scheme(address) in {"mailto", "tel"}:
        return unquote(address.partition(":")[2].partition("?")[0])[:200]
    try:
        host = urlsplit(address).hostname or address
    except ValueError:
        return address[:200]
    return host[:200]
