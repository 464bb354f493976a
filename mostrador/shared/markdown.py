"""CommonMark as people write it, into HTML that is safe to show.

Beside CommonMark and tables: callouts (`::: note|tip|warning|legal`), parts that open (`::: details Título`), pictures
of an article (`![alt](imagen:KEY)`) and links to another article (`[texto](articulo:slug)`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import nh3
from django.urls import get_script_prefix
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin

from mostrador.shared.errors import ActionRefused

LONGEST_TEXT = 100_000  # characters: some forty printed pages
CALLOUTS = ("note", "tip", "warning", "legal")
# Where readers find what a text names by its key. Addresses below `OURS` get the reader's language when they are shown.
ARTICLE, PICTURE, OURS = "/ayuda/articulo/{}/{}", "/ayuda/imagen/{}/", "/ayuda/"

# What a text needs to be more than words in paragraphs.
_MARKED = re.compile(r"[*_`#\[\]<>|~\\&]|:::|^ {0,3}(?:[-+=]|\d+[.)])|^(?: {4}|\t)", re.MULTILINE)
_ROWS = {"tr_close", "th_close", "td_close", "thead_close", "list_item_close"}
_OWN_ADDRESS = re.compile(r"/(?![/\\])")
_PICTURE_KEY = re.compile(r"imagen:([\w-]{1,64})")
_ARTICLE_SLUG = re.compile(r"articulo:([\w-]{1,120})/?(#[\w-]*)?")
_TAGS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a", "br", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "img", "kbd", "div", "details", "summary"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "th": {"align"},
    "td": {"align"},
    "div": {"role", "tabindex", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
}
_CLASSES = {
    "div": {"callout", *(f"callout-{kind}" for kind in CALLOUTS), "details-body", "prose-table"},
    "p": {"callout-title"},
    "details": {"details"},
}


def render_markdown(
    text: str,
    *,
    language: str | None = None,
    pictures: Mapping[str, tuple[int, int]] | None = None,
    anchors: str = "",
    breaks: bool = False,
) -> Markup:
    """Return HTML without scripts, styles or foreign pictures; heading levels start at 2.

    Args:
        text: CommonMark.
        language: Of the text, for the word that says what a callout is; None is the current one.
        pictures: Width and height in pixels of pictures, by key, so that nothing jumps while they load.
        anchors: What the headings' ids begin with, so that they can be linked to; empty gives them none.
        breaks: Whether a line's end stays one, as in a message.

    Raises:
        ActionRefused: The text is longer than `LONGEST_TEXT`.
    """
    if len(text) > LONGEST_TEXT:
        raise ActionRefused(_("El texto es demasiado largo para una página. Divídalo en varios artículos."))
    tokens = _parser.parse(text)
    _set_headings(tokens, anchors)
    _align_cells(tokens)
    for part in _inline(tokens):
        if part.type == "image":
            _place_picture(part, pictures or {})
        elif part.type == "link_open":
            _place_link(part)
    with override(language or get_language()):
        html = _parser.renderer.render(tokens, _parser_with_breaks.options if breaks else _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return Markup(clean)  # noqa: S704 - cleaned on the line above


def render_message(text: str) -> Markup:
    """Return a message in Markdown as a page shows it: its line ends stay, links of ours are in the page's language."""
    if not _MARKED.search(text):
        paragraphs = (escape(part).replace("\n", "<br>\n") for part in re.split(r"\n\s*\n", text.strip()) if part)
        return Markup("").join(Markup(f"<p>{part}</p>\n") for part in paragraphs)  # noqa: S704 - escaped
    return _rendered_message(text[:LONGEST_TEXT], get_language() or "es", get_script_prefix())


@lru_cache(maxsize=2000)
def _rendered_message(text: str, language: str, prefix: str) -> Markup:
    html = render_markdown(text, language=language, breaks=True)
    return Markup(with_prefix(html, prefix))  # noqa: S704 - cleaned when it was rendered


def markdown_as_text(text: str, *, address: Callable[[str], str] = str) -> str:
    """Return Markdown as it reads without format: lists with their marks, links followed by where they lead.

    Args:
        text: CommonMark.
        address: Makes the whole address of a link of ours, which begins with "/".
    """
    written = _PlainText(address)
    for token in _parser.parse(text):
        written.take(token)
    return re.sub(r"\n{3,}", "\n\n", "".join(written.parts)).strip()


class _PlainText:
    """Writes what a parser found, block by block."""

    def __init__(self, address: Callable[[str], str]) -> None:
        self.parts: list[str] = []
        self._address = address
        self._marks: list[int | None] = []  # of the lists that are open: their next number, None without numbers
        self._indents: list[int] = []
        self._row: list[str] = []
        self._begins_item = False

    def take(self, token: Token) -> None:
        """Write one part of the text."""
        kind = "container" if token.type.startswith("container_") and token.nesting > 0 else token.type
        if do := getattr(self, f"_{kind}", None):
            do(token)
        if token.nesting < 0 and not self._marks and token.type not in _ROWS:
            self.parts.append("\n")

    def _ordered_list_open(self, token: Token) -> None:
        self._marks.append(int(token.attrs.get("start", 1)))

    def _bullet_list_open(self, token: Token) -> None:
        self._marks.append(None)

    def _list_item_open(self, token: Token) -> None:
        number = self._marks[-1]
        mark = "- " if number is None else f"{number}. "
        self._marks[-1] = None if number is None else number + 1
        self.parts.append(" " * sum(self._indents) + mark)
        self._indents.append(len(mark))
        self._begins_item = True

    def _list_item_close(self, token: Token) -> None:
        self._indents.pop()

    def _ordered_list_close(self, token: Token) -> None:
        self._marks.pop()

    _bullet_list_close = _ordered_list_close

    def _tr_close(self, token: Token) -> None:
        self.parts += [" | ".join(self._row), "\n"]
        self._row.clear()

    def _th_open(self, token: Token) -> None:
        self._row.append("")

    _td_open = _th_open

    def _inline(self, token: Token) -> None:
        words = _inline_text(token, self._address)
        if self._row:
            self._row[-1] = words
        else:
            self._add(words)

    def _fence(self, token: Token) -> None:
        self._add(token.content.rstrip())

    _code_block = _fence

    def _hr(self, token: Token) -> None:
        self._add("* * *")

    def _container(self, token: Token) -> None:
        self._add(token.info.strip().partition(" ")[2].strip())

    def _add(self, text: str) -> None:
        """Add a paragraph; in a list its lines stand below each other."""
        if not text:
            return
        indent = " " * sum(self._indents)
        first, *rest = text.split("\n")
        lines = [first if self._begins_item else indent + first, *(indent + line for line in rest)]
        self._begins_item = False
        self.parts.append("\n".join(lines) + "\n")


