"""What an article says to search engines, in the words of schema.org."""

import json
import re
from datetime import datetime
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from markupsafe import Markup

from mostrador.help_centre.choices import ArticleKind

_LISTS = re.compile(r"<(/?)(ol|ul|li)\b[^>]*>")
# What would end the element, or begin another, inside of a JSON text.
_NEVER_IN_HTML = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def structured_data(
    *, kind: str, title: str, summary: str, html: str, minutes: int | None, language: str, address: str, at: datetime
) -> Markup:
    """Return the element that describes an article: a question and its answer, or how something is done.

    It is data and no script: browsers do not run it, and the Content-Security-Policy has nothing to say about it.

    Args:
        kind: An `ArticleKind`.
        title: Its question or title.
        summary: Its answer in two lines.
        html: Its body.
        minutes: How long it takes to follow, when known.
        language: In which language it is.
        address: Its whole address.
        at: Aware moment of its last change.

    Source: https://schema.org/FAQPage, https://schema.org/HowTo
    """
    steps = steps_of(html)
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "inLanguage": language,
        "url": address,
        "dateModified": at.isoformat(timespec="seconds"),
    }
    if kind == ArticleKind.TUTORIAL and steps:
        named = [{"@type": "HowToStep", "position": place, "text": step} for place, step in enumerate(steps, 1)]
        told |= {"@type": "HowTo", "name": title, "description": summary, "step": named}
        told |= {"totalTime": f"PT{minutes}M"} if minutes else {}
    elif kind == ArticleKind.FAQ:
        answer = {"@type": "Answer", "text": f"{summary} {plain(html)}".strip()}
        told |= {"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": title, "acceptedAnswer": answer}]}
    else:
        sort = "NewsArticle" if kind == ArticleKind.NEWS else "TechArticle"
        told |= {"@type": sort, "headline": title, "description": summary}
    text = json.dumps(told, ensure_ascii=False).translate(_NEVER_IN_HTML)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 - no "<" is left


def steps_of(html: str) -> list[str]:
    """Return the words of each step: what stands in the ordered lists of a body that are in no other list."""
    steps: list[str] = []
    open_lists: list[str] = []
    begins = 0
    for mark in _LISTS.finditer(html):
        is_end, name = bool(mark[1]), mark[2]
        if name != "li":
            open_lists = open_lists[:-1] if is_end else [*open_lists, name]
        elif open_lists == ["ol"]:
            if is_end:
                steps.append(plain(html[begins : mark.start()]))
            else:
                begins = mark.end()
    return steps


def plain(html: str) -> str:
    """Return the words of cleaned HTML in one line."""
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())
