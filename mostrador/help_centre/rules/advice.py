"""What whoever reviews a text should look at before readers see it. Advice: nothing of it stops anybody."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mostrador.help_centre.rules.texts import ArticleText

MOST_WORDS_IN_A_SENTENCE = 35
_PICTURE_WITHOUT_WORDS = re.compile(r"!\[\s*\]\(")
_LINK_TO_ARTICLE = re.compile(r"\]\(\s*<?articulo:([\w-]+)")
_END_OF_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)|\n")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"\]\([^)]*\)")  # of a link: nobody reads it


def linked_articles(text: ArticleText) -> set[str]:
    """Return the addresses of the articles that a text links to."""
    return {slug for words in _texts(text) for slug in _LINK_TO_ARTICLE.findall(words)}


def advice_on(text: ArticleText, *, missing: set[str]) -> list[str]:
    """Return what to look at, in sentences.

    Args:
        text: What is going to be published.
        missing: The linked articles that readers would not find.
    """
    advice = []
    if without := sum(len(_PICTURE_WITHOUT_WORDS.findall(words)) for words in _texts(text)):
        advice.append(
            ngettext(
                "%(count)s imagen no dice con palabras lo que muestra: quien no la ve no sabrá qué hay en ella.",
                "%(count)s imágenes no dicen con palabras lo que muestran: quien no las ve no sabrá qué hay en ellas.",
                without,
            )
            % {"count": without}
        )
    advice += [_("Enlaza a un artículo que no se puede leer: %(slug)s.") % {"slug": slug} for slug in sorted(missing)]
    advice += [
        _("Una frase muy larga, que se entendería mejor en dos: «%(start)s…»") % {"start": sentence[:80]}
        for sentence in long_sentences(text)[:3]
    ]
    return advice


def long_sentences(text: ArticleText) -> list[str]:
    """Return the sentences with more words than people follow at once."""
    sentences = [
        sentence.strip() for words in _texts(text) for sentence in _END_OF_SENTENCE.split(_ADDRESS.sub("]", words))
    ]
    return [sentence for sentence in sentences if len(_WORD.findall(sentence)) > MOST_WORDS_IN_A_SENTENCE]


def _texts(text: ArticleText) -> list[str]:
    return [text.summary, text.body, *text.parts.values()]
