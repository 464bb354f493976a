"""What happens to the data of the public."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.people.rules import keepers, normalise_email, normalise_phone
from mostrador.shared.errors import ActionRefused


@transaction.atomic
def find_or_create_person(
    organisation: Organisation, *, name: str = "", email: str = "", phone: str = "", language: str = "es"
) -> Person:
    """Return whom the organisation knows by this address, or else by this number, or else somebody new.

    What was not known of them is added; what was known stays, because whoever writes is not proven to be that person.
    Without address and number it is always somebody new. Two at the same time may make two: duplicates are allowed.
    """
    email, phone = normalise_email(email), normalise_phone(phone)
    person = _known(organisation, email, phone)
    if person is None:
        return Person.objects.create(
            organisation=organisation,
            name=name.strip()[:120],
            email=email,
            phone=phone,
            language=language,
            created_at=timezone.now(),
        )
    person.name = person.name or name.strip()[:120]
    person.phone = person.phone or phone
    person.language = language
    person.save(update_fields=["name", "phone", "language"])
    return person


def note_access(person: Person, *, by: User) -> None:
    """Record that somebody of the desk read a person's data (RD 311/2022, op.exp.8: who saw what, and when)."""
    record("people.viewed", _unnamed(person), actor=by)


def note_search(organisation: Organisation, *, by: User, found: int) -> None:
    """Record that somebody of the desk searched for persons; what they typed is personal data and is not kept."""
    record("people.searched", organisation, organisation=organisation, actor=by, details={"found": found})


def note_export(person: Person, *, by: User) -> None:
    """Record that a copy of everything about a person was made (RGPD, arts. 15 and 20)."""
    record("people.exported", _unnamed(person), actor=by)


@transaction.atomic
def erase_person(person: Person, *, by: User) -> dict[str, dict[str, int]]:
    """Clear who a person is, and their words and files in every app; the figures stay.

    Returns:
        What was erased, by app: {"tickets": {"messages": 3}}.

    Raises:
        ActionRefused: Their data were erased before.

    Source: RGPD, art. 17; LO 3/2018, art. 15.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.erased_at is not None:
        raise ActionRefused(_("Los datos de esta persona ya se suprimieron."))
    report = {keeper.name: keeper.erase_function()(person) for keeper in keepers()}
    person.name = person.email = person.phone = ""
    person.erased_at = timezone.now()
    person.erasure_report = report
    person.save(update_fields=["name", "email", "phone", "erased_at", "erasure_report"])
    record("people.erased", person, actor=by, details=report)
    return report


def _unnamed(person: Person) -> Person:
    """Return the row for the audit record, which is for ever and labels its lines with names: this one has none."""
    return Person(pk=person.pk, organisation_id=person.organisation_id)


def _known(organisation: Organisation, email: str, phone: str) -> Person | None:
    known = Person.objects.of(organisation).select_for_update()
    if email:
        return known.with_email(email).order_by("pk").first()
    if phone:
        return known.with_phone(phone).order_by("pk").first()
    return None
