"""The first run: everything that an empty installation needs, in one step."""

from dataclasses import dataclass
from email.utils import make_msgid

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.actions import add_administrator
from mostrador.notifications.clients import Letter, configured_server, hand_over
from mostrador.notifications.errors import NotDelivered
from mostrador.organisations.actions import create_organisation, describe_team
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import default_team, nothing_is_set_up
from mostrador.portal import queries
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions.setting_up import set_up_desk

FIRST_RUN_LOCK = 0xF125


@dataclass(frozen=True)
class FirstOffice:
    """What the first-run wizard asks for."""

    name: str
    short_name: str
    host: str
    languages: list[str]
    default_language: str
    region: str
    time_zone: str
    team: str
    administrator_name: str
    administrator_email: str
    password: str


def open_first_office(office: FirstOffice, *, token: str) -> Organisation:
    """Make the first organisation with its team, hours, computed calendar and administrator; the link is then spent.

    Raises:
        ActionRefused: Somebody was quicker, or the host name cannot be used.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_RUN_LOCK])  # two at once: the second is refused
        if not (nothing_is_set_up() and queries.is_setup_token(token)):
            raise ActionRefused(_("Esta instalación ya tiene una entidad. Entre con la cuenta que se creó."))
        details = {
            "short_name": office.short_name,
            "languages": office.languages,
            "default_language": office.default_language,
            "region": office.region,
            "time_zone": office.time_zone,
        }
        organisation = create_organisation(office.name, host=office.host, details=details)
        team = default_team(organisation)
        if team is not None:
            describe_team(team, name=office.team, signature="", is_default=True, actor=None)
        add_administrator(
            organisation,
            email=office.administrator_email,
            name=office.administrator_name,
            password=office.password,
        )
        set_up_desk(organisation)
    queries.setup_token_file().unlink(missing_ok=True)
    return organisation


def try_mail(to: str) -> str:
    """Send a message to an address at once, without the outbox, which needs an organisation; say what happened.

    Raises:
        ActionRefused: There is no mail server, or it did not take the message; the reason is for a person.
    """
    server = configured_server()
    if server is None:
        raise ActionRefused(
            _(
                "No hay servidor de correo configurado (SMTP_HOST). Puede seguir: los mensajes se guardarán y "
                "podrá leerlos en «Correo»."
            )
        )
    letter = Letter(
        sender=settings.DEFAULT_FROM_EMAIL,
        to=to,
        subject=_("Prueba de correo de Mostrador"),
        text=_("Si lee este mensaje, el correo de Mostrador funciona."),
        html="",
        written_at=timezone.now(),
        message_id=make_msgid(domain="mostrador.invalid"),
    )
    try:
        hand_over(letter, server)
    except NotDelivered as problem:
        raise ActionRefused(
            _("El servidor de correo %(host)s no aceptó el mensaje: %(answer)s.")
            % {"host": server.host, "answer": problem.answer}
        ) from problem
    return _("El servidor de correo aceptó el mensaje para %(to)s. Compruebe que llega.") % {"to": to}
