"""Words that mean the same: the product's list and each organisation's changes to it."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from mostrador.help_centre.rules.words import DATA, LANGUAGES, common_words, stem, words_of

LONGEST_PHRASE = 4  # words of a member that are compared


@dataclass(frozen=True)
class Group:
    """Words and phrases that mean the same, by language."""

    key: str
    words: dict[str, list[str]]


@dataclass(frozen=True)
class Member:
    """One word or phrase of a group, as it is compared."""

    group: str
    language: str
    stems: tuple[str, ...]


@dataclass
class Synonyms:
    """Groups, ready to be found by the stems of a phrase."""

    members: dict[str, list[Member]] = field(default_factory=dict)  # by group
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = field(default_factory=lambda: defaultdict(list))
    below: "Synonyms | None" = None
    replaced: frozenset[str] = frozenset()  # groups below that no longer count

    def of(self, language: str, stems: tuple[str, ...]) -> list[Member]:
        """Return the other members of every group that has this phrase, in all languages."""
        phrase = (language, stems)
        found = [
            member
            for key in self.groups.get(phrase, ())
            for member in self.members[key]
            if (member.language, member.stems) != phrase
        ]
        if self.below:
            found += [member for member in self.below.of(language, stems) if member.group not in self.replaced]
        return found


def compiled(groups: Iterable[Group], *, below: Synonyms | None = None, replaced: Iterable[str] = ()) -> Synonyms:
    """Return groups ready to be found, before those of `below` without the `replaced` ones."""
    made = Synonyms(below=below, replaced=frozenset(replaced))
    for group in groups:
        members = list(dict.fromkeys(_members(group)))
        made.members[group.key] = members
        for member in members:
            made.groups[member.language, member.stems].append(group.key)
    return made


@cache
def shipped_groups() -> Sequence[Group]:
    """Return the product's list."""
    with (DATA / "synonyms.csv").open(encoding="utf-8", newline="") as file:
        return [
            Group(
                row["key"],
                {code: [word.strip() for word in row[code].split("|") if word.strip()] for code in LANGUAGES},
            )
            for row in csv.DictReader(file)
        ]


@cache
def shipped_synonyms() -> Synonyms:
    """Return the product's list ready to be found."""
    return compiled(shipped_groups())


def _members(group: Group) -> Iterable[Member]:
    for language, phrases in group.words.items():
        for phrase in phrases:
            words = words_of(phrase)
            said = [word for word in words if word not in common_words(language)] or words
            # "No hay certificados" says something else than "certificados", which is all that would be compared.
            is_only_common = len(said) == 1 and len(words) > 2
            if said and len(said) <= LONGEST_PHRASE and not is_only_common:
                yield Member(group.key, language, tuple(stem(word, language) for word in said))