def _inline_text(token: Token, address: Callable[[str], str]) -> str:
    said: list[str] = []
    begins: list[tuple[int, str]] = []
    for part in token.children or ():
        if part.type in {"softbreak", "hardbreak"}:
            said.append("\n")
        elif part.type == "link_open":
            _place_link(part)
            begins.append((len(said), str(part.attrs["href"])))
        elif part.type == "link_close" and begins:
            said.append(_where_it_leads("".join(said[begins[-1][0] :]), begins.pop()[1], address))
        else:
            said.append(part.content)
    return "".join(said)


def _where_it_leads(words: str, href: str, address: Callable[[str], str]) -> str:
    """Return the address of a link in brackets, unless its words say it."""
    whole = address(href) if href.startswith("/") else href
    is_said = words in {whole, href} or (href.startswith("mailto:") and words in href)
    return "" if is_said else f" ({whole})"


def pictures_in(text: str) -> list[tuple[str, str]]:
    """Return key and alternative text of each picture that a text names, in order."""
    images = [part for part in _inline(_parser.parse(text)) if part.type == "image"]
    named = [(_PICTURE_KEY.fullmatch(str(image.attrs["src"])), image.content.strip()) for image in images]
    return [(key[1], words) for key, words in named if key]


def with_prefix(html: str, prefix: str) -> str:
    """Return rendered text whose links to the help centre lead to its pages in the reader's language.

    Args:
        html: What `render_markdown` returned, which has the addresses of the organisation's own language.
        prefix: "/" or the language in the path: "/ca/".
    """
    return html if prefix == "/" else str(html).replace(f'<a href="{OURS}', f'<a href="{prefix}{OURS[1:]}')


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _set_headings(tokens: Sequence[Token], anchors: str) -> None:
    """Make headings fit below the page's title, and give them ids."""
    taken: Counter[str] = Counter()
    for token, content in pairwise(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
        if token.type == "heading_open" and anchors:
            name = f"{anchors}-{slugify(content.content)[:60]}".rstrip("-")
            while taken[name]:
                taken[name] += 1
                name = f"{name}-{taken[name]}"
            taken[name] = 1
            token.attrs["id"] = name


def _align_cells(tokens: Sequence[Token]) -> None:
    """Say how a column is aligned without a style, which no page of ours may carry."""
    for token in tokens:
        if token.type in {"th_open", "td_open"} and (style := token.attrs.pop("style", "")):
            token.attrs["align"] = str(style).partition(":")[2]


def _place_picture(image: Token, pictures: Mapping[str, tuple[int, int]]) -> None:
    """Show a picture of the article; of others only their words remain: asking for them would tell who reads here."""
    source = str(image.attrs["src"])
    if key := _PICTURE_KEY.fullmatch(source):
        image.attrs |= {"src": PICTURE.format(key[1]), "loading": "lazy"}
        if size := pictures.get(key[1]):
            image.attrs |= {"width": size[0], "height": size[1]}
    elif not _OWN_ADDRESS.match(source):
        image.type, image.tag = "text", ""


def _place_link(link: Token) -> None:
    if slug := _ARTICLE_SLUG.fullmatch(str(link.attrs["href"])):
        link.attrs["href"] = ARTICLE.format(slug[1], slug[2] or "")


def _callout(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    if tokens[index].nesting < 0:
        return "</div>\n"
    kind, _space, title = tokens[index].info.strip().partition(" ")
    # Translators: what stands above a remark in an article.
    word = {"note": _("Nota"), "tip": _("Consejo"), "warning": _("Atención"), "legal": _("Qué dice la ley")}[kind]
    words = f"{word}: {title.strip()}" if title.strip() else word
    return f'<div class="callout callout-{kind}" role="note">\n<p class="callout-title">{escape(words)}</p>\n'


def _details(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    if tokens[index].nesting < 0:
        return "</div>\n</details>\n"
    title = tokens[index].info.strip().partition(" ")[2].strip() or _("Más información")
    return f'<details class="details">\n<summary>{escape(title)}</summary>\n<div class="details-body">\n'


def _table_open(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Let a table wider than a telephone be moved sideways, with the keyboard too."""
    return f'<div class="prose-table" role="group" tabindex="0" aria-label="{escape(_("Tabla"))}">\n<table>\n'


def _table_close(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</table>\n</div>\n"


def _make_parser(*, breaks: bool = False) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"])
    for kind in CALLOUTS:
        parser.use(container_plugin, kind, render=_callout)
    parser.use(container_plugin, "details", render=_details)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


_parser, _parser_with_breaks = _make_parser(), _make_parser(breaks=True)
