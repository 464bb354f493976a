"""Two records of one person: found, compared, joined, and parted again for a day."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.people.actions.persons import empty, unnamed
from mostrador.people.choices import DuplicateReason
from mostrador.people.models import Merge, Person, PersonQuerySet, PossibleDuplicate, Representation
from mostrador.people.rules import Moved, keepers
from mostrador.shared.errors import ActionRefused

UNDO_WITHIN = timedelta(days=1)
# What is chosen between two records; an identity number goes with its kind.
CHOSEN = (
    "kind",
    "name",
    "email",
    "phone",
    "identity",
    "language",
    "preferred_contact",
    "electronic_obligation",
    "notes",
)
IDENTITY = ("identity_kind", "identity_sealed", "identity_digest", "identity_key")
# More records than this with the same name are a common name, and with the same number a switchboard.
MOST_ALIKE = 5
MOST_GROUPS = 500


@transaction.atomic
def merge(kept: Person, gone: Person, *, by: User, from_gone: Collection[str] = ()) -> Merge:
    """Join `gone` to `kept`: everything that pointed at it points at the other. `undo_merge` parts them for a day.

    Args:
        kept: The record that stays.
        gone: The record that is joined; its address leads to the other from now on.
        by: Who says that they are one person.
        from_gone: Which values (of CHOSEN) are taken from `gone`.

    Raises:
        ActionRefused: It is one record, of two organisations, or one of them was erased or joined meanwhile.
    """
    if kept.pk == gone.pk:
        raise ActionRefused(_("Es la misma ficha. Elija otra con la que unirla."))
    kept, gone = _both_locked(kept, gone)
    _refuse_unless_joinable(kept, gone)
    now = timezone.now()
    fields = [field for name in CHOSEN if name in from_gone for field in (IDENTITY if name == "identity" else (name,))]
    before = {field: getattr(kept, field) for field in fields}
    chosen = {field: getattr(gone, field) for field in fields}
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    for field, value in chosen.items():
        setattr(kept, field, value)
    kept.created_at = min(kept.created_at, gone.created_at)
    if gone.held_until and (kept.held_until is None or gone.held_until > kept.held_until):
        before |= {"held_until": _text(kept.held_until), "hold_reason": kept.hold_reason}
        kept.held_until, kept.hold_reason = gone.held_until, gone.hold_reason
    kept.save()
    moved = _move(gone, kept)
    merged = Merge.objects.create(
        organisation=kept.organisation,
        kept=kept,
        gone=gone,
        merged_by=by,
        merged_at=now,
        moved=moved,
        before=before,
        chosen={field: _text(getattr(kept, field)) for field in before},
    )
    counts = {app: {what: len(keys) for what, keys in rows.items()} for app, rows in moved.items()}
    record("people.merged", unnamed(kept), actor=by, details={"gone": gone.pk, "moved": counts})
    return merged


@transaction.atomic
def undo_merge(merged: Merge, *, by: User) -> None:
    """Part two records again: each gets back what it had; what came since stays with the one that was kept.

    Raises:
        ActionRefused: It was undone or is a day old, or one of them was erased or joined to a third since.
    """
    merged = Merge.objects.select_for_update(of=("self",)).select_related("kept", "gone").get(pk=merged.pk)
    kept, gone = _both_locked(merged.kept, merged.gone)
    if merged.undone_at is not None:
        raise ActionRefused(_("Esta unión ya se deshizo."))
    if merged.settled_at is not None or timezone.now() - merged.merged_at > UNDO_WITHIN:
        raise ActionRefused(_("Ha pasado más de un día: esta unión ya no se puede deshacer."))
    if kept.erased_at is not None:
        raise ActionRefused(_("Los datos de esta persona se suprimieron: la unión ya no se puede deshacer."))
    if kept.merged_into_id is not None:
        raise ActionRefused(_("La ficha se unió después a otra. Deshaga primero aquella unión."))
    for field, value in merged.before.items():
        if _text(getattr(kept, field)) == merged.chosen[field]:  # nobody has corrected it since
            setattr(kept, field, value)
    kept.save()
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    for keeper in keepers():
        move = keeper.move_function()
        if move and (rows := merged.moved.get(keeper.name)):
            move(kept, gone, rows)
    merged.undone_at, merged.undone_by = timezone.now(), by
    merged.before, merged.chosen = {}, {}
    merged.save(update_fields=["undone_at", "undone_by", "before", "chosen"])
    record("people.merge_undone", unnamed(kept), actor=by, details={"gone": gone.pk})


def settle_merges() -> int:
    """Empty the records that were joined more than a day ago; return how many."""
    old = Merge.objects.filter(
        settled_at__isnull=True, undone_at__isnull=True, merged_at__lt=timezone.now() - UNDO_WITHIN
    )
    return sum(_settle(pk) for pk in list(old.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def tell_apart(pair: PossibleDuplicate, *, by: User) -> None:
    """Keep that two records are of two people, so that they are not offered again. Saying so twice changes nothing."""
    pair = PossibleDuplicate.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if pair.told_apart_at is None:
        pair.told_apart_at, pair.told_apart_by = timezone.now(), by
        pair.save(update_fields=["told_apart_at", "told_apart_by"])
        details = {"first": pair.first_id, "second": pair.second_id}
        record("people.told_apart", pair, actor=by, details=details)


def find_duplicates() -> int:
    """Note which records may be of one person: same address, same number, same whole name; return how many are new.

    Three scans of the table, so a nightly job. At most 500 groups of each kind in one run.
    """
    known = Person.objects.known()
    before = PossibleDuplicate.objects.count()
    _note_alike(known.exclude(email=""), "email", DuplicateReason.EMAIL)
    _note_alike(known.exclude(phone=""), "phone", DuplicateReason.PHONE)
    _note_alike(known.filter(name_key__contains=" "), "name_key", DuplicateReason.NAME)
    return PossibleDuplicate.objects.count() - before


# --- Steps ------------------------------------------------------------------------------------------


def _both_locked(one: Person, other: Person) -> tuple[Person, Person]:
    """Lock both in the order of their keys, so that two who join the same records wait for each other once."""
    rows = Person.objects.select_for_update(of=("self",)).select_related("organisation")
    found = {person.pk: person for person in rows.filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return found[one.pk], found[other.pk]


def _refuse_unless_joinable(kept: Person, gone: Person) -> None:
    if kept.organisation_id != gone.organisation_id:
        raise ActionRefused(_("Son de entidades distintas: cada entidad responde de sus propios datos."))
    if kept.erased_at or gone.erased_at:
        raise ActionRefused(_("Los datos de una de las dos personas se suprimieron: no hay nada que unir."))
    if kept.merged_into_id or gone.merged_into_id:
        raise ActionRefused(_("Una de las dos fichas ya se unió a otra. Abra la que queda y elija de nuevo."))


def _move(source: Person, target: Person) -> dict[str, Moved]:
    moved = {}
    for keeper in keepers():
        move = keeper.move_function()
        if move and any((rows := move(source, target, None)).values()):
            moved[keeper.name] = {what: keys for what, keys in rows.items() if keys}
    return moved


@transaction.atomic
def _settle(pk: int) -> int:
    merged = Merge.objects.select_for_update(of=("self",)).select_related("gone").get(pk=pk)
    if merged.settled_at or merged.undone_at:
        return 0
    gone = Person.objects.select_for_update(of=("self",)).get(pk=merged.gone_id)
    Representation.objects.filter(person=gone).delete()
    Representation.objects.filter(representative=gone).delete()
    empty(gone)
    gone.save()
    merged.settled_at, merged.before, merged.chosen = timezone.now(), {}, {}
    merged.save(update_fields=["settled_at", "before", "chosen"])
    return 1


def _note_alike(people: PersonQuerySet, field: str, reason: DuplicateReason) -> None:
    groups = (
        people.values("organisation", field)
        .annotate(number=Count("pk"), keys=ArrayAgg("pk", order_by="pk"))
        .filter(number__range=(2, MOST_ALIKE))
        .order_by("-number", field)
    )
    now = timezone.now()
    pairs = [
        _pair(group["organisation"], group["keys"][0], other, reason, now)
        for group in groups[:MOST_GROUPS]
        for other in group["keys"][1:]
    ]
    PossibleDuplicate.objects.bulk_create(pairs, ignore_conflicts=True)


def _pair(organisation: int, first: int, second: int, reason: DuplicateReason, now: datetime) -> PossibleDuplicate:
    return PossibleDuplicate(
        organisation_id=organisation, first_id=first, second_id=second, reason=reason, found_at=now
    )


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
