"""What editors ask: their articles, and the texts that are being written."""

from typing import Any

from django.db.models import QuerySet

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.accounts.permissions import Access
from mostrador.help_centre.models import Article
from mostrador.organisations.models import Organisation

EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)


def editable_articles(access: Access, *roles: Any) -> QuerySet[Article]:
    """Return the articles of the organisations where one of the roles is held."""
    return Article.objects.filter(organisation__in=access.organisation_ids(*roles)).select_related("organisation")


def other_editors(organisation: Organisation, user: User) -> int:
    """Return how many other people may publish at the organisation, by a membership there or above it."""
    members = Membership.objects.filter(role__in=EDITORS, user__is_active=True).exclude(user=user)
    here = members.filter(organisation=organisation)
    above = members.filter(organisation__in=organisation.lineage, with_descendants=True)
    return (here | above).values("user").distinct().count()
