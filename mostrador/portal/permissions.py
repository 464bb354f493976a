"""The sections of the desk, in their order, and who sees them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.tickets.choices import BOARD_ROLES, DeskList
from mostrador.tickets.permissions import DESK, HANDLERS

EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)
SHARERS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
DECIDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
SETTINGS_OF_DESK = (
    *("/gestion/ajustes/", "/gestion/reparto/", "/gestion/reglas/", "/gestion/consultas/clases/"),
    *("/gestion/consultas/niveles/", "/gestion/consultas/campos/", "/gestion/consultas/listas-de-tareas/"),
    *("/gestion/consultas/respuestas/", "/gestion/consultas/firma/", "/gestion/consultas/vistas/"),
)
WATCHERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Section:
    """A page of the desk that others stand under: the roles that see it, none meaning every role.

    Attributes:
        prefix: How the addresses under it begin; of several sections the longest one decides.
        purpose: What it is for, on the page of settings.
    """

    label: str | Promise
    address: str
    prefix: str | tuple[str, ...]
    roles: tuple[Role, ...] = ()
    purpose: str | Promise = ""


SUPERVISION = "/gestion/supervision/"
# Sections that belong together: the first one that somebody sees stands for them until they are in one of them.
GROUPS = (
    (
        Section(_("Consultas"), "tickets:desk", "/gestion/consultas/", DESK),
        Section(_("Incidencias"), "tickets:incidents", "/gestion/incidencias/", DESK),
    ),
    (Section(_("Menciones"), "tickets:mentions_list", "/gestion/menciones/", HANDLERS),),
    (
        Section(_("Supervisión"), "tickets:board", SUPERVISION, BOARD_ROLES),
        Section(
            _("Revisión de calidad"),
            "tickets:quality_samples",
            (f"{SUPERVISION}calidad/", f"{SUPERVISION}revision/"),
            BOARD_ROLES,
        ),
    ),
    (Section(_("Personas"), "people:search", "/gestion/personas/", SHARERS),),
    (
        Section(
            _("Centro de ayuda"), "help_centre:board", ("/gestion/centro-de-ayuda/", "/gestion/sinonimos/"), EDITORS
        ),
        Section(_("Artículos"), "help_centre:articles", "/gestion/articulos/"),
    ),
    (
        Section(_("Medidas"), "metrics:measures", "/gestion/medidas/"),
        Section(_("Opiniones"), "feedback:answers", "/gestion/opiniones/", WATCHERS),
    ),
    (
        Section(_("Configuración"), "portal:settings", "/gestion/configuracion/", (Role.ADMINISTRATOR,)),
        Section(_("Ajustes de la mesa"), "portal:desk_settings", SETTINGS_OF_DESK, DESK),
        Section(_("Personal"), "accounts:staff", "/gestion/personal/", (Role.ADMINISTRATOR,)),
        Section(_("Correo"), "notifications:outbox", "/gestion/correo/", (Role.ADMINISTRATOR,)),
        Section(_("Buzones de correo"), "mailbox:mailboxes", "/gestion/buzones/", (Role.ADMINISTRATOR,)),
        Section(_("Registro"), "accounts:record", "/gestion/registro/", (Role.ADMINISTRATOR, Role.SECURITY_OFFICER)),
    ),
)


@dataclass(frozen=True)
class Group:
    """What the navigation shows of sections that belong together.

    Attributes:
        section: The one that stands for them.
        others: The rest, once somebody is in one of them.
        current: The one in which the visited page is, if it is one of these.
    """

    section: Section
    others: tuple[Section, ...]
    current: Section | None


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
        keys.append(Key("g a", _("Ajustes de la mesa"), reverse("portal:desk_settings")))
        keys.append(Key("g u", _("Consultas sin asignar"), f"{desk}?lista={DeskList.UNASSIGNED.value}"))
    return keys


def sections_of(access: Access) -> list[Section]:
    """Return the sections that these roles see at the visited organisation."""
    return [section for group in GROUPS for section in group if access.has(*section.roles)]


def settings_of_desk(access: Access) -> list[Section]:
    """Return what these roles settle for the desk or for themselves."""
    return [section for section in DESK_SETTINGS if access.has(*section.roles)]


def groups_for(access: Access, path: str) -> list[Group]:
    """Return the groups that these roles see; the one that holds `path` shows all its sections."""
    current = _section_at(path, sections_of(access))
    groups = []
    for group in GROUPS:
        seen = tuple(section for section in group if access.has(*section.roles))
        if seen:
            here = current if current in seen else None
            groups.append(Group(seen[0], seen[1:] if here else (), here))
    return groups


def _section_at(path: str, sections: list[Section]) -> Section | None:
    """Return the section with the longest prefix of a path."""
    found = [
        (len(prefix), section)
        for section in sections
        for prefix in ((section.prefix,) if isinstance(section.prefix, str) else section.prefix)
        if path.startswith(prefix)
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def first_section(access: Access) -> str:
    """Return the name of the address where these roles begin their day."""
    return sections_of(access)[0].address


# What the page of settings leads to, in its order.
DESK_SETTINGS = (
    Section(_("Reparto"), "tickets:routing", "", SHARERS, _("A quién llega cada consulta, y si usted recibe ahora.")),
    Section(_("Vistas"), "tickets:views", "", DESK, _("Las listas de consultas: las suyas y las que usan todos.")),
    Section(_("Firma"), "tickets:signature", "", HANDLERS, _("Cómo se despide en sus respuestas.")),
    Section(
        _("Respuestas preparadas"),
        "tickets:canned_replies",
        "",
        DECIDERS,
        _("Lo que se contesta a menudo, y quién lee lo que aún no se ha enviado."),
    ),
    Section(
        _("Reglas"), "tickets:rules", "", DECIDERS, _("Lo que se hace solo: recordar, cerrar tras el silencio, avisar.")
    ),
    Section(
        _("Clases de consulta"),
        "tickets:kinds",
        "",
        DECIDERS,
        _("Consultas, quejas, derechos: su plazo, su equipo y sus textos."),
    ),
    Section(
        _("Niveles de servicio"), "tickets:levels", "", DECIDERS, _("En cuánto se responde y se resuelve cada cosa.")
    ),
    Section(
        _("Campos propios"), "tickets:fields", "", DECIDERS, _("Datos que hacen falta y que el formulario no pide.")
    ),
    Section(
        _("Listas de tareas"),
        "tickets:task_lists",
        "",
        DECIDERS,
        _("Lo que hay que hacer en las consultas de un equipo o de un tema."),
    ),
    Section(
        _("Conservación de las consultas"),
        "tickets:retention",
        "",
        (Role.ADMINISTRATOR,),
        _("Cuánto se guardan y qué se ha suprimido."),
    ),
)
