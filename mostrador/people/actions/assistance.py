"""Consents of people who are helped with a procedure: recorded, and revoked."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation, Procedure
from mostrador.people.actions.persons import locked, refuse_unless_known, unnamed
from mostrador.people.choices import ConsentBy
from mostrador.people.models import Assistance, Person
from mostrador.people.rules.consent import TEXT_VERSION, consent_text
from mostrador.shared.errors import ActionRefused
from mostrador.shared.uploads import CheckedUpload, store


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed at the counter, valid."""

    procedure: Procedure | None
    scope: str
    consent_by: ConsentBy
    office: str = ""
    ticket_reference: str = ""
    scan: CheckedUpload | None = None


@transaction.atomic
def record_assistance(person: Person, consent: Consent, *, official: User, key: str) -> Assistance:
    """Record that somebody lets a public official act electronically for them, once for each `key`.

    The text is kept as the person read it, in their language.

    Raises:
        ActionRefused: The person must deal electronically, their name or number is not known, a paper signature has no
            scan, or the record is erased or joined to another.

    Source: Ley 39/2015, art. 12.2; RD 203/2021, art. 30: only for those who are not obliged, identified before the
    official, with an express consent that is recorded and of which they get a copy.
    """
    already = Assistance.objects.filter(organisation=person.organisation_id, key=key).first()
    if already is not None:
        return already
    person = locked(person)
    refuse_unless_known(person)
    _refuse_unless_assistable(person, consent)
    text = text_for(person, scope=consent.scope, official=official)
    scan = consent.scan
    assistance = Assistance.objects.create(
        organisation=person.organisation,
        person=person,
        procedure=consent.procedure,
        scope=consent.scope,
        official=official,
        office=consent.office,
        ticket_reference=consent.ticket_reference,
        consented_at=timezone.now(),
        consent_by=consent.consent_by,
        language=language_of(person),
        text=text,
        text_version=TEXT_VERSION,
        scan=store(scan, folder="consents") if scan else "",
        scan_name=scan.name if scan else "",
        scan_type=scan.content_type if scan else "",
        scan_sha256=scan.sha256 if scan else "",
        key=key,
    )
    record(
        "people.assisted",
        unnamed(person),
        actor=official,
        details={"assistance": assistance.pk, "by": consent.consent_by.value, "version": TEXT_VERSION},
    )
    return assistance


@transaction.atomic
def revoke_assistance(assistance: Assistance, *, by: User) -> None:
    """Note that the person takes their consent back; what was done before stays valid.

    Raises:
        ActionRefused: It was taken back before.
    """
    row = Assistance.objects.select_for_update(of=("self",)).select_related("person").get(pk=assistance.pk)
    if row.revoked_at is not None:
        raise ActionRefused(_("Este consentimiento ya estaba retirado."))
    row.revoked_at, row.revoked_with = timezone.now(), by
    row.save(update_fields=["revoked_at", "revoked_with"])
    record("people.consent_revoked", unnamed(row.person), actor=by, details={"assistance": row.pk})


def note_reading(assistance: Assistance, *, by: User, is_paper: bool = False) -> None:
    """Record that somebody of the desk read a consent, or took its signed paper."""
    details = {"assistance": assistance.pk, "paper": is_paper}
    record("people.consent_read", unnamed(assistance.person), actor=by, details=details)


def text_for(person: Person, *, scope: str, official: User) -> str:
    """Return what the person is shown, in their language."""
    organisation: Organisation = person.organisation
    with translation.override(language_of(person)):
        return consent_text(
            person=person.name,
            identity=person.masked_identity,
            organisation=organisation.name,
            official=official.name,
            scope=scope,
        )


def language_of(person: Person) -> str:
    """Return the language in which the person reads: theirs, or the organisation's where it is not offered."""
    return person.organisation.offered(person.language)


def _refuse_unless_assistable(person: Person, consent: Consent) -> None:
    if person.electronic_obligation:
        raise ActionRefused(
            _(
                "Esta persona debe relacionarse por medios electrónicos (artículo 14 de la Ley 39/2015): no se puede "
                "firmar por ella. Ayúdela a usar su propio certificado."
            )
        )
    if not person.name or not person.identity_sealed:
        raise ActionRefused(_("Para consentir tiene que identificarse: anote antes su nombre y su documento."))
    if consent.consent_by == ConsentBy.PAPER and consent.scan is None:
        raise ActionRefused(_("Adjunte el documento firmado, escaneado o fotografiado."))
