"""What editors may write as words that mean the same."""

from collections.abc import Iterable, Mapping

from mostrador.help_centre.rules.synonyms import Group
from mostrador.help_centre.rules.words import fold

MOST_WORDS = 30  # of one group in one language
LONGEST_WORD = 60  # characters
FEWEST_WORDS = 2  # of a group, in all languages together: one alone is like nothing else


def compared(phrase: str) -> str:
    """Return a word or phrase as it is compared with others: folded, with one space between words."""
    return " ".join(fold(phrase).split())


def words_in_lines(text: str) -> list[str]:
    """Return the words or phrases of a text, one in each line, without the empty ones."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def repeated(phrases: Iterable[str]) -> str:
    """Return the first phrase that says the same as an earlier one, or ""."""
    seen: set[str] = set()
    for phrase in phrases:
        if compared(phrase) in seen:
            return phrase
        seen.add(compared(phrase))
    return ""


def shared_words(
    words: Mapping[str, list[str]], others: Iterable[Group], *, before: Mapping[str, list[str]]
) -> list[tuple[str, Group]]:
    """Return each added word that already stands in another group, in the same language, with that group.

    Args:
        words: What a group is to have, by language.
        others: The other groups in use.
        before: What the group had: a word that it shared already is not held against it.
    """
    added = {
        (language, compared(phrase)): phrase
        for language, phrases in words.items()
        for phrase in phrases
        if compared(phrase) not in {compared(known) for known in before.get(language, ())}
    }
    return [
        (added[language, compared(phrase)], group)
        for group in others
        for language, phrases in group.words.items()
        for phrase in phrases
        if (language, compared(phrase)) in added
    ]
