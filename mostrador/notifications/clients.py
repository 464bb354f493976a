"""The SMTP server that takes our messages."""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.conf import settings

from mostrador.notifications.choices import Problem
from mostrador.notifications.errors import NotDelivered

_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
# Answers to MAIL or DATA that speak of our password or encryption, not of this message (RFC 4954, RFC 3207).
_ABOUT_CREDENTIALS = {530, 534, 535, 538}


@dataclass(frozen=True)
class SmtpServer:
    """Where and how to hand messages over; `security` is none, starttls or tls."""

    host: str
    port: int
    user: str
    password: str
    security: str
    timeout_seconds: int


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One e-mail, as values.

    Attributes:
        sender: "Name <address>".
        written_at: Aware.
        cc: Who else is named in it.
        recipients: To whom it is handed over; empty is everybody whom it names.
        returns_to: To whom servers say that it did not arrive; empty is the sender.
        sign: Makes of the message as it travels the fields that go before it.
    """

    sender: str
    to: str
    subject: str
    text: str
    html: str
    written_at: datetime
    message_id: str
    headers: dict[str, str] = field(default_factory=dict)
    cc: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    returns_to: str = ""
    files: tuple[Enclosure, ...] = ()
    sign: Callable[[bytes], bytes] | None = None


def configured_server() -> SmtpServer | None:
    """Return the server of this installation, or None where none is configured."""
    if not settings.SMTP_HOST:
        return None
    return SmtpServer(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        user=settings.SMTP_USER,
        password=settings.SMTP_PASSWORD,
        security=settings.SMTP_SECURITY,
        timeout_seconds=settings.SMTP_TIMEOUT_SECONDS,
    )


def compose(letter: Letter) -> EmailMessage:
    """Return the message in MIME: text, HTML as its alternative where there is any, and files; UTF-8, in 7 bits.

    Raises:
        ValueError: An address, or another header, cannot be written.
    """
    mail = EmailMessage(policy=SMTP)
    name, address = parseaddr(letter.sender)
    mail["From"] = _address(address, name)
    mail["To"] = _address(letter.to)
    if letter.cc:
        mail["Cc"] = [_address(other) for other in letter.cc]
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = letter.message_id
    mail.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for file in letter.files:
        kind, subtype = _kind_of(file)
        mail.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    for header, value in letter.headers.items():  # last, because setting the content drops Content-Language
        if value:
            mail[header] = value
    return mail


def written(letter: Letter, *, utf8: bool = False) -> bytes:
    """Return the letter as it travels, signed where somebody signs.

    Args:
        letter: What is sent.
        utf8: Addresses in it have letters that only servers with SMTPUTF8 take (RFC 6532).
    """
    content = compose(letter).as_bytes(policy=SMTP.clone(utf8=utf8))
    return letter.sign(content) + content if letter.sign else content


def hand_over(letter: Letter, server: SmtpServer) -> dict[str, NotDelivered]:
    """Give the letter to the server and return once it has answered that it takes it.

    Returns:
        Recipients for whom it did not take it, with what it said; the letter is on its way to the others.

    Raises:
        NotDelivered: The server could not be reached, put us off or refused, or the letter cannot be written; nobody
            gets it.
    """
    try:
        envelope = _envelope(letter)
    except ValueError as error:  # of the kind of what idna and e-mail headers raise: an address that cannot be written
        raise NotDelivered(Problem.REFUSED, str(error), is_final=True) from error
    recipients = envelope.recipients
    try:
        smtp = _connect(server)
        try:
            refused = _send(smtp, envelope)
        finally:
            # The letter is accepted or refused by now: how the server says goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
    except smtplib.SMTPRecipientsRefused as error:
        raise _nobody(error, recipients) from error
    except (smtplib.SMTPException, OSError) as error:
        raise _explained(error) from error
    return {recipients[address]: _refusal(code, text) for address, (code, text) in refused.items()}


@dataclass(frozen=True)
class _Envelope:
    """A letter ready to travel; `recipients` says of each address as it travels how we know it."""

    returns_to: str
    recipients: dict[str, str]
    content: bytes
    is_international: bool


def _envelope(letter: Letter) -> _Envelope:
    returns_to = letter.returns_to or parseaddr(letter.sender)[1]
    recipients = letter.recipients or (letter.to, *letter.cc)
    named = [parseaddr(letter.sender)[1], letter.to, *letter.cc, returns_to, *recipients]
    is_international = not all(_with_ascii_domain(address).isascii() for address in named)
    return _Envelope(
        returns_to=_with_ascii_domain(returns_to),
        recipients={_with_ascii_domain(address): address for address in recipients},
        content=written(letter, utf8=is_international),
        is_international=is_international,
    )


def _send(smtp: smtplib.SMTP, envelope: _Envelope) -> dict[str, tuple[int, bytes]]:
    options = []
    if envelope.is_international:
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("smtputf8"):
            raise NotDelivered(Problem.REFUSED, "no SMTPUTF8 (RFC 6531)", is_final=True)
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    return smtp.sendmail(envelope.returns_to, list(envelope.recipients), envelope.content, options)


def greet(server: SmtpServer) -> None:
    """Sign in at the server and leave again, to see that it would take our letters.

    Raises:
        NotDelivered: It could not be reached or refused.
    """
    try:
        _connect(server).quit()
    except (smtplib.SMTPException, OSError) as error:
        raise _explained(error) from error


def _connect(server: SmtpServer) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if server.security == "tls":
        encryption = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_seconds, context=encryption)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError):
        smtp.close()
        raise
    return smtp


def _explained(error: smtplib.SMTPException | OSError) -> NotDelivered:
    match error:
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return NotDelivered(Problem.ENCRYPTION, str(error))
        case smtplib.SMTPAuthenticationError():
            return NotDelivered(Problem.CREDENTIALS, _answer(error.smtp_code, error.smtp_error))
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():  # about us, not about this message
            return NotDelivered(Problem.POSTPONED, _answer(error.smtp_code, error.smtp_error))
        case smtplib.SMTPResponseException():
            return _refusal(error.smtp_code, error.smtp_error)
        case _ if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps it
            return NotDelivered(Problem.SILENT, str(error))
        case _:
            return NotDelivered(Problem.UNREACHABLE, str(error))


def _nobody(error: smtplib.SMTPRecipientsRefused, recipients: dict[str, str]) -> NotDelivered:
    """Return what a server said that took the letter for nobody."""
    refused = {recipients[address]: _refusal(code, text) for address, (code, text) in error.recipients.items()}
    passing = [refusal for refusal in refused.values() if not refusal.is_final]
    first = next(iter([*passing, *refused.values()]))
    if len(refused) < len(recipients):  # it hung up before it was asked about the others
        return NotDelivered(Problem.POSTPONED, first.answer)
    return NotDelivered(first.problem, first.answer, is_final=first.is_final, refused=refused)


def _refusal(code: int, text: bytes | str) -> NotDelivered:
    if code in _ABOUT_CREDENTIALS:
        return NotDelivered(Problem.CREDENTIALS, _answer(code, text))
    if code >= 500:
        return NotDelivered(Problem.REFUSED, _answer(code, text), is_final=True)
    return NotDelivered(Problem.POSTPONED, _answer(code, text))


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _kind_of(file: Enclosure) -> tuple[str, str]:
    """Return the type of a file in two parts; what may not be encoded (RFC 2046, 5.2.1) goes as bytes."""
    kind, _, subtype = file.content_type.partition(";")[0].strip().lower().partition("/")
    if not _MEDIA_TYPE.fullmatch(f"{kind}/{subtype}") or kind in {"message", "multipart"}:
        return "application", "octet-stream"
    return kind, subtype


def _address(address: str, name: str = "") -> Address:
    """Return an address for a header.

    Raises:
        ValueError: It is none.
    """
    spec = _with_ascii_domain(address)
    if spec.isascii():
        return Address(display_name=name, addr_spec=spec)
    user, _at, domain = spec.rpartition("@")  # foreign letters (RFC 6532), which `addr_spec` refuses
    return Address(display_name=name, username=user, domain=domain)


def _with_ascii_domain(address: str) -> str:
    """Write the domain of an address the way it travels: `ana@españa.es` → `ana@xn--espaa-rta.es`."""
    user, at, domain = address.rpartition("@")
    return f"{user}{at}{domain.encode('idna').decode()}"
