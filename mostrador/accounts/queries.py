"""What is asked about staff."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, QuerySet
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


def access_of(user: User, visited: Organisation) -> Access:
    """Return what the user may do. Three queries, whatever the number of memberships."""
    memberships = list(
        Membership.objects.filter(user=user)
        .annotate(demanding=_demanded_second_factor())
        .values_list("role", "with_descendants", "organisation_id", "organisation__path", "demanding")
    )
    roots = [path for _, deep, _, path, _ in memberships if deep]
    paths: list[tuple[int, str]] = []
    if roots:
        # One query for every subtree: a path starts with its root's path.
        pattern = "^(" + "|".join(roots) + ")"
        paths = list(Organisation.objects.filter(path__regex=pattern).values_list("pk", "path"))
    by_role: defaultdict[Role, set[int]] = defaultdict(set)
    needs_second_factor = False
    for role, deep, organisation_id, path, demanding in memberships:
        reached = {organisation_id}
        if deep:
            reached.update(pk for pk, other in paths if other.startswith(path))
        by_role[Role(role)] |= reached
        needs_second_factor |= demanding
    teams = TeamMembership.objects.filter(user=user).values_list("team_id", flat=True)
    return Access(
        user=user,
        visited=visited.pk,
        by_role={role: frozenset(organisations) for role, organisations in by_role.items()},
        team_ids=frozenset(teams),
        needs_second_factor=needs_second_factor,
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


def _demanded_second_factor() -> Exists:
    """Whether the role of a membership is named by the policy of an organisation that it reaches, or of one above it.

    Of each of them, whichever is visited: the desk shows at every host name what all the memberships reach.
    """
    role = Func(
        OuterRef("role"),
        template="ARRAY[%(expressions)s]::varchar(20)[]",
        output_field=ArrayField(CharField(max_length=20)),
    )
    policies = AccessPolicy.objects.filter(second_factor_roles__contains=role).annotate(
        held_at=ExpressionWrapper(OuterRef("organisation__path"), output_field=CharField()),
        held_below=ExpressionWrapper(OuterRef("with_descendants"), output_field=BooleanField()),
    )
    above = Q(held_at__startswith=F("organisation__path"))
    return Exists(policies.filter(above | Q(held_below=True, organisation__path__startswith=F("held_at"))))
