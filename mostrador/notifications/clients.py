"""The SMTP server that takes our messages."""

import smtplib
import ssl
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
class Letter:
    """One e-mail to one person, as values. `sender` is "Name <address>"; `written_at` is aware."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    written_at: datetime
    message_id: str
    headers: dict[str, str] = field(default_factory=dict)


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
    """Return the message in MIME: text, and HTML as its alternative where there is any; UTF-8, quoted-printable."""
    mail = EmailMessage(policy=SMTP)
    name, address = parseaddr(letter.sender)
    mail["From"] = Address(display_name=name, addr_spec=_with_ascii_domain(address))
    mail["To"] = Address(addr_spec=_with_ascii_domain(letter.to))
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = letter.message_id
    mail.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for header, value in letter.headers.items():  # last, because setting the content drops Content-Language
        if value:
            mail[header] = value
    return mail


def hand_over(letter: Letter, server: SmtpServer) -> None:
    """Give the letter to the server and return once it has answered that it takes it.

    Raises:
        NotDelivered: The server could not be reached, put us off or refused.
    """
    mail = compose(letter)
    try:
        smtp = _connect(server)
        try:
            smtp.send_message(mail)
        finally:
            # The letter is accepted or refused by now: how the server says goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
    except (smtplib.SMTPException, OSError) as error:
        raise _explained(error) from error


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
        case smtplib.SMTPRecipientsRefused():
            [(code, text)] = error.recipients.values()
            return _refusal(code, text)
        case smtplib.SMTPResponseException():
            return _refusal(error.smtp_code, error.smtp_error)
        case _ if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps it
            return NotDelivered(Problem.SILENT, str(error))
        case _:
            return NotDelivered(Problem.UNREACHABLE, str(error))


def _refusal(code: int, text: bytes | str) -> NotDelivered:
    if code in _ABOUT_CREDENTIALS:
        return NotDelivered(Problem.CREDENTIALS, _answer(code, text))
    if code >= 500:
        return NotDelivered(Problem.REFUSED, _answer(code, text), is_final=True)
    return NotDelivered(Problem.POSTPONED, _answer(code, text))


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _with_ascii_domain(address: str) -> str:
    """Write the domain of an address the way it travels: `ana@españa.es` → `ana@xn--espaa-rta.es`."""
    user, at, domain = address.rpartition("@")
    return f"{user}{at}{domain.encode('idna').decode()}"
