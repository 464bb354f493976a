"""CommonMark as people write it, into HTML that is safe to show.

Beside CommonMark and tables: callouts (`::: note|tip|warning|legal`), parts that open (`::: details Título`), pictures
of an article (`![alt](imagen:KEY)`) and links to another article (`[texto](articulo:slug)`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import nh3
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
) -> Markup:
    """Return HTML without scripts, styles or foreign pictures; heading levels start at 2.

    Args:
        text: CommonMark.
        language: Of the text, for the word that says what a callout is; None is the current one.
        pictures: Width and height in pixels of pictures, by key, so that nothing jumps while they load.
        anchors: What the headings' ids begin with, so that they can be linked to; empty gives them none.

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
        html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return Markup(clean)  # noqa: S704 - cleaned on the line above


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


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    for kind in CALLOUTS:
        parser.use(container_plugin, kind, render=_callout)
    parser.use(container_plugin, "details", render=_details)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


_parser = _make_parser()
