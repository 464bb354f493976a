"""What is asked about staff."""

from collections import defaultdict

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation


def access_of(user: User, visited: Organisation) -> Access:
    """Return what the user may do. Three queries, whatever the number of memberships."""
    memberships = list(
        Membership.objects.filter(user=user).values_list(
            "role", "with_descendants", "organisation_id", "organisation__path"
        )
    )
    roots = [path for _, deep, _, path in memberships if deep]
    paths: list[tuple[int, str]] = []
    if roots:
        # One query for every subtree: a path starts with its root's path.
        pattern = "^(" + "|".join(roots) + ")"
        paths = list(Organisation.objects.filter(path__regex=pattern).values_list("pk", "path"))
    by_role: defaultdict[Role, set[int]] = defaultdict(set)
    for role, deep, organisation_id, path in memberships:
        by_role[Role(role)].add(organisation_id)
        if deep:
            by_role[Role(role)].update(pk for pk, other in paths if other.startswith(path))
    teams = TeamMembership.objects.filter(user=user).values_list("team_id", flat=True)
    return Access(
        user=user,
        visited=visited.pk,
        by_role={role: frozenset(organisations) for role, organisations in by_role.items()},
        team_ids=frozenset(teams),
    )
