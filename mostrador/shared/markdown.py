"""CommonMark as people write it, into HTML that is safe to show."""

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

# Headings start at h2 on a page (h1 is its title), pictures only from our own address.
_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_OWN_ADDRESS = re.compile(r"/(?![/\\])")
_TAGS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a", "br", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "img", "kbd"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "img": {"src", "alt", "title"},
    "th": {"align"},
    "td": {"align"},
}


def render_markdown(text: str) -> Markup:
    """Return HTML without scripts, styles, classes or foreign pictures; heading levels start at 2."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
        for part in token.children or ():
            if part.type == "image" and not _OWN_ADDRESS.match(str(part.attrs["src"])):
                part.type, part.tag = "text", ""  # its words remain: asking for it would tell others who reads here
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener"
    )
    return Markup(clean)  # noqa: S704 - cleaned on the line above
