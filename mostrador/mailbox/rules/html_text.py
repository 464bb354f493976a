"""The words of an HTML page as plain text, for agents who read without pictures and for what looks for words."""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SILENT = {"head", "style", "script", "title", "template", "meta", "link"}
_BLOCKS = {
    *("address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure"),
    *("footer", "form", "header", "html", "main", "nav", "section", "summary", "table", "tr"),
}
_APART = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "ul"}
_CELLS = {"td", "th"}
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_MANY_BREAKS = re.compile(r"\n{3,}")
_QUOTE_OPEN, _QUOTE_CLOSE = "\ue010", "\ue011"
_ITEM = "\n- "
_DEEPEST_QUOTE = 20
_LONGEST_PAGE = 4_000_000  # letters; a tree of a longer one would take more memory than a message may
_MOST_NOT_CLOSED = 10_000  # tags; the time of a browser's parser grows with the square of their depth
_BREAK = re.compile(r"<(?:br|p|div|tr|li)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def text_of(html: str) -> str:
    """Return the text of a page: paragraphs apart, quotes marked with "> ", addresses of links beside their words."""
    if len(html) > _LONGEST_PAGE or html.count("<") - 2 * html.count("</") - html.count("<br") > _MOST_NOT_CLOSED:
        return _roughly(html)
    pieces: list[str] = []
    top = LexborHTMLParser(html).root
    node = top
    while top is not None and node is not None:
        is_read = _open(node, pieces)
        if is_read and node.child is not None:
            node = node.child
            continue
        if is_read:
            _close(node, pieces)
        node = _after(node, top.mem_id, pieces)
    return _tidy("".join(pieces))


def _roughly(html: str) -> str:
    """Return the text of a page that is too large or too deep to be taken apart."""
    return _tidy(unescape(_TAG.sub(" ", _BREAK.sub("\n", html))))


def _after(node: LexborNode, top: int, pieces: list[str]) -> LexborNode | None:
    """Return the next node in reading order once a node has been read; close what ends before it."""
    at: LexborNode | None = node
    while at is not None and at.mem_id != top:
        if at.next is not None:
            return at.next
        at = at.parent
        if at is not None:
            _close(at, pieces)
    return None


def _open(node: LexborNode, pieces: list[str]) -> bool:
    """Write what stands before a node's children; whether they are read."""
    tag = node.tag or ""
    if tag == "-text":
        pieces.append(_letters(node))
        return False
    if tag in _SILENT or tag.startswith(("-comment", "!", "_comment")):
        return False
    if tag == "br":
        pieces.append("\n")
    elif tag == "img":
        pieces.append(_alternative(node))
    elif tag == "li":
        pieces.append(_ITEM)
    elif tag in _BLOCKS or tag in _APART:
        pieces.append("\n\n" if tag in _APART else "\n")
        if tag == "blockquote":
            pieces.append(_QUOTE_OPEN)
    return True


def _close(node: LexborNode, pieces: list[str]) -> None:
    tag = node.tag or ""
    if tag == "blockquote":
        pieces.append(_QUOTE_CLOSE)
    if tag == "a":
        pieces.append(_address(node))
    elif tag in _CELLS:
        pieces.append(" ")
    elif tag in _APART:
        pieces.append("\n\n")
    elif tag in _BLOCKS:
        pieces.append("\n")


def _letters(node: LexborNode) -> str:
    text = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag in {"pre", "textarea"}:
        return text
    return _SPACES.sub(" ", text)


def _alternative(node: LexborNode) -> str:
    return (node.attributes.get("alt") or "").strip()


def _address(node: LexborNode) -> str:
    href = (node.attributes.get("href") or "").strip()
    if not href.lower().startswith(("http://", "https://")):
        return ""
    shown = node.text()
    return "" if href.rstrip("/").partition("://")[2] in shown else f" <{href}>"


def _tidy(text: str) -> str:
    lines = _MANY_BREAKS.sub("\n\n", "\n".join(line.strip(" \t") for line in text.split("\n")))
    if _QUOTE_OPEN in lines:
        lines = _quoted(lines)
    return _MANY_BREAKS.sub("\n\n", re.sub(r" {2,}", " ", lines)).strip()


def _quoted(text: str) -> str:
    """Write "> " before each line that stood in a quotation."""
    depth, written = 0, []
    for line in text.split("\n"):
        depth_here = depth + line.count(_QUOTE_OPEN)
        marks = ">" * min(depth_here, _DEEPEST_QUOTE)
        depth = max(depth_here - line.count(_QUOTE_CLOSE), 0)
        plain = line.replace(_QUOTE_OPEN, "").replace(_QUOTE_CLOSE, "")
        if plain or (line == plain and not depth_here):
            written.append(f"{marks} {plain}".rstrip() if marks else plain)
        elif depth_here and written and written[-1] and line == plain:
            written.append(marks)
    while written and not written[-1].strip("> "):
        written.pop()
    return "\n".join(written)
