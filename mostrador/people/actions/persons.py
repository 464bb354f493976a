"""Persons: found or made, changed, looked at, erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.people.choices import ElectronicObligation, IdentityKind, PersonKind, RevealReason
from mostrador.people.models import Person
from mostrador.people.queries.persons import records_of
from mostrador.people.rules import email_to_keep, keepers, normalise_email, normalise_phone
from mostrador.people.rules.identity import kind_of_identity, normalise_identity
from mostrador.people.rules.sealing import digest, present_key, seal
from mostrador.shared.errors import ActionRefused

NAME_LENGTH = 120


@transaction.atomic(savepoint=False)
def find_or_create_person(
    organisation: Organisation,
    *,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "es",
    identity: str = "",
    identity_kind: str = "",
    kind: PersonKind = PersonKind.NATURAL,
) -> Person:
    """Return whom the organisation knows by this identity number, else by the address, else by the telephone number.

    What was not known of them is added; what was known stays, because whoever writes is not proven to be that person.
    Somebody known by their address but under another identity number is somebody else. Without anything to find them by
    it is always somebody new; an address to which nothing can be sent is nothing. Two at the same time may make two
    with the same address: `merging` finds and joins them.

    Args:
        identity: A valid number, written in any form.
        identity_kind: Which document it is; by its form when empty.
        kind: Of somebody new.
    """
    email, phone, number = email_to_keep(email), normalise_phone(phone), normalise_identity(identity)
    identity_kind = identity_kind or (kind_of_identity(number) or IdentityKind.OTHER if number else "")
    person = _known(organisation, email, phone, number)
    if person is None:
        person = Person(
            organisation=organisation,
            kind=kind,
            name=name.strip()[:NAME_LENGTH],
            email=email,
            phone=phone,
            language=language,
            electronic_obligation=ElectronicObligation.LEGAL_PERSON if kind == PersonKind.LEGAL else "",
            created_at=timezone.now(),
        )
        _set_identity(person, identity_kind, number)
        return _saved_or_found(person)
    before = (person.name, person.email, person.phone, person.language, person.identity_sealed)
    person.name = person.name or name.strip()[:NAME_LENGTH]
    person.email = person.email or email
    person.phone = person.phone or phone
    person.language = language
    if number and not person.identity_sealed:
        _set_identity(person, identity_kind, number)
    if before != (person.name, person.email, person.phone, person.language, person.identity_sealed):
        person.save()
    return person


@transaction.atomic
def fill_in(
    person: Person, *, name: str = "", email: str = "", phone: str = "", language: str = "", identity: str = ""
) -> Person:
    """Add what was not known of somebody who was picked; what was known stays.

    Raises:
        ActionRefused: Their record was erased or joined to another meanwhile, or somebody else has this number.
    """
    person, number = locked(person), normalise_identity(identity)
    refuse_unless_known(person)
    person.name = person.name or name.strip()[:NAME_LENGTH]
    person.email, person.phone = person.email or email_to_keep(email), person.phone or normalise_phone(phone)
    person.language = language or person.language
    if number and not person.identity_sealed:
        _refuse_taken(person, number)
        _set_identity(person, kind_of_identity(number) or IdentityKind.OTHER, number)
    person.save()
    return person


@dataclass(frozen=True, slots=True)
class Details:
    """What the desk keeps of somebody, valid; `identity` None leaves the number as it is, "" takes it out."""

    kind: PersonKind
    name: str
    email: str
    phone: str
    language: str
    preferred_contact: str
    electronic_obligation: str
    notes: str
    identity_kind: str
    identity: str | None


@transaction.atomic
def change_person(person: Person, details: Details, *, by: User) -> list[str]:
    """Keep what the desk has corrected; return the names of what changed. The record says which, never the values.

    Raises:
        ActionRefused: The record is erased or joined to another, or somebody else has this identity number.
    """
    person = locked(person)
    refuse_unless_known(person)
    before = _values(person)
    person.kind, person.name = details.kind, details.name.strip()[:NAME_LENGTH]
    person.email, person.phone = normalise_email(details.email), normalise_phone(details.phone)
    person.language, person.notes = details.language, details.notes
    person.preferred_contact = details.preferred_contact
    person.electronic_obligation = details.electronic_obligation
    if details.identity is not None:
        _refuse_taken(person, details.identity)
        _set_identity(person, details.identity_kind, normalise_identity(details.identity))
    changed = sorted(name for name, value in _values(person).items() if before[name] != value)
    if changed:
        person.save()
        record("people.changed", unnamed(person), actor=by, details={"fields": changed})
    return changed


@transaction.atomic
def reveal_identity(person: Person, *, by: User, reason: RevealReason) -> str:
    """Return the whole identity number to somebody who says why; the record keeps who, when and why.

    Raises:
        ActionRefused: There is no number, or it was sealed under a key that is lost.
    """
    number = person.identity_number
    if not number:
        raise ActionRefused(_("No consta el número de su documento."))
    record("people.identity_revealed", unnamed(person), actor=by, details={"reason": reason.value})
    return number


@transaction.atomic
def hold_person(person: Person, *, by: User, until: date | None, reason: str) -> None:
    """Have the data kept until a day because the law says so, or let them go again (None).

    Raises:
        ActionRefused: The record is erased or joined to another.

    Source: RGPD, art. 17.3; LO 3/2018, art. 32: blocked while responsibilities may arise.
    """
    person = locked(person)
    refuse_unless_known(person)
    person.held_until, person.hold_reason = until, reason.strip()[:200] if until else ""
    person.save(update_fields=["held_until", "hold_reason"])
    details = {"until": until.isoformat() if until else None}
    record("people.held" if until else "people.let_go", unnamed(person), actor=by, details=details)


def note_access(person: Person, *, by: User) -> None:
    """Record that somebody of the desk read a person's data (RD 311/2022, op.exp.8: who saw what, and when)."""
    record("people.viewed", unnamed(person), actor=by)


