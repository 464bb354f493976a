"""The sections of the desk, in their order, and who sees them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.tickets.choices import BOARD_ROLES, DeskList
from mostrador.tickets.permissions import HANDLERS

DESK = (Role.AGENT, Role.SUPERVISOR, Role.DIRECTOR, Role.ADMINISTRATOR)
EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)
WATCHERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Section:
    """A section of the desk: the roles that see it, none meaning every role."""

    label: str | Promise
    address: str
    prefix: str | tuple[str, ...]
    roles: tuple[Role, ...] = ()


SECTIONS = (
    Section(_("Consultas"), "tickets:desk", "/gestion/consultas/", DESK),
    Section(_("Supervisión"), "tickets:board", ("/gestion/supervision/", "/gestion/reglas/"), BOARD_ROLES),
    Section(_("Reparto"), "tickets:routing", "/gestion/reparto/", (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)),
    Section(_("Menciones"), "tickets:mentions_list", "/gestion/menciones/", (Role.AGENT, Role.SUPERVISOR)),
    Section(_("Incidencias"), "tickets:incidents", "/gestion/incidencias/", DESK),
    Section(_("Personas"), "people:search", "/gestion/personas/", (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)),
    Section(_("Centro de ayuda"), "help_centre:board", ("/gestion/centro-de-ayuda/", "/gestion/sinonimos/"), EDITORS),
    Section(_("Artículos"), "help_centre:articles", "/gestion/articulos/"),
    Section(_("Opiniones"), "feedback:answers", "/gestion/opiniones/", WATCHERS),
    Section(_("Medidas"), "metrics:measures", "/gestion/medidas/"),
    Section(_("Personal"), "accounts:staff", "/gestion/personal/", (Role.ADMINISTRATOR,)),
    Section(_("Correo"), "notifications:outbox", "/gestion/correo/", (Role.ADMINISTRATOR,)),
    Section(_("Registro"), "accounts:record", "/gestion/registro/", (Role.ADMINISTRATOR, Role.SECURITY_OFFICER)),
    Section(_("Configuración"), "portal:settings", "/gestion/configuracion/", (Role.ADMINISTRATOR,)),
)


@dataclass(frozen=True)
class Key:
    """What a key, or a pair of them, does everywhere on the desk."""

    keys: str
    label: str | Promise
    href: str
    is_post: bool = False


def keys_of(access: Access) -> list[Key]:
    """Return the keys that act everywhere for these roles at the visited organisation."""
    keys = []
    if access.has(*HANDLERS):
        keys.append(Key(".", _("Siguiente consulta"), reverse("tickets:next_case"), is_post=True))
    if access.has(*DESK):
        desk = reverse("tickets:desk")
        keys.append(Key("g i", _("Consultas"), desk))
        keys.append(Key("g m", _("Mis consultas"), f"{desk}?lista={DeskList.MINE.value}"))
        keys.append(Key("g u", _("Consultas sin asignar"), f"{desk}?lista={DeskList.UNASSIGNED.value}"))
    return keys


def sections_of(access: Access) -> list[Section]:
    """Return the sections that these roles see at the visited organisation."""
    return [section for section in SECTIONS if access.has(*section.roles)]


def first_section(access: Access) -> str:
    """Return the name of the address where these roles begin their day."""
    return sections_of(access)[0].address
