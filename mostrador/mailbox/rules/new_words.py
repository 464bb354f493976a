"""What the author of a mail wrote this time: without the quoted conversation and without the signature.

Whatever is cut is returned too, to be shown folded. When it is not clear what is a quote, nothing is cut.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from mostrador.mailbox.rules import quote_marks, quoted_html
from mostrador.mailbox.rules.mail import Mail

LONGEST_TEXT = 300_000
_BLANKS = re.compile(r"(?:\n>){0,5}\n{2,}(?:>\n){0,5}")


@dataclass(frozen=True, slots=True)
class NewWords:
    """A text parted in two.

    Attributes:
        text: What is new; everything when unsure.
        rest: What was cut, in order: quotes and signature.
        is_sure: False when there were marks of a quote that could not be parted from the words.
    """

    text: str
    rest: str = ""
    is_sure: bool = True


@dataclass(slots=True)
class _Line:
    text: str
    is_quoted: bool = False
    is_cut: bool = False
    is_blank: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_blank = not self.text.strip() or quoted_html.is_mark(self.text)

    @property
    def has_words(self) -> bool:
        return not (self.is_quoted or self.is_cut or self.is_blank)


def new_words(mail: Mail) -> NewWords:
    """Return the words that are new in a mail; those of a message passed on are all new."""
    whole = _joined(mail.text.splitlines())
    written = quoted_html.marked_lines(mail.html)
    plain = len(mail.text) <= LONGEST_TEXT and not written
    lines = [_Line(line, is_quoted=_is_quoted(line)) for line in mail.text.splitlines()] if plain else []
    lines = lines or list(_from_marks(written))
    if not lines:
        return NewWords(whole, is_sure=not whole)
    if quote_marks.is_passed_on(mail.subject):
        return NewWords(whole)
    return _parted(lines, mail) or NewWords(whole, is_sure=_passes_on(lines, mail))


def _passes_on(lines: Sequence[_Line], mail: Mail) -> bool:
    """Tell whether the author passes a message on, under a subject that does not say so."""
    is_answer = quote_marks.is_answered(mail.subject)
    return any(
        quote_marks.is_forward(line.text) for line in lines if not line.is_cut and not (is_answer and line.is_quoted)
    )


def _parted(lines: list[_Line], mail: Mail) -> NewWords | None:
    """Return the two parts; None when unsure."""
    end = _start_of_original(lines, mail)
    for line in lines[end:]:
        line.is_cut = True
    if _passes_on(lines, mail):
        return None
    above = "\n".join(line.text for line in lines[:end] if line.has_words)
    if end < len(lines) and quote_marks.says_answers_below(above):
        return None
    _mark_attributions(lines[:end])
    _mark_signature(lines)
    last = max((place for place, line in enumerate(lines) if line.has_words), default=-1)
    if last < 0:
        return None if any(not line.is_blank for line in lines) else NewWords("")
    quotes = _quotes(lines[: last + 1])
    # One quote above all words is what they answer; between words, a quote says what each of them answers.
    on_top = len(quotes) == 1 and not any(line.has_words for line in lines[: quotes[0]])
    if len(quotes) == 1 and not on_top:
        return None
    for place, line in enumerate(lines):
        line.is_cut |= place > last or (on_top and line.is_quoted)
    text = _joined(line.text for line in lines if not line.is_cut)
    return NewWords(text, _joined(line.text for line in lines if line.is_cut))


def _start_of_original(lines: Sequence[_Line], mail: Mail) -> int:
    """Return the place from which on everything is the message that is answered, or the number of lines."""
    ours = {one.address.lower() for one in (*mail.to, *mail.cc)}
    is_answer = quote_marks.is_answered(mail.subject) or bool(mail.in_reply_to or mail.references) or not mail.subject
    for place, line in enumerate(lines):
        if line.text == quoted_html.FROM_HERE:
            said = "\n".join(line.text for line in lines[place : place + quote_marks.LINES_OF_HEAD])
        else:
            said = "" if line.is_quoted or line.is_blank else _announced(lines, place)
        if said and (is_answer or ours & quote_marks.addresses(said)):
            return place
    return len(lines)


def _announced(lines: Sequence[_Line], place: int) -> str:
    """Return the lines that announce that what follows is the message that is answered, "" when these do not."""
    following = [line.text for line in lines[place : place + quote_marks.LINES_OF_HEAD]]
    first = following[0]
    if quote_marks.is_separator(first):
        return "\n".join(following)
    if quote_marks.is_rule(first):
        below = next((below for below in range(place + 1, len(lines)) if not lines[below].is_blank), place)
        return _head(lines, below) if below > place else ""
    if head := _head(lines, place):
        return head
    for count in range(1, quote_marks.LINES_OF_ATTRIBUTION + 1):
        if not all(text.strip() for text in following[:count]) or (count > 1 and _opens_below(following[:count])):
            break
        said = " ".join(text.strip() for text in following[:count])
        if quote_marks.is_attribution(said, full=True):
            after = next((line for line in lines[place + count :] if not line.is_blank), None)
            return said if after and not after.is_quoted else ""
    return ""


def _opens_below(following: Sequence[str]) -> bool:
    """Tell whether an attribution over several lines would begin later than with the first of them."""
    first, *others = following
    return not quote_marks.opens_attribution(first) or any(
        quote_marks.opens_attribution(text) and quote_marks.is_attribution(" ".join(others[place:]), full=True)
        for place, text in enumerate(others)
    )


def _head(lines: Sequence[_Line], place: int) -> str:
    """Return the head of a quoted message («De: … Enviado: … Asunto: …») that begins here, else ""."""
    if not quote_marks.label(lines[place].text)[0]:
        return ""
    following = [line.text for line in lines[place : place + quote_marks.LINES_OF_HEAD]]
    labels = {quote_marks.label(text)[0] for text in following} - {"", "cc"}
    enough = "from" in labels and len(labels) >= 3
    return "\n".join(following) if enough else ""


def _mark_attributions(lines: Sequence[_Line]) -> None:
    """Count the lines that say who wrote a quote as part of it."""
    for place, line in enumerate(lines):
        if not line.is_quoted or (place and lines[place - 1].is_quoted):
            continue
        above = place - 1
        while above >= 0 and lines[above].is_blank:
            above -= 1
        first = _start_of_attribution(lines, above)
        for said in lines[first:place]:
            said.is_quoted = True


def _start_of_attribution(lines: Sequence[_Line], last: int) -> int:
    """Return where the attribution that ends here begins; the place after it when there is none."""
    begins = []
    for first in range(last, max(last - quote_marks.LINES_OF_ATTRIBUTION, -1), -1):
        if not lines[first].has_words:
            break
        said = " ".join(line.text.strip() for line in lines[first : last + 1])
        if quote_marks.is_attribution(said, full=False):
            begins.append(first)
    opened = [first for first in begins if quote_marks.opens_attribution(lines[first].text)]
    return next(iter(opened or begins), last + 1)


def _mark_signature(lines: Sequence[_Line]) -> None:
    """Cut the signature and what programs add below the words."""
    first = next((place for place, line in enumerate(lines) if line.has_words), len(lines))
    marks = [
        place
        for place, line in enumerate(lines)
        if place > first and line.has_words and quote_marks.is_signature(line.text)
    ]
    for place in marks[-1:]:
        below = [line for line in lines[place:] if line.has_words]
        if len(below) <= quote_marks.LINES_OF_SIGNATURE:
            for line in below:
                line.is_cut = True
    with_words = [line for line in lines if line.has_words]
    while len(with_words) > 1 and quote_marks.is_device(with_words[-1].text):
        with_words.pop().is_cut = True
    for paragraph in reversed(_paragraphs(lines)[1:]):
        if not quote_marks.is_notice(" ".join(line.text.strip() for line in paragraph)):
            break
        for line in paragraph:
            line.is_cut = True


def _paragraphs(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Return the lines with words, in groups between blank ones."""
    return [list(group) for has_words, group in groupby(lines, key=lambda line: line.has_words) if has_words]


