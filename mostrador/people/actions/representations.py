"""Who may act for whom: noted, and ended."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.people.actions.persons import refuse_unless_known, unnamed
from mostrador.people.choices import TitleKind
from mostrador.people.models import Person, Representation
from mostrador.shared.errors import ActionRefused


@transaction.atomic
def note_representation(
    person: Person,
    representative: Person,
    *,
    title: TitleKind,
    by: User,
    since: date | None = None,
    until: date | None = None,
    evidence: str = "",
) -> Representation:
    """Note that somebody acts for a person, from today when no day is named; noted before, that one is returned.

    Raises:
        ActionRefused: They are one, of two organisations, or one of them was erased or joined to another.

    Source: Ley 39/2015, art. 5: by any means valid in law; for mere acts of procedure it is presumed.
    """
    refuse_unless_known(person)
    refuse_unless_known(representative)
    if person.pk == representative.pk:
        raise ActionRefused(_("Nadie se representa a sí mismo. Elija a otra persona."))
    if person.organisation_id != representative.organisation_id:
        raise ActionRefused(_("Son de entidades distintas: anótela antes en esta entidad."))
    today = timezone.localdate()
    in_force = Representation.objects.valid_on(today).filter(person=person, representative=representative, title=title)
    if (already := in_force.order_by("pk").first()) and until is None:
        return already
    noted = Representation.objects.create(
        organisation=person.organisation,
        person=person,
        representative=representative,
        title=title,
        since=since or today,
        until=until,
        evidence=evidence.strip()[:300],
        noted_by=by,
        noted_at=timezone.now(),
    )
    record("people.represented", unnamed(person), actor=by, details={"by": representative.pk, "title": title.value})
    return noted


@transaction.atomic
def end_representation(representation: Representation, *, by: User) -> None:
    """End a representation now, whatever its last day was. Twice changes nothing."""
    row = Representation.objects.select_for_update(of=("self",)).select_related("person").get(pk=representation.pk)
    if row.ended_at is not None:
        return
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    record("people.representation_ended", unnamed(row.person), actor=by, details={"by": row.representative_id})
