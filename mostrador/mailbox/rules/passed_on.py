"""Whose mail it is that somebody passes on: the original's author and words, apart from those of who passes it on."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mostrador.mailbox.rules import quote_marks
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.new_words import new_words
from mostrador.mailbox.rules.reading import read

LONGEST_TEXT = 300_000
_LINES_BEFORE_HEAD = 4  # blank ones, between what announces a message and its head
_LABELS_ALONE, _LABELS_ANNOUNCED = 3, 2  # how many make a head: by themselves, below what announces it
_LINES_OF_HEAD = 30  # long lists of recipients go over many lines
_QUOTE_MARK = re.compile(r"^[ \t\u00a0\u200b\ufeff]*> ?")
_UNKNOWN_LABEL = re.compile(r"[*_]{0,2}[^\W\d_][\w'’ -]{0,25}[*_]{0,2}\s?:\s")
_LAST = "last"  # among what a head says: the label read last
_ADDRESS = re.compile(r"[\w.+'-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,12}")
_AROUND_NAMES = " \t\"'«»<>()[]*_,;:"
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Original:
    """A message that somebody passed on.

    Attributes:
        sender: Who wrote it; the address is "" where the program left it out, as Outlook does with colleagues.
        text: What it says, quotes included.
        sent: When, in the words of the program that quoted it; "" when not told or when the message is attached.
        above: What whoever passed it on wrote, "" for nothing.
        mail: The message itself when it was attached, with its files; else the files are those of the mail around it.
    """

    sender: Address
    subject: str
    text: str
    sent: str = ""
    above: str = ""
    mail: Mail | None = None


def forwarded_original(mail: Mail, own_domains: Collection[str] = ()) -> Original | None:
    """Return the message that a mail passes on, None when it passes on none.

    Whether whoever passes it on is to be believed is another question: anybody can write such a head.

    Args:
        mail: As it was read.
        own_domains: Domains of the office, in lower case: a message that colleagues sent each other before it came
            here is followed to whoever wrote to the office.
    """
    found = _attached(mail) or _quoted(mail)
    for _ in range(_DEEPEST):
        if found is None or found.sender.address.rpartition("@")[2].lower() not in own_domains:
            break
        inner = _attached(found.mail) if found.mail else None
        inner = inner or _in_text(found.text)
        if inner is None:
            break
        above = "\n\n".join(text for text in (found.above, inner.above) if text)
        found = replace(inner, above=above, mail=inner.mail)
    return found


def _attached(mail: Mail) -> Original | None:
    """Return the message that is attached; None with several, which cannot all be the author's."""
    files = [file for file in mail.files if file.content_type == "message/rfc822"]
    originals = [one for one in (read(file.content) for file in files[:_DEEPEST]) if one.senders]
    if not originals or len(files) > _DEEPEST or len({one.senders[0].address.lower() for one in originals}) > 1:
        return None
    first = originals[0]
    above = "" if first.text and first.text in mail.text else _words(mail.text)
    return Original(first.senders[0], first.subject, first.text, above=above, mail=first)


def _quoted(mail: Mail) -> Original | None:
    """Return the message whose head and words stand in the text."""
    text = mail.text[:LONGEST_TEXT]
    if quote_marks.is_answered(mail.subject):
        return None
    is_announced = any(quote_marks.is_forward(_bare(line)) for line in text.splitlines())
    return _in_text(text) if is_announced or quote_marks.is_passed_on(mail.subject) else None


def _in_text(text: str) -> Original | None:
    lines = text.splitlines()
    for place, line in enumerate(lines):
        bare = _bare(line)
        is_label = bool(quote_marks.label(bare)[0])
        if not (is_label or quote_marks.is_forward(bare) or quote_marks.is_separator(bare)):
            continue
        head = place if is_label else _next_label(lines, place + 1)
        enough = _LABELS_ALONE if is_label else _LABELS_ANNOUNCED
        if head is not None and (found := _read_head(lines, head, enough)):
            return replace(found, above=_words("\n".join(_without_rule(lines[:place]))))
    return None


def _next_label(lines: Sequence[str], start: int) -> int | None:
    """Return where a head begins shortly below."""
    for place in range(start, min(start + _LINES_BEFORE_HEAD, len(lines))):
        if quote_marks.label(_bare(lines[place]))[0]:
            return place
        if _bare(lines[place]).strip():
            return None
    return None


def _read_head(lines: Sequence[str], start: int, enough: int) -> Original | None:
    """Read the head that begins here and what is below it; None when it is no head of a message."""
    said: dict[str, str] = {}
    end = start
    while end < min(start + _LINES_OF_HEAD, len(lines)) and (step := _read_line(lines, end, said)):
        end += step
    if "from" not in said or len(said.keys() - {"cc", _LAST}) < enough:
        return None
    is_quoted = bool(_QUOTE_MARK.match(lines[start]))
    body = "\n".join(_bare(line) if is_quoted else line for line in lines[end:])
    return Original(_sender(said["from"]), said.get("subject", ""), body.strip(), said.get("sent", ""))


def _read_line(lines: Sequence[str], place: int, said: dict[str, str]) -> int:
    """Note what a line of a head says; return how many lines it is, 0 where the head is over."""
    line = _bare(lines[place]).strip()
    name, value = quote_marks.label(line)
    following = quote_marks.label(_bare(lines[place + 1]))[0] if place + 1 < len(lines) else ""
    if name:
        if name in said and name != "cc":
            return 0
        said[name], said[_LAST] = value.strip(" *_"), name
        return 1
    if not line:
        # Some programs put each line of the head in a paragraph of its own.
        return 1 if following and (following not in said or following == "cc") else 0
    last = said[_LAST]
    if _UNKNOWN_LABEL.match(line):
        return 1 if following else 0
    if _continues(last, said[last]) and _bare(lines[place - 1]).strip():
        said[last] += f" {line}"
        return 1
    return 0


def _continues(label: str, value: str) -> bool:
    """Tell whether a field may go on in the next line: lists of people, and names whose address does not fit."""
    return label in {"to", "cc", "subject"} or (label == "from" and "@" not in value)


def _sender(value: str) -> Address:
    found = _ADDRESS.search(value)
    if not found:
        return Address(value.strip(_AROUND_NAMES), "")
    name = re.split(r"[<\[(]|mailto:", value[: found.start()])[0].strip(_AROUND_NAMES)
    local_part, _, domain = found[0].rpartition("@")
    return Address(name, f"{local_part}@{domain.lower()}")


def _bare(line: str) -> str:
    return _QUOTE_MARK.sub("", line)


def _without_rule(lines: Sequence[str]) -> list[str]:
    """Leave out the line that Outlook draws above the head."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or quote_marks.is_rule(kept[-1])):
        kept.pop()
    return kept


def _words(text: str) -> str:
    """Return what somebody wrote without their signature."""
    return new_words(Mail(headers=(), text=text)).text