def note_search(organisation: Organisation, *, by: User, found: int) -> None:
    """Record that somebody of the desk searched for persons; what they typed is personal data and is not kept."""
    record("people.searched", organisation, organisation=organisation, actor=by, details={"found": found})


@transaction.atomic
def erase_person(person: Person, *, by: User | None) -> dict[str, dict[str, int]]:
    """Clear who a person is, and their words and files in every app; the figures stay.

    Records that were joined to theirs go too. Whether something speaks against it is asked before (`queries.requests`).

    Args:
        by: Who decided it; None is the system, when nothing is left that needs the person.

    Returns:
        What was erased, by app: {"tickets": {"messages": 3}}.

    Raises:
        ActionRefused: Their data were erased before.

    Source: RGPD, art. 17; LO 3/2018, art. 15.
    """
    keys = [each.pk for each in records_of(person)]
    people = list(Person.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    person = next(each for each in people if each.pk == person.pk)
    if person.erased_at is not None:
        raise ActionRefused(_("Los datos de esta persona ya se suprimieron."))
    report: dict[str, dict[str, int]] = {}
    for keeper in keepers():
        erase = keeper.erase_function()
        report[keeper.name] = _sum([erase(each) for each in people])
    for each in people:
        empty(each)
        each.erased_at = timezone.now()
        each.erasure_report = report if each == person else {}
        each.save()
    record("people.erased", person, actor=by, details=report)
    return report


def renew_identity_numbers() -> int:
    """Seal anew what was sealed under an earlier secret key; return how many. Each in its own transaction."""
    present = present_key()
    stale = Person.objects.exclude(identity_key__in=["", present]).order_by("pk")
    return sum(_renew(pk) for pk in list(stale.values_list("pk", flat=True)))


# --- Shared with the other modules ------------------------------------------------------------------


def locked(person: Person) -> Person:
    """Return the person as they are now, kept from everybody else until the transaction ends."""
    return Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)


def unnamed(person: Person) -> Person:
    """Return the row for the audit record, which is for ever and labels its lines with names: this one has none."""
    return Person(pk=person.pk, organisation_id=person.organisation_id)


def refuse_unless_known(person: Person) -> None:
    """Refuse what only makes sense with a record in use.

    Raises:
        ActionRefused: It was erased, or joined to another.
    """
    if person.erased_at is not None:
        raise ActionRefused(_("Los datos de esta persona se suprimieron: ya no se pueden cambiar."))
    if person.merged_into_id is not None:
        raise ActionRefused(_("Esta ficha se unió a otra. Abra la otra para seguir."))


def empty(person: Person) -> None:
    """Take out of a row whatever tells who it is; not saved yet."""
    person.name = person.email = person.phone = person.notes = person.hold_reason = ""
    person.preferred_contact = ""
    person.held_until = None
    _set_identity(person, "", "")


# --- Steps ------------------------------------------------------------------------------------------


def _known(organisation: Organisation, email: str, phone: str, number: str) -> Person | None:
    known = Person.objects.of(organisation).select_for_update(of=("self",))
    if number and (person := known.with_identity(number).order_by("pk").first()):
        return person
    found = None
    if email:
        found = known.with_email(email)
    elif phone:
        found = known.with_phone(phone)
    if found is None:
        return None
    if number:
        found = found.filter(identity_digest="")
    return found.order_by("pk").first()


def _saved_or_found(person: Person) -> Person:
    """Keep somebody new; or return whom somebody else has just kept under the same identity number."""
    if not person.identity_digest:
        person.save(force_insert=True)
        return person
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        if "person_identity_once" not in str(error):
            raise
        return Person.objects.of(person.organisation).get(identity_digest=person.identity_digest)
    return person


def _set_identity(person: Person, kind: str, number: str) -> None:
    person.identity_kind = kind if number else ""
    person.identity_sealed, person.identity_digest = seal(number), digest(number)
    person.identity_key = present_key() if number else ""


def _refuse_taken(person: Person, number: str) -> None:
    if not number:
        return
    others = Person.objects.of(person.organisation).with_identity(number).exclude(pk=person.pk)
    if others.exists():
        raise ActionRefused(_("Otra ficha tiene ese documento. Si es la misma persona, una las dos."))


def _values(person: Person) -> dict[str, Any]:
    names = ("kind", "name", "email", "phone", "language", "preferred_contact", "electronic_obligation", "notes")
    return {name: getattr(person, name) for name in names} | {
        "identity": (person.identity_kind, person.identity_digest)
    }


@transaction.atomic
def _renew(pk: int) -> int:
    person = Person.objects.select_for_update(of=("self",)).get(pk=pk)
    number = person.identity_number
    if not number:
        return 0
    _set_identity(person, person.identity_kind, number)
    person.save(update_fields=["identity_sealed", "identity_digest", "identity_key"])
    return 1


def _sum(reports: list[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for report in reports:
        for what, count in report.items():
            total[what] = total.get(what, 0) + count
    return total
