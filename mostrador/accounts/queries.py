"""What is asked about staff."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import (
    AccessPolicy,
    Departure,
    Invitation,
    Membership,
    Session,
    TeamMembership,
    User,
)
from mostrador.accounts.permissions import Access
from mostrador.accounts.rules import left_without_administrator, name_order
from mostrador.organisations.models import Organisation
from mostrador.shared.tokens import token_hash

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of the list of staff."""

    pk: int
    name: str
    email: str
    roles: tuple[Role, ...]
    with_descendants: bool
    teams: tuple[str, ...]
    last_login: datetime | None
    has_second_factor: bool


# Written out: every page of the desk asks, and putting three questions together cost more than all the answers.
# A second factor is demanded by the policy of an organisation that a membership reaches, or of one above it: of each of
# them, whichever is visited, because the desk shows at every host name what all the memberships reach.
_ACCESS = """
SELECT teams, role, demanding,
       CASE WHEN with_descendants
            THEN ARRAY(SELECT id FROM organisations_organisation AS below WHERE starts_with(below.path, place.path))
            ELSE ARRAY[place.id] END AS reached
FROM (SELECT ARRAY(SELECT team_id FROM accounts_teammembership WHERE user_id = %(user)s) AS teams) AS own
LEFT JOIN accounts_membership AS membership ON membership.user_id = %(user)s
LEFT JOIN organisations_organisation AS place ON place.id = membership.organisation_id
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM accounts_accesspolicy AS policy
        JOIN organisations_organisation AS holder ON holder.id = policy.organisation_id
        WHERE membership.role = ANY (policy.second_factor_roles)
          AND (starts_with(place.path, holder.path)
               OR membership.with_descendants AND starts_with(holder.path, place.path))
    ) AS demanding
) AS demand
"""


def access_of(user: User, visited: Organisation) -> Access:
    """Return what the user may do. One query, whatever the number of memberships."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCESS, {"user": user.pk})
        rows = cursor.fetchall()
    by_role: defaultdict[Role, set[int]] = defaultdict(set)
    for _teams, role, _demanding, reached in rows:
        if role:
            by_role[Role(role)] |= set(reached)
    return Access(
        user=user,
        visited=visited.pk,
        by_role={role: frozenset(organisations) for role, organisations in by_role.items()},
        team_ids=frozenset(rows[0][0]),
        needs_second_factor=any(demanding for _teams, _role, demanding, _reached in rows),
    )


def has_second_factor(user: User) -> bool:
    """Tell whether an authenticator or a passkey has been set up."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists())


def workplaces_of(user: User) -> frozenset[int]:
    """Return the keys of the organisations where somebody has a role."""
    return frozenset(Membership.objects.filter(user=user).values_list("organisation_id", flat=True))


def staff_of(organisation: Organisation) -> list[StaffRow]:
    """Return who works at the organisation, in the order of their names. Three queries, whatever their number."""
    memberships: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    fields = ("user_id", "role", "with_descendants", "user__name", "user__email", "user__last_login")
    for row in Membership.objects.filter(organisation=organisation).order_by("pk").values(*fields):
        memberships[row["user_id"]].append(row)
    teams: defaultdict[int, list[str]] = defaultdict(list)
    for user_id, team in (
        _team_memberships(organisation).order_by("team__name", "pk").values_list("user_id", "team__name")
    ):
        teams[user_id].append(team)
    protected = set(
        Authenticator.objects.filter(user_id__in=memberships, type__in=SECOND_FACTORS).values_list("user_id", flat=True)
    )
    staff = [
        StaffRow(
            pk=user_id,
            name=rows[0]["user__name"],
            email=rows[0]["user__email"],
            roles=tuple(Role(row["role"]) for row in rows),
            with_descendants=any(row["with_descendants"] for row in rows),
            teams=tuple(teams[user_id]),
            last_login=rows[0]["user__last_login"],
            has_second_factor=user_id in protected,
        )
        for user_id, rows in memberships.items()
    ]
    return sorted(staff, key=lambda row: (name_order(row.name), row.pk))


def members_of(organisation: Organisation) -> QuerySet[User]:
    """Return the users with a role at the organisation itself."""
    return User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), organisation=organisation)))


def administrators_of(organisation: Organisation) -> list[str]:
    """Return the names of up to five people who administer the organisation, its own before those above it."""
    reaching = Q(organisation=organisation) | Q(organisation__in=organisation.lineage, with_descendants=True)
    administrators = Membership.objects.filter(reaching, role=Role.ADMINISTRATOR, user__is_active=True)
    names = administrators.order_by("-organisation__path", "user__name", "pk").values_list("user__name", flat=True)
    return list(dict.fromkeys(names))[:5]


def roles_at(user: User, organisation: Organisation) -> dict[str, bool]:
    """Return each role that somebody has at the organisation itself, with whether it reaches descendants."""
    held = Membership.objects.filter(user=user, organisation=organisation).order_by("pk")
    return dict(held.values_list("role", "with_descendants"))


def teams_at(user: User, organisation: Organisation) -> list[int]:
    """Return the keys of the organisation's teams that somebody works in."""
    return list(_team_memberships(organisation).filter(user=user).order_by("team_id").values_list("team_id", flat=True))


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Return the invitations that nobody has accepted or revoked, newest first; some may have expired."""
    return (
        Invitation.objects.filter(organisation=organisation, accepted_at__isnull=True, revoked_at__isnull=True)
        .select_related("invited_by")
        .order_by("-invited_at", "-pk")
    )


def current_departures(organisation: Organisation) -> QuerySet[Departure]:
    """Return who left and has not come back, newest first."""
    return (
        Departure.objects.filter(organisation=organisation, returned_at__isnull=True)
        .select_related("user")
        .order_by("-left_at", "-pk")
    )


def invitation_with_token(token: str) -> Invitation | None:
    """Return the invitation of a private link, in whatever state it is, or None."""
    return Invitation.objects.select_related("organisation").filter(token_hash=token_hash(token)).first()


def second_factor_roles(organisation: Organisation) -> list[str]:
    """Return the roles that must use a second factor by the organisation's own policy."""
    policy = AccessPolicy.objects.filter(organisation=organisation).first()
    return policy.second_factor_roles if policy else []


def administers_below(user: User, organisation: Organisation) -> bool:
    """Tell whether somebody administers the organisation together with everything under it."""
    return Membership.objects.filter(
        user=user, role=Role.ADMINISTRATOR, with_descendants=True, organisation__in=organisation.lineage
    ).exists()


def sessions_of(user: User) -> QuerySet[Session]:
    """Return the sessions in which somebody is signed in, newest first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-signed_in_at", "pk")


def organisations_left_alone(organisation: Organisation, *, without: Iterable[int]) -> list[str]:
    """Return the paths of the organisation and its descendants that nobody would administer any more.

    Args:
        organisation: Top of the part of the tree that is looked at.
        without: Keys of the memberships that would go.
    """
    paths = Organisation.objects.under(organisation).values_list("path", flat=True)
    administrators = (
        Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
        .exclude(pk__in=without)
        .values_list("organisation__path", "with_descendants")
    )
    return left_without_administrator(paths, administrators)


def _team_memberships(organisation: Organisation) -> QuerySet[TeamMembership]:
    return TeamMembership.objects.filter(team__organisation=organisation)