def _quotes(lines: Sequence[_Line]) -> list[int]:
    """Return where each quote begins; blank lines do not end one."""
    starts: list[int] = []
    inside = False
    for place, line in enumerate(lines):
        if line.is_quoted and not inside:
            starts.append(place)
        inside = line.is_quoted or (inside and line.is_blank)
    return starts


def _from_marks(written: Sequence[str]) -> Iterator[_Line]:
    """Turn the marks of an HTML page into what is known of each line."""
    quotes = signatures = 0
    for line in written:
        quotes += (line == quoted_html.OPEN) - (line == quoted_html.CLOSE)
        signatures += (line == quoted_html.SIGNATURE_OPEN) - (line == quoted_html.SIGNATURE_CLOSE)
        if line == quoted_html.FROM_HERE or not quoted_html.is_mark(line):
            yield _Line(line, is_quoted=quotes > 0 or _is_quoted(line), is_cut=signatures > 0)


def _is_quoted(line: str) -> bool:
    """Tell whether a line is marked as quoted; Apple puts a letter without width before the mark."""
    return line.lstrip(" \t\u00a0\u200b\ufeff").startswith(">")


def _joined(lines: Sequence[str] | Iterator[str]) -> str:
    """Return lines as a text without space at its ends and without marks of ours."""
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in lines if not quoted_html.is_mark(line))).strip()
