"""What is asked of the audit record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from mostrador.audit.choices import Break
from mostrador.audit.models import ChainCheck, Event, EventQuerySet, Seal
from mostrador.audit.rules import EVENT_FIELDS, BrokenLink, Link, Walk, follow

CHUNK = 2000
# The job seals every minute; beyond this the worker is down, or somebody interferes.
SEALED_WITHIN = timedelta(minutes=15)

KnownHeads = Mapping[int, tuple[int, str]]


def first_broken_link(known_heads: KnownHeads | None = None) -> BrokenLink | None:
    """Follow every organisation's chain and name the first broken line, or None when all are sound.

    Args:
        known_heads: Position and hash kept outside of the database, by organisation: what is cut off at the end of a
            chain can only be noticed with one of these.

    Reads the whole record, some 20 000 lines a second.
    """
    for organisation_id in organisations_with_events():
        _, broken = follow_chain(organisation_id, known_head=(known_heads or {}).get(organisation_id))
        if broken:
            return broken
    return None


def follow_chain(organisation_id: int, *, known_head: tuple[int, str] | None = None) -> tuple[Walk, BrokenLink | None]:
    """Follow one chain from its beginning; return how far it is sound, and the first broken line or None."""
    walk = Walk(organisation_id)
    while links := _links_after(organisation_id, walk.position):
        if broken := follow(walk, links):
            return walk, broken
        for link in links:
            if known_head and link.position == known_head[0] and link.hash != known_head[1]:
                return walk, BrokenLink(organisation_id, link.position, link.event_id, Break.CHANGED)
    if known_head and walk.position < known_head[0]:
        return walk, BrokenLink(organisation_id, walk.position + 1, None, Break.END_MISSING)
    forgotten = (
        unsealed_events()
        .filter(organisation_id=organisation_id, at__lt=timezone.now() - SEALED_WITHIN)
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    return walk, BrokenLink(organisation_id, None, forgotten, Break.UNSEALED) if forgotten else None


def organisations_with_events() -> Iterator[int]:
    """Return, in order, the key of each organisation of the record; one short query each, not a scan."""
    last = 0
    while following := _next_organisation(last):
        last = following
        yield following


def unsealed_events() -> EventQuerySet:
    """Return the events that are not in a chain yet."""
    return Event.objects.filter(seal__isnull=True)


def chain_head(organisation_id: int) -> tuple[int, str] | None:
    """Return position and hash of the last line of a chain."""
    return (
        Seal.objects.filter(organisation_id=organisation_id)
        .order_by("-position")
        .values_list("position", "hash")
        .first()
    )


def last_check(organisation_id: int) -> ChainCheck | None:
    """Return what the last check of a chain found."""
    return ChainCheck.objects.filter(organisation_id=organisation_id).first()


def all_words() -> dict[str, str | Promise]:
    """Return each verb of the record with the words that people read, as the apps declare them (`audit_words`)."""
    words: dict[str, str | Promise] = {}
    for config in apps.get_app_configs():
        words |= getattr(config, "audit_words", {})
    return words


def words_of(verb: str) -> str:
    """Return what people read for a verb; the verb itself when its app has gone."""
    return str(all_words().get(verb, verb))


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which events are wanted; days are days of the active time zone, both included."""

    first_day: date | None = None
    last_day: date | None = None
    actor_id: int | None = None
    by_nobody: bool = False
    verb: str = ""
    label: str = ""


def events_of(organisation_id: int, wanted: RecordFilter) -> EventQuerySet:
    """Return an organisation's events that fit, newest first. Each filter has its index."""
    events = Event.objects.filter(organisation_id=organisation_id)
    if wanted.first_day:
        events = events.filter(at__gte=_midnight(wanted.first_day))
    if wanted.last_day:
        events = events.filter(at__lt=_midnight(wanted.last_day + timedelta(days=1)))
    if wanted.actor_id is not None:
        events = events.filter(actor_id=wanted.actor_id)
    if wanted.by_nobody:
        events = events.filter(actor_id__isnull=True)
    if wanted.verb:
        events = events.filter(verb=wanted.verb)
    if wanted.label:
        events = events.filter(subject_label__iexact=wanted.label)
    return events.order_by("-at", "-pk")


def key_of(event: Event) -> str:
    """Return an event's place in the list, for `before`."""
    return f"{event.at.timestamp():.6f}-{event.pk}"


def before(events: EventQuerySet, key: str) -> EventQuerySet:
    """Return the events that stand after the one with this key; all of them when the key is no key."""
    moment, _, number = key.partition("-")
    try:
        at, pk = datetime.fromtimestamp(float(moment), tz=timezone.get_default_timezone()), int(number)
    except (ValueError, OverflowError, OSError):
        return events
    return events.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))


def with_seals(events: EventQuerySet) -> Iterator[tuple[Event, Seal | None]]:
    """Return events oldest first with their seals, in pieces, however many there are."""
    rows = events.order_by("at", "pk")
    last: Event | None = None
    while True:
        piece = rows
        if last:
            piece = rows.filter(at__gte=last.at).filter(Q(at__gt=last.at) | Q(pk__gt=last.pk))
        chunk = list(piece[:CHUNK])
        seals = Seal.objects.in_bulk([event.pk for event in chunk])
        yield from ((event, seals.get(event.pk)) for event in chunk)
        if len(chunk) < CHUNK:
            return
        last = chunk[-1]


def seal_of(event_id: int) -> Seal | None:
    """Return an event's place in the chain, or None while it waits for one."""
    return Seal.objects.filter(pk=event_id).first()


def name_of_actor(organisation_id: int, actor: str) -> str:
    """Return the name under which somebody last acted here; empty when they never did or `actor` is no key."""
    if not actor.isdecimal() or len(actor) > len(str(2**62)):
        return ""
    events = Event.objects.filter(organisation_id=organisation_id, actor_id=int(actor))
    return events.order_by("-at", "-pk").values_list("actor_name", flat=True).first() or ""


def kind_of(subject_type: str) -> str:
    """Return what people call a kind of row: "consulta"."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _next_organisation(after: int) -> int | None:
    events = Event.objects.filter(organisation_id__gt=after).order_by("organisation_id")
    seals = Seal.objects.filter(organisation_id__gt=after).order_by("organisation_id")
    found = [rows.values_list("organisation_id", flat=True).first() for rows in (events, seals)]
    return min((key for key in found if key is not None), default=None)


def _links_after(organisation_id: int, position: int) -> list[Link]:
    seals = list(
        Seal.objects.filter(organisation_id=organisation_id, position__gt=position)
        .order_by("position")
        .values_list("position", "previous_hash", "hash", "sealed_at", "event_id")[:CHUNK]
    )
    events = {
        event["id"]: event for event in Event.objects.filter(pk__in=[seal[4] for seal in seals]).values(*EVENT_FIELDS)
    }
    return [
        Link(organisation_id, place, previous, own, sealed_at, event_id, events.get(event_id))
        for place, previous, own, sealed_at, event_id in seals
    ]
