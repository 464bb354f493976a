"""What the pages about persons share."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostrador.accounts.access import StaffRequest
from mostrador.accounts.choices import Role
from mostrador.people.models import Person
from mostrador.people.rules import readable_phone
from mostrador.shared.formats import day, language_name, moment

DESK = (Role.AGENT, Role.SUPERVISOR)
READERS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
NO_NAME, NO_DATA = gettext_lazy("Persona sin nombre"), gettext_lazy("Persona con los datos suprimidos")


def visible(request: StaffRequest, person_id: int, *roles: Role) -> Person:
    """Return a person of the organisations where this user has one of the roles; 404 for everybody else's."""
    people = Person.objects.visible_to(request.access, *roles).select_related("organisation")
    return get_object_or_404(people, pk=person_id)


def name_of(person: Person) -> str:
    """Return how a person is called on pages, also when the name is not known or is erased."""
    if person.name:
        return person.name
    return str(NO_DATA if person.erased_at else NO_NAME)


def contact_of(person: Person) -> str:
    """Return address and number in one line."""
    return " · ".join(value for value in (person.email, readable_phone(person.phone)) if value)


def facts_of(person: Person) -> list[tuple[str, Any]]:
    """Return what is known of a person, as a list of headings and values; the identity number is masked."""
    if person.erased_at:
        return [(str(_("Datos suprimidos")), moment(person.erased_at))]
    document = f"{person.get_identity_kind_display()} {person.masked_identity}" if person.identity_sealed else "—"
    facts: list[tuple[str, Any]] = [
        (_("Nombre"), person.name or "—"),
        (_("Correo electrónico"), person.email or "—"),
        (_("Teléfono"), readable_phone(person.phone) or "—"),
        (_("Documento"), document),
        (_("Idioma"), language_name(person.language)),
        (_("Cómo prefiere el contacto"), person.get_preferred_contact_display()),
        (_("Medios electrónicos"), person.get_electronic_obligation_display()),
        (_("Primer contacto"), moment(person.created_at)),
    ]
    if person.kind != "natural":
        facts.insert(0, (_("Clase"), person.get_kind_display()))
    if person.held_until:
        facts.append((_("Se conserva por obligación legal"), f"{day(person.held_until)}: {person.hold_reason}"))
    return facts
