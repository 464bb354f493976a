"""Bounces: mail that tells that a message of ours did not arrive, or is late.

Read by the standard (RFC 3464, codes of RFC 3463) when the server keeps it, else by what servers say in words.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mostrador.mailbox.rules import robot_words, senders
from mostrador.mailbox.rules.mail import Mail
from mostrador.notifications.choices import BounceReason, Severity

_SOFT = {BounceReason.FULL, BounceReason.LATER, BounceReason.UNREACHABLE}
_DELIVERY_STATUS = re.compile(r"message/(?:global-)?delivery-status", re.IGNORECASE)
_HEADS = re.compile(r"text/rfc822-headers|message/(?:rfc822(?:-headers)?|global(?:-headers)?)$", re.IGNORECASE)
_FIELD = re.compile(r"^([A-Za-z][\w-]*)\s*:[ \t]*(.*)$")
_LETTER = r"[\w.+=&'*/{}~!#$%^-]"
_ADDRESS = re.compile(rf"(?<!{_LETTER}){_LETTER}{{1,100}}@(?:[\w-]{{1,63}}\.){{0,12}}[\w-]{{1,63}}")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])(?:[05][0-9])(?=[\s\-:])")
_MESSAGE_ID = re.compile(r"^[ >|\t]*message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_OF_SENDER = re.compile(
    r"^[ \t]*(?:mail from|from|reply-to|return-path|sender|de|von|da|subject|asunto|message-id)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
# Addresses that a server names as failed, most telling first.
_NAMED = (
    re.compile(rf"rcpt to:\s*<?({_ADDRESS.pattern})", re.IGNORECASE),
    re.compile(
        r"^[^\w\n]{0,20}(?:failed address|failed recipient|addressed to|final-recipient)\b"
        rf"[^\w\n]{{0,20}}(?:rfc822;\s*)?({_ADDRESS.pattern})",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(
        rf"^[ \t>*\"'(-]{{0,40}}<?({_ADDRESS.pattern})>?[\"')]*[ \t]*"
        r"(?:\(.*\)|\[.*\])?[ \t]*(?:[:;]|\bon\b|$)",
        re.MULTILINE,
    ),
    re.compile(rf"({_ADDRESS.pattern})"),
)
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of a message of ours.

    Attributes:
        rule: What recognised it.
        recipients: Who did not get it, as it was addressed; empty when the server does not say.
        status: Code of RFC 3463 ("5.1.1"), "" without one.
        said: What the server said, shortened.
        message_id: Of the message that bounced, with <>; "" when it is not repeated.
        is_delivered: It arrived after all: the server only confirms it.
    """

    rule: str
    severity: Severity
    recipients: tuple[str, ...] = ()
    status: str = ""
    reason: BounceReason = BounceReason.UNKNOWN
    said: str = ""
    message_id: str = ""
    is_delivered: bool = False


def bounce(mail: Mail) -> Bounce | None:
    """Return what a mail tells about a message of ours that did not arrive; None when it tells nothing of the kind."""
    return _by_standard(mail) or _by_provider(mail) or _in_words(mail)


# --- by the standard


def _by_standard(mail: Mail) -> Bounce | None:
    written = [text for kind, text in mail.parts if _DELIVERY_STATUS.match(kind)]
    is_passed_on = senders.is_titled_as_conversation(mail) and not senders.may_be_server(mail)
    if not written or (is_passed_on and senders.report_type(mail) != "delivery-status"):
        return None
    records = [record for text in written for record in _records(text)]
    told = [record for record in records if "action" in record or "status" in record or "final-recipient" in record]
    if not told:
        return None
    actions = [(_action(record), record) for record in told]
    worst = next(
        (name for name in ("failed", "delayed", "delivered") if any(name == action for action, _ in actions)), "failed"
    )
    chosen = [record for action, record in actions if action == worst]
    said = "\n".join(record["diagnostic-code"] for record in chosen if record.get("diagnostic-code"))
    status = _best_status([record.get("status", "") for record in chosen], said)
    reason = _reason(said, status, _own_words(mail))
    return Bounce(
        rule=f"dsn-{worst}",
        severity=Severity.DELAYED if worst == "delayed" else _severity(status, reason, said),
        recipients=_unique(_recipient(record) for record in chosen) or _failed_recipients(mail),
        status=status,
        reason=reason,
        said=said[:500],
        message_id=original_id(mail),
        is_delivered=worst == "delivered",
    )


