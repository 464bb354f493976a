"""The lists that the search reads from files: kept in memory from the first use on."""

from mostrador.help_centre.rules.error_codes import code_spelled, codes_in, explanation
from mostrador.help_centre.rules.error_messages import code_in
from mostrador.help_centre.rules.synonyms import shipped_synonyms
from mostrador.help_centre.rules.words import LANGUAGES, common_words, words_of


def load_lists() -> None:
    """Read every list: common words, synonyms, error codes and their messages.

    For a process that is starting, so that whoever searches first does not wait: it takes about half a second.
    """
    for language in LANGUAGES:
        common_words(language)
    shipped_synonyms()
    if code := code_spelled("SAF_09"):
        explanation(code, "es")
        code_in(words_of(code.code))
    message = "no es el mensaje de ningún error"
    code_in(words_of(message))
    codes_in(message)
