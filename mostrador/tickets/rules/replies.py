"""What an answer says beyond its words."""

import re

_ARTICLE = re.compile(r"\]\((?:articulo:|(?:https?://[^)\s/]+)?(?:/[a-z]{2})?/ayuda/articulo/)([\w-]{1,120})")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)[ \t]*\n?")


def first_article_in(text: str) -> str:
    """Return the address part ("no-aparece-mi-certificado") of the first article that a text links to, or ""."""
    found = _ARTICLE.search(text)
    return found[1] if found else ""


def as_quoted(title: str, body: str) -> str:
    """Return an article as it is put into an answer: its pictures stay in the help centre."""
    words = re.sub(r"\n{3,}", "\n\n", _PICTURE.sub("", body)).strip()
    return f"**{title}**\n\n{words}"
