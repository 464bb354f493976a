"""A light stemmer for Galician, which no library at hand has."""

# Endings of nouns and adjectives, the longest first; what is left has at least three letters.
_PLURALS = (
    *(("cions", "cion"), ("sions", "sion"), ("gons", "gon"), ("lons", "lon"), ("ons", "on"), ("ns", "n")),
    *(("ais", "al"), ("eis", "el"), ("ois", "ol"), ("uis", "ul"), ("ores", "or"), ("ares", "ar"), ("eres", "er")),
    *(("ces", "z"), ("les", "l"), ("s", "")),
)
_ENDINGS = (
    *("ariamos", "eriamos", "iriamos", "abamos", "aramos", "eramos", "iramos"),
    *("amento", "imento", "amente", "mente", "idade", "acion", "icion", "ucion", "cion", "sion"),
    *("ando", "endo", "indo", "aron", "eron", "iron", "arei", "erei", "irei", "aria", "eria", "iria", "ia"),
    *("aches", "iches", "eches", "amos", "emos", "imos", "aban", "asen", "esen", "isen", "ador", "edor", "idor"),
    *("ada", "ado", "ida", "ido", "aba", "ase", "ese", "ise", "ara", "era", "ira", "ble"),
    *("ar", "er", "ir", "ou", "eu", "iu", "ei", "in", "an", "en", "on", "a", "e", "o"),
)
_PRONOUNS = ("selles", "semos", "lles", "chas", "nolo", "mela", "melo", "llo", "lle", "nos", "che", "se", "me")
_SHORTEST = 3


def stem_galician(word: str) -> str:
    """Return what the forms of a folded Galician word have in common: number, gender and the usual endings go."""
    word = _singular(word)
    for pronoun in _PRONOUNS:
        base = word.removesuffix(pronoun)
        if base != word and base.endswith(("r", "ndo", "u")) and len(base) > _SHORTEST:
            word = base
            break
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _singular(word: str) -> str:
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) - len(plural) + len(singular) >= _SHORTEST:
            return word[: len(word) - len(plural)] + singular
    return word