def _records(text: str) -> Iterator[dict[str, str]]:
    """Return the groups of fields of a delivery-status, names in lower case, lines unfolded."""
    record: dict[str, str] = {}
    last = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if line[:1] in " \t" and line.strip() and last:
            record[last] += f" {line.strip()}"
            continue
        found = _FIELD.match(line)
        name = found[1].lower() if found else ""
        if record and (not line.strip() or name in record):
            yield record
            record, last = {}, ""
        if found:
            last = name
            record[name] = found[2].strip()
    if record:
        yield record


def _action(record: Mapping[str, str]) -> str:
    action = re.sub(r"[^a-z]", "", record.get("action", "").lower().split(" ")[0])
    if action in {"failed", "failure", "delayed"}:
        return "delayed" if action == "delayed" else "failed"
    if action in {"delivered", "relayed", "expanded"}:
        return "delivered"
    return {"2": "delivered", "4": "delayed"}.get(record.get("status", "")[:1], "failed")


def _recipient(record: Mapping[str, str]) -> str:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        if found := _ADDRESS.search(record.get(name, "").rpartition(";")[2]):
            return found[0]
    return ""


def _best_status(written: Sequence[str], said: str) -> str:
    """Return the code that says most: that of the answer of the other server when the field is only general."""
    codes = [found[1] for status in written if (found := _STATUS.search(status))]
    precise = [code for code in codes if not code.endswith(".0.0")]
    return next(iter(precise or _STATUS.findall(said) or codes), "")


# --- by what providers send as data


def _by_provider(mail: Mail) -> Bounce | None:
    """Return what Amazon's notifications say, which are JSON."""
    text = mail.text.strip()[:LONGEST_TEXT]
    if not text.startswith("{") or "bouncedRecipients" not in text:
        return None
    try:
        told: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
        bounced: dict[str, Any] = told["bounce"]
        recipients: list[dict[str, str]] = bounced["bouncedRecipients"]
        addresses = _unique(one.get("emailAddress", "") for one in recipients)
        said = "\n".join(one.get("diagnosticCode", "") for one in recipients)
        status = _best_status([one.get("status", "") for one in recipients], said)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    reason = _reason(said, status, "")
    is_hard = bounced.get("bounceType") == "Permanent"
    return Bounce("amazon-json", Severity.HARD if is_hard else Severity.SOFT, addresses, status, reason, said[:500])


# --- in words


def _in_words(mail: Mail) -> Bounce | None:
    rule = _rule_of_words(mail)
    if not rule:
        return None
    own = _own_words(mail)
    status = next(iter(_STATUS.findall(own)), "")
    reason = _reason(own, status, mail.subject)
    is_late = _is_late(mail, own)
    return Bounce(
        rule=rule,
        severity=Severity.DELAYED if is_late else _severity(status, reason, own),
        recipients=_failed_recipients(mail),
        status=status,
        reason=reason,
        said=_telling_lines(own)[:500],
        message_id=original_id(mail),
    )


def _rule_of_words(mail: Mail) -> str:
    """Return the rule by which a mail without a readable delivery-status is a bounce, "" when it is none."""
    if mail.header("X-Failed-Recipients"):
        return "x-failed-recipients"
    if senders.is_automatic_answer(mail) or senders.report_type(mail) not in {"", "delivery-status"}:
        return ""
    if senders.report_type(mail) == "delivery-status":
        return "report-without-status"
    if senders.is_daemon(mail):
        return "daemon"
    return _rule_by_points(mail)


