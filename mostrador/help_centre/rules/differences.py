"""What changed between two texts, by words, so that whoever reviews reads it as prose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from rapidfuzz.distance import Indel

from mostrador.help_centre.choices import Change, Part
from mostrador.help_centre.rules.texts import ArticleText

# Comparing costs as many bits as there are pairs of words: 50 MB. Longer ones are shown as replaced as a whole.
MOST_PAIRS = 400_000_000
LONGEST_SHOWN = 600  # characters of an unchanged passage; of a longer one only its ends are shown
END_SHOWN = 160  # characters of each end at least, to the end of the sentence or line
_SENTENCE_ENDS = re.compile(r"(?:(?<=[.!?…:])[»\")\]]*[ \t]+|\n+)(?=\S)")
_WORD = re.compile(r"(\w+|[^\w\s]|^)(\s*)")
_LETTERS = re.compile(r"\w")
_SHORTEST_KEPT = 4  # letters of the one word left between two changes: "de" there says nothing

Operation = tuple[bool, int, int, int, int]  # whether both are equal, from and to in one, from and to in the other


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that was there before, is there now, or both."""

    change: Change
    text: str

    @property
    def ends(self) -> tuple[str, str, str]:
        """Beginning, middle and end, of whole sentences; the middle is only said when an unchanged passage is long."""
        if self.change != Change.EQUAL or len(self.text) <= LONGEST_SHOWN:
            return self.text, "", ""
        between = [found.end() for found in _SENTENCE_ENDS.finditer(self.text)]
        first = next((place for place in between if place >= END_SHOWN), len(self.text))
        last = next((place for place in reversed(between) if place <= len(self.text) - END_SHOWN), 0)
        if last <= first:
            return self.text, "", ""
        return self.text[:first], self.text[first:last], self.text[last:]


@dataclass(frozen=True, slots=True)
class PartDifference:
    """One part of an article whose words changed: what it is called, and its pieces."""

    name: str
    pieces: list[Piece]


def word_difference(before: str, after: str) -> list[Piece]:
    """Return the pieces of two texts in reading order; what was removed stands before what was added in its place.

    Those that are equal or removed are `before` again, those that are equal or added are `after`. Line endings of
    Windows count as ours.
    """
    old = before.replace("\r\n", "\n").splitlines(keepends=True)
    new = after.replace("\r\n", "\n").splitlines(keepends=True)
    pieces: list[Piece] = []
    for equal, start, end, new_start, new_end in _operations(old, new):
        was, now = "".join(old[start:end]), "".join(new[new_start:new_end])
        pieces += [Piece(Change.EQUAL, was)] if equal else _by_words(was, now)
    return _tidied(pieces)


def text_difference(before: ArticleText, after: ArticleText) -> list[PartDifference]:
    """Return what changed between two texts of an article, part by part; nothing where they say the same."""
    pairs = [
        (_("Título"), before.title, after.title),
        (_("La respuesta en dos líneas"), before.summary, after.summary),
        (_("Texto"), before.body, after.body),
        *((part.label.capitalize(), before.parts.get(part, ""), after.parts.get(part, "")) for part in Part),
        (_("Vídeo"), before.video_url, after.video_url),
    ]
    return [PartDifference(str(name), word_difference(was, now)) for name, was, now in pairs if was != now]


def _by_words(before: str, after: str) -> Iterator[Piece]:
    """Compare by words and signs; blanks after them are compared apart, so that a new line does not change a word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    for equal, start, end, new_start, new_end in _operations(
        [word for word, _blank in old], [word for word, _blank in new]
    ):
        if not equal:
            yield Piece(Change.REMOVED, "".join(map("".join, old[start:end])))
            yield Piece(Change.ADDED, "".join(map("".join, new[new_start:new_end])))
            continue
        for (word, blank), (_same, new_blank) in zip(old[start:end], new[new_start:new_end], strict=True):
            yield Piece(Change.EQUAL, word + blank if blank == new_blank else word)
            if blank != new_blank:
                yield Piece(Change.REMOVED, blank)
                yield Piece(Change.ADDED, new_blank)


def _operations(old: Sequence[str], new: Sequence[str]) -> list[Operation]:
    """Align two sequences; equal and changed stretches take turns."""
    if len(old) * len(new) > MOST_PAIRS:
        return [(False, 0, len(old), 0, len(new))]
    numbers: dict[str, int] = {}
    coded = [[numbers.setdefault(item, len(numbers)) for item in items] for items in (old, new)]
    operations: list[Operation] = []
    for step in Indel.opcodes(*coded):
        equal, start, new_start = step.tag == "equal", step.src_start, step.dest_start
        if operations and operations[-1][0] == equal:
            _equal, start, _end, new_start, _new_end = operations.pop()
        operations.append((equal, start, step.src_end, new_start, step.dest_end))
    return operations


def _tidied(pieces: list[Piece]) -> list[Piece]:
    """Join neighbours, and take the crumbs that stayed equal between two changes for changed."""
    stretches: list[tuple[bool, str, str]] = []
    for piece in pieces:
        equal = piece.change == Change.EQUAL
        was = "" if piece.change == Change.ADDED else piece.text
        now = "" if piece.change == Change.REMOVED else piece.text
        if not was and not now:
            continue
        if stretches and stretches[-1][0] == equal:
            _equal, was_before, now_before = stretches.pop()
            was, now = was_before + was, now_before + now
        stretches.append((equal, was, now))
    tidied: list[tuple[bool, str, str]] = []
    for place, (equal, was, now) in enumerate(stretches):
        crumb = equal and 0 < place < len(stretches) - 1 and _says_nothing(was)
        if tidied and not tidied[-1][0] and (crumb or not equal):
            _equal, was_before, now_before = tidied.pop()
            tidied.append((False, was_before + was, now_before + now))
        else:
            tidied.append((equal, was, now))
    return [piece for stretch in tidied for piece in _pieces(*stretch)]


def _pieces(equal: bool, was: str, now: str) -> list[Piece]:
    if equal:
        return [Piece(Change.EQUAL, was)]
    both = (Piece(Change.REMOVED, was), Piece(Change.ADDED, now))
    return [piece for piece in both if piece.text]


def _says_nothing(text: str) -> bool:
    return "\n" not in text and len(_LETTERS.findall(text)) < _SHORTEST_KEPT
