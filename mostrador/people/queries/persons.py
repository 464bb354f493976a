"""Who is known to an organisation, and what each app has about them."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.people.choices import DuplicateReason
from mostrador.people.models import Merge, Person, PersonQuerySet, PossibleDuplicate, Representation
from mostrador.people.rules import Entry, keepers, name_key, normalise_phone
from mostrador.people.rules.identity import looks_like_identity

MOST_FOUND = 50
MOST_PAIRS = 50
MOST_ALIKE = 5
SHORTEST_PHONE = 7  # digits

# Each reason by its own index: with the three in one condition all persons of the organisation are read.
_ALIKE = """
SELECT other.* FROM people_person AS other
WHERE other.id IN (
    SELECT id FROM people_person WHERE organisation_id = %(organisation)s AND phone = %(phone)s
    UNION ALL
    SELECT id FROM people_person WHERE organisation_id = %(organisation)s AND lower(email) = %(email)s
    UNION ALL
    SELECT id FROM people_person WHERE organisation_id = %(organisation)s AND name_key = %(name)s
) AND other.id <> %(person)s AND other.erased_at IS NULL AND other.merged_into_id IS NULL AND NOT EXISTS (
    SELECT FROM people_possibleduplicate AS pair
    WHERE pair.told_apart_at IS NOT NULL
      AND ((pair.first_id = %(person)s AND pair.second_id = other.id)
           OR (pair.second_id = %(person)s AND pair.first_id = other.id))
)
ORDER BY other.id LIMIT %(most)s
"""


def people_found(access: Access, words: str, *, limit: int = MOST_FOUND) -> list[Person]:
    """Return whom this user may see by identity number, e-mail or phone, or by parts that are all in their name.

    At most fifty, who came first comes last; nobody whose data were erased. One query.
    """
    people = Person.objects.visible_to(access).known().select_related("organisation")
    return list(_matching(people, words.strip()).order_by("-pk")[:limit])


def surviving(person: Person) -> Person:
    """Return the record that somebody is known by now: the one that theirs was joined to, or their own."""
    while person.merged_into_id is not None:
        person = Person.objects.select_related("organisation").get(pk=person.merged_into_id)
    return person


def records_of(person: Person) -> list[Person]:
    """Return the record and all that were joined to it, directly or through others. One query for each level."""
    found, level = [person], [person]
    while level:
        level = list(Person.objects.filter(merged_into__in=level).order_by("pk"))
        found += level
    return found


def alike(person: Person) -> list[tuple[Person, DuplicateReason]]:
    """Return who may be the same person: same address, same number or same whole name, at most five. One query."""
    name = name_key(person.name) if " " in person.name.strip() else ""
    if not (person.phone or person.email or name):
        return []
    values = {
        "person": person.pk,
        "organisation": person.organisation_id,
        "phone": person.phone or None,
        "email": person.email.lower() or None,
        "name": name or None,
        "most": MOST_ALIKE,
    }
    return [(other, _reason(person, other)) for other in Person.objects.raw(_ALIKE, values)]


def undecided_pairs(access: Access) -> list[PossibleDuplicate]:
    """Return the pairs that nobody has decided yet, newest first, at most fifty. One query."""
    visible = Person.objects.visible_to(access).known()
    pairs = PossibleDuplicate.objects.filter(told_apart_at__isnull=True, first__in=visible, second__in=visible)
    return list(pairs.select_related("first", "second", "organisation").order_by("-pk")[:MOST_PAIRS])


def merges_of(person: Person) -> list[Merge]:
    """Return which records were joined to this one, newest first. One query."""
    return list(Merge.objects.filter(kept=person).select_related("merged_by", "undone_by").order_by("-pk"))


def representatives_of(person: Person, day: date | None = None) -> list[Representation]:
    """Return who may act for a person on a day (today), the newest first. One query."""
    valid = Representation.objects.valid_on(day or timezone.localdate()).filter(person=person)
    return list(valid.select_related("representative").order_by("-since", "-pk"))


def represented_by(person: Person, day: date | None = None) -> list[Representation]:
    """Return for whom a person may act on a day (today), the newest first. One query."""
    valid = Representation.objects.valid_on(day or timezone.localdate()).filter(representative=person)
    return list(valid.select_related("person").order_by("-since", "-pk"))


@dataclass(frozen=True)
class Held:
    """What one app has about a person, for the desk."""

    title: str
    entries: list[Entry]


def what_is_held(person: Person, access: Access) -> list[Held]:
    """Return what each app shows of a person to this user."""
    shown = [(keeper, keeper.overview_function()) for keeper in keepers()]
    return [Held(str(keeper.title), overview(person, access)) for keeper, overview in shown if overview]


def signals_of(person: Person, access: Access) -> list[tuple[str, str]]:
    """Return what the apps say is good to know of a person at a glance. One query for each app that says something."""
    functions = [keeper.signals_function() for keeper in keepers()]
    return [signal for signals in functions if signals for signal in signals(person, access)]


def _matching(people: PersonQuerySet, words: str) -> PersonQuerySet:
    if "@" in words:
        return people.with_email(words)
    if looks_like_identity(words):
        return people.with_identity(words)
    if len(normalise_phone(words)) >= SHORTEST_PHONE and not any(character.isalpha() for character in words):
        return people.with_phone(words)
    for part in name_key(words).split():
        people = people.filter(name_key__contains=part)
    return people


def _reason(person: Person, other: Person) -> DuplicateReason:
    if person.email and person.email == other.email:
        return DuplicateReason.EMAIL
    return DuplicateReason.PHONE if person.phone and person.phone == other.phone else DuplicateReason.NAME