def _rule_by_points(mail: Mail) -> str:
    """Return the rule by which words make a bounce; the less the sender is a server, the more must be said."""
    is_named, is_alone = senders.is_named_server(mail), senders.is_sent_alone(mail)
    if senders.is_titled_as_conversation(mail) and not senders.has_null_sender(mail):
        return ""
    in_subject = _tells_failure(mail.subject.lower())
    if not (in_subject or is_named or is_alone):
        return ""
    own = _own_words(mail).lower()
    points = 2 * in_subject + 2 * _tells_failure(own) + bool(robot_words.TRANSCRIPT.search(own))
    if is_named:
        return "server-words" if points >= 2 else ""
    if is_alone:
        # It may tell of a parcel that was not delivered.
        return "program-words" if points >= 4 else ""
    if points < 5:
        return ""
    return "transcript" if senders.is_of_office(mail) or _speaks_as_server(mail, own) else ""


def _speaks_as_server(mail: Mail, own: str) -> bool:
    """Tell whether a text begins as a bounce and asks nothing: a person who pastes one says something about it."""
    if mail.in_reply_to or mail.header("User-Agent") or mail.header("X-Mailer") or "?" in own:
        return False
    first = next((paragraph for paragraph in own.split("\n\n") if paragraph.strip()), "")
    return _tells_failure(first)


def _tells_failure(text: str) -> bool:
    return bool(robot_words.FAILED.search(text) or robot_words.DELAYED.search(text))


def _is_late(mail: Mail, own: str) -> bool:
    """Tell whether a bounce in words only says that it goes on trying."""
    subject = mail.subject.lower()
    return bool(robot_words.DELAYED.search(subject)) or (
        bool(robot_words.DELAYED.search(own.lower())) and not robot_words.FAILED.search(subject)
    )


def _failed_recipients(mail: Mail) -> tuple[str, ...]:
    if listed := mail.header("X-Failed-Recipients"):
        return _unique(_ADDRESS.findall(listed))
    ours = {one.address.lower() for one in (*mail.to, *mail.cc, *mail.senders)}
    own = _OF_SENDER.sub("", _own_words(mail))
    for named in _NAMED:
        found = _unique(address for address in named.findall(own) if address.lower() not in ours)
        if found:
            return found
    return ()


def _own_words(mail: Mail) -> str:
    """Return what the server says, without the message that it repeats."""
    text = mail.text[:LONGEST_TEXT]
    below = robot_words.ORIGINAL_BELOW.search(text.lower())
    return text[: below.start()] if below and below.start() > 0 and len(text.lower()) == len(text) else text


def _telling_lines(own: str) -> str:
    lines = [line.strip() for line in own.splitlines()]
    told = [line for line in lines if _STATUS.search(line) or _REPLY_CODE.search(line)]
    return "\n".join(told or [line for line in lines if line][:4])


# --- for all of them


def original_id(mail: Mail) -> str:
    """Return the Message-ID of the message of ours that a mail of a server is about, "" when it is not there."""
    for kind, text in mail.parts:
        if _HEADS.match(kind):
            if found := _MESSAGE_ID.search(text):
                return found[1]
        elif found := re.search(r"^original-message-id:\s*(<[^<>\s]+>)", text, re.IGNORECASE | re.MULTILINE):
            return found[1]
    if found := _MESSAGE_ID.search(mail.text):
        return found[1]
    return next(iter((*mail.in_reply_to, *mail.references[-1:])), "")


def _severity(status: str, reason: BounceReason, said: str) -> Severity:
    """Return how bad a failure is: by why, else by the first figure of the code."""
    if reason in _SOFT or status.startswith("4"):
        return Severity.SOFT
    codes = _REPLY_CODE.findall(said)
    return Severity.SOFT if not status and codes and set(codes) == {"4"} else Severity.HARD


def _reason(said: str, status: str, words: str) -> BounceReason:
    """Return why, by what the other server said, else by the code, else by what the reporting server explains."""
    by_status = [name for name, code in robot_words.REASON_BY_STATUS if code.match(status)]
    for names in (_reasons_in(said), iter(by_status), _reasons_in(words)):
        if name := next(names, ""):
            return BounceReason(name)
    return BounceReason.UNKNOWN


def _reasons_in(text: str) -> Iterator[str]:
    lowered = text.lower()
    return (name for name, words in robot_words.REASONS if words.search(lowered))


def _unique(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.strip("<>'\"") for address in addresses if address))
