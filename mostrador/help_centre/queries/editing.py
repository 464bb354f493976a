"""What editors ask: their articles, and the texts that are being written."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.accounts.permissions import Access
from mostrador.help_centre.models import Article
from mostrador.help_centre.permissions import EDITORS
from mostrador.help_centre.rules.texts import Pictures
from mostrador.organisations.models import Organisation


def editable_articles(access: Access, *roles: Any) -> QuerySet[Article]:
    """Return the articles of the organisations where one of the roles is held."""
    return Article.objects.filter(organisation__in=access.organisation_ids(*roles)).select_related("organisation")


def editors_of(organisation: Organisation) -> QuerySet[User]:
    """Return who may publish at the organisation, by a membership there or above it."""
    return User.objects.filter(Exists(memberships_reaching(organisation).filter(user=OuterRef("pk"))), is_active=True)


def other_editors(organisation: Organisation, user: User) -> int:
    """Return how many other people may publish at the organisation, by a membership there or above it."""
    return editors_of(organisation).exclude(pk=user.pk).count()


def people_to_tell(organisation: Organisation, *, without: set[int | None]) -> list[User]:
    """Return who is asked to look at a text: the organisation's editors, else its administrators, else those above it.

    Args:
        organisation: Whose text it is.
        without: Keys of those who need not be told.
    """
    groups: dict[tuple[bool, bool], dict[int, User]] = {}
    memberships = memberships_reaching(organisation).filter(user__is_active=True).select_related("user")
    for membership in memberships.order_by("user"):
        if membership.user_id not in without:
            nearness = membership.organisation_id != organisation.pk, membership.role != Role.EDITOR
            groups.setdefault(nearness, {})[membership.user_id] = membership.user
    return list(groups[min(groups)].values()) if groups else []


def memberships_reaching(organisation: Organisation) -> QuerySet[Membership]:
    """Return the memberships by which somebody edits at the organisation: there, or above it with descendants."""
    reaching = Q(organisation=organisation) | Q(organisation__in=organisation.lineage, with_descendants=True)
    return Membership.objects.filter(reaching, role__in=EDITORS)


def pictures_of(article: Article) -> Pictures:
    """Return width and height of the article's pictures, by key."""
    return {key: (width, height) for key, width, height in article.pictures.values_list("key", "width", "height")}
