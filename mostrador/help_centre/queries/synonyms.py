"""Words that mean the same, as an organisation's editors see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.db.models.functions import Length

from mostrador.help_centre.models import SynonymGroup
from mostrador.help_centre.rules.synonym_words import compared
from mostrador.help_centre.rules.synonyms import Group, shipped_groups
from mostrador.organisations.models import Organisation


class Origin(Enum):
    """Where a group comes from."""

    OWN = "own"  # of the organisation alone
    CHANGED = "changed"  # of the product or of an ancestor, changed here
    INHERITED = "inherited"  # of an ancestor, or changed by it
    PRODUCT = "product"


@dataclass(frozen=True)
class GroupRow:
    """A group as the organisation has it.

    Attributes:
        key: Names it.
        words: By language; languages without words may be missing.
        is_active: Whether the search uses it.
        origin: Whose words they are.
        source: Name of the ancestor that they are inherited from.
    """

    key: str
    words: dict[str, list[str]]
    is_active: bool
    origin: Origin
    source: str = ""

    @property
    def languages(self) -> list[str]:
        """Those in which it has words."""
        return [code for code, phrases in self.words.items() if phrases]

    @property
    def name(self) -> str:
        """Its first word."""
        return next((phrases[0] for phrases in self.words.values() if phrases), self.key)


@dataclass(frozen=True)
class GroupRows:
    """A page of the list, and the key after which the next begins ("" when there is none)."""

    rows: list[GroupRow]
    next: str


def synonym_groups(organisation: Organisation) -> list[GroupRow]:
    """Return every group of an organisation, its own and changed ones first, the newest before. One query."""
    own, inherited = own_and_inherited(organisation)
    changed = {row.key for row in own}
    return own + [row for key, row in inherited.items() if key not in changed]


def own_and_inherited(organisation: Organisation) -> tuple[list[GroupRow], dict[str, GroupRow]]:
    """Return what the organisation itself says, and by key what it would have otherwise. One query.

    Of groups with the same key the nearest counts: the organisation's, its parent's, …, the product's.
    """
    inherited = {
        group.key: GroupRow(group.key, group.words, is_active=True, origin=Origin.PRODUCT) for group in shipped_groups()
    }
    own = []
    changes = SynonymGroup.objects.filter(organisation__in=organisation.lineage).select_related("organisation")
    for row in changes.order_by(Length("organisation__path"), "-changed_at", "pk"):
        if row.organisation_id == organisation.pk:
            origin = Origin.CHANGED if row.key in inherited else Origin.OWN
            own.append(GroupRow(row.key, row.words, row.is_active, origin))
        else:
            source = row.organisation.short_name
            inherited[row.key] = GroupRow(row.key, row.words, row.is_active, Origin.INHERITED, source)
    return own, inherited


def synonym_group(organisation: Organisation, key: str) -> GroupRow | None:
    """Return one group of an organisation. One query."""
    return next((row for row in synonym_groups(organisation) if row.key == key), None)


def synonym_list(organisation: Organisation, *, containing: str, after: str, size: int) -> GroupRows:
    """Return a page of the groups that have a word with this text in it, those after the key `after`. One query."""
    wanted = compared(containing)
    rows = [
        row
        for row in synonym_groups(organisation)
        if not wanted or any(wanted in compared(phrase) for phrases in row.words.values() for phrase in phrases)
    ]
    start = next((place + 1 for place, row in enumerate(rows) if row.key == after), 0)
    page = rows[start : start + size]
    return GroupRows(page, page[-1].key if len(rows) > start + size else "")


def in_use(rows: Iterable[GroupRow]) -> list[Group]:
    """Return the groups that the search uses, as it takes them."""
    return [Group(row.key, row.words) for row in rows if row.is_active]
