"""Who sent a mail, as far as it tells a person from a program."""

import re

from mostrador.mailbox.rules import quote_marks, robot_words
from mostrador.mailbox.rules.mail import Mail

_REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?([\w-]+)", re.IGNORECASE)


def report_type(mail: Mail) -> str:
    """Return what kind of multipart/report a mail is, "" when it is none."""
    kind = mail.header("Content-Type").lower()
    found = _REPORT_TYPE.search(kind) if kind.lstrip().startswith("multipart/report") else None
    return found[1] if found else ""


def local_part(mail: Mail) -> str:
    """Return what stands before the @ of the sender's address, in lower case."""
    return mail.senders[0].address.partition("@")[0].lower() if mail.senders else ""


def has_null_sender(mail: Mail) -> bool:
    """Tell whether the envelope named nobody to answer to: «Return-Path: <>» (RFC 5321, 4.5.5), or a server."""
    paths = [value.strip(" <>\t").lower() for value in mail.all("Return-Path")]
    return any(not path or robot_words.DAEMON.match(path.partition("@")[0]) for path in paths)


def is_daemon(mail: Mail) -> bool:
    """Tell whether the sender is a program that only writes bounces."""
    written = mail.header("From").strip().lower()
    return (
        bool(robot_words.DAEMON.match(local_part(mail)))
        or written.endswith(("<>", "<@>"))
        or bool(not local_part(mail) and robot_words.DAEMON.match(written.partition(" ")[0]))
    )


def may_be_server(mail: Mail) -> bool:
    """Tell whether a mail server may have written it; what it says decides."""
    return is_named_server(mail) or is_sent_alone(mail)


def is_sent_alone(mail: Mail) -> bool:
    """Tell whether a program of any kind sent it: nobody reads answers, or it says so (RFC 3834)."""
    return (is_no_reply(mail) and not mail.reply_to) or auto_submitted(mail) not in {"", "no"}


def is_of_office(mail: Mail) -> bool:
    """Tell whether the address is one that programs and the people who look after them share."""
    return bool(robot_words.OF_OFFICE.match(local_part(mail))) and not mail.reply_to


def auto_submitted(mail: Mail) -> str:
    """Return what «Auto-Submitted» says, without its parameters, in lower case."""
    return mail.header("Auto-Submitted").split(";")[0].split("(")[0].strip().lower()


def is_named_server(mail: Mail) -> bool:
    """Tell whether the sender or the envelope is that of a mail server."""
    if is_daemon(mail) or has_null_sender(mail):
        return True
    name = mail.senders[0].name.lower() if local_part(mail) else mail.header("From").lower()
    # Addresses of lists end in «-bounces» too.
    is_postmaster = robot_words.POSTMASTER.match(local_part(mail)) and not mail.header("List-Id")
    return bool(is_postmaster or robot_words.NAME_OF_SERVER.search(name))


def is_no_reply(mail: Mail) -> bool:
    """Tell whether the sender's address says that nobody reads answers to it."""
    return bool(robot_words.NO_REPLY.match(local_part(mail)))


def is_of_a_conversation(mail: Mail) -> bool:
    """Tell whether somebody answers or passes something on."""
    return is_titled_as_conversation(mail) or bool(mail.in_reply_to)


def is_titled_as_conversation(mail: Mail) -> bool:
    """Tell whether the subject is that of an answer or of something passed on."""
    return quote_marks.is_answered(mail.subject) or quote_marks.is_passed_on(mail.subject)


def is_automatic_answer(mail: Mail) -> bool:
    """Tell whether the subject begins as programs begin that of an automatic answer."""
    subject = mail.subject.lower()
    return bool(robot_words.AUTO_SUBJECT.match(subject) or robot_words.WEAK_AUTO_SUBJECT.match(subject))
