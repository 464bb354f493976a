"""Build rows for tests. Every function needs only what the test is about."""

from collections.abc import Mapping
from datetime import time
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from mimetypes import guess_type
from typing import Any

from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.help_centre.actions.articles import create_article
from mostrador.help_centre.actions.drafts import save_draft, write_and_publish
from mostrador.help_centre.models import Article
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.actions.taking_in import take_in
from mostrador.mailbox.choices import Via, Way
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.notifications.actions import send_email
from mostrador.notifications.models import OutgoingMessage, Sender
from mostrador.organisations.actions.bodies import create_organisation
from mostrador.organisations.actions.hours import MORNINGS, save_timetable
from mostrador.organisations.actions.procedures import create_procedure
from mostrador.organisations.actions.teams import create_team
from mostrador.organisations.actions.topics import create_topic
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.rules.working_time import Shift
from mostrador.people.models import Person
from mostrador.tickets.actions.tasks import save_task_list
from mostrador.tickets.actions.tickets import open_ticket
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import TaskList, Ticket

_number = count(1)


def organisation(
    *, host: str | None = None, parent: Organisation | None = None, name: str | None = None
) -> Organisation:
    """A public body with its own host name, a team that takes new tickets, and hours from 9 to 14 without holidays."""
    n = next(_number)
    made = create_organisation(
        name or f"Ayuntamiento {n}",
        host=host or f"sede{n}.example",
        parent=parent,
        details={"short_name": f"Ayto. {n}", "languages": ["es", "ca", "gl", "eu", "en"], "default_language": "es"},
        ready=False,
    )
    team(made, is_default=True)
    save_timetable(made, MORNINGS, name="Horario habitual", actor=None)
    return made


def team(organisation: Organisation, *, is_default: bool = False) -> Team:
    """A team of the organisation."""
    return create_team(organisation, name=f"Equipo {next(_number)}", is_default=is_default, actor=None)


def topic(
    organisation: Organisation, *, slug: str | None = None, name: str | None = None, parent: Topic | None = None
) -> Topic:
    """A topic of the organisation."""
    n = next(_number)
    names = {"es": name or f"Tema {n}"}
    return create_topic(organisation, names=names, slug=slug or f"tema-{n}", parent=parent, actor=None)


def task_list(organisation: Organisation, *texts: str, name: str = "Factura rechazada", **values: Any) -> TaskList:
    """A list of tasks of the organisation, for every team and topic unless told otherwise."""
    known = {"name": name, "texts": list(texts or ("Mirar", "Llamar")), "team": None, "topic": None}
    return save_task_list(organisation, known | values, actor=None)


def procedure(organisation: Organisation, *, sia_code: str, name: str) -> Procedure:
    """A procedure of the organisation's sede."""
    return create_procedure(organisation, sia_code=sia_code, names={"es": name}, actor=None)


def opening_hours(organisation: Organisation, team: Team, *, opens: str, closes: str) -> None:
    """A team's own hours, the same from Monday to Friday."""
    shifts = [Shift(weekday, time.fromisoformat(opens), time.fromisoformat(closes)) for weekday in range(1, 6)]
    save_timetable(organisation, shifts, name="Horario propio", team=team, actor=None)


def user(
    organisation: Organisation, role: Role = Role.AGENT, *, with_descendants: bool = False, teams: tuple[Team, ...] = ()
) -> User:
    """Somebody who works at the organisation."""
    n = next(_number)
    made = User.objects.create_user(
        email=f"persona{n}@sede.example", name=f"Persona {n}", password="una contraseña larga"
    )
    Membership.objects.create(organisation=organisation, user=made, role=role, with_descendants=with_descendants)
    for team in teams:
        TeamMembership.objects.create(team=team, user=made)
    return made


_topic = topic  # the parameter below has the same name


def article(
    organisation: Organisation,
    *,
    title: str = "No aparece mi certificado",
    summary: str = "Compruebe que está instalado en este navegador.",
    body: str = "1. Cierre el navegador.\n2. Ábralo de nuevo.",
    topic: Topic | None = None,
    language: str = "es",
    codes: tuple[str, ...] = (),
    is_published: bool = True,
    details: dict[str, Any] | None = None,
    parts: dict[str, str] | None = None,
) -> Article:
    """An article with one version, published unless told otherwise."""
    made = create_article(
        organisation,
        author=None,
        topic=topic or Topic.objects.filter(organisation=organisation).first() or _topic(organisation),
        title=title,
        details={"codes": list(codes), "source_language": language} | (details or {}),
    )
    text = ArticleText(title, summary, body, parts or {})
    (write_and_publish if is_published else save_draft)(made, language, text, author=None)
    return made


def email(organisation: Organisation, *, to: str = "ana@casa.example") -> OutgoingMessage:
    """A message in the outbox."""
    return send_email(
        organisation=organisation,
        to=to,
        kind="notifications.test",
        template="notifications/email/test",
        context={"name": "Ana"},
        language="es",
    )


def person(organisation: Organisation, **fields: Any) -> Person:
    """Somebody of the public, reachable by e-mail."""
    n = next(_number)
    known = {"name": f"María {n}", "email": f"maria{n}@correo.example", "language": "es"} | fields
    return Person.objects.create(organisation=organisation, created_at=timezone.now(), **known)


def ticket(organisation: Organisation, **fields: Any) -> Ticket:
    """A ticket opened by the web form, not answered yet."""
    known: dict[str, Any] = {
        "person": fields.get("person") or person(organisation),
        "channel": Channel.WEB,
        "subject": "No aparece mi certificado",
        "text": "Al firmar no sale ningún certificado en la lista.",
        "language": "es",
    }
    return open_ticket(organisation, **known | fields)[0]


def mailbox(organisation: Organisation, **fields: Any) -> Mailbox:
    """An address of the organisation whose mail a server delivers to us."""
    address = fields.pop("address", f"soporte@{organisation.host}")
    now = timezone.now()
    sender = fields.pop("sender", None) or Sender.objects.create(organisation=organisation, address=address)
    known: dict[str, Any] = {"name": "Soporte", "way": Way.DELIVERED, "language": "es"}
    return Mailbox.objects.create(
        organisation=organisation, address=address, sender=sender, created_at=now, changed_at=now, **known | fields
    )


def raw_mail(
    text: str = "No puedo firmar la solicitud.",
    *,
    sender: str = "Ana Prueba <ana@casa.example>",
    to: str = "soporte@sede.example",
    subject: str = "No puedo firmar",
    files: Mapping[str, bytes] | None = None,
    html: str = "",
    pictures: Mapping[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A mail as a server hands it over; underscores in names of headers become hyphens.

    `pictures` (PNG) lie beside `html`, which names them by their key: "cid:logo@casa".
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    for name, value in ({"Message_ID": f"<{next(_number)}@casa.example>"} | headers).items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in (pictures or {}).items():
        page = mail.get_payload()[1]  # type: ignore[index]  # of the alternatives
        page.add_related(content, "image", "png", cid=f"<{name}>")  # type: ignore[union-attr]  # a part of the mail
    for name, content in (files or {}).items():
        main, _slash, kind = (guess_type(name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(content, maintype=main, subtype=kind, filename=name)
    return mail.as_bytes()


def taken_in(mailbox: Mailbox, raw: bytes, **envelope: Any) -> IncomingMail:
    """A message that was received and read."""
    kept = receive(raw, mailbox=mailbox, via=Via.LMTP, **envelope)
    take_in(kept.pk)
    return IncomingMail.objects.select_related("ticket__person", "said", "about").get(pk=kept.pk)
