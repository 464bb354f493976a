"""What somebody may do, and where."""

from dataclasses import dataclass, field

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User


def may_remove_second_factor(access: "Access", works_at: frozenset[int]) -> bool:
    """Tell whether somebody may take the second factor of a person who works at these organisations.

    Only who administers all of them: it protects each.
    """
    return bool(works_at) and works_at <= access.organisation_ids(Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Access:
    """What one user may do, computed once per request.

    Attributes:
        user: Who it is.
        visited: Key of the organisation whose host name is being visited.
        by_role: For each role, the organisations in which it is held, descendants included.
        team_ids: Teams that the user works in.
        needs_second_factor: Whether one of the roles, held anywhere, demands a second factor at sign-in.
    """

    user: User
    visited: int
    by_role: dict[Role, frozenset[int]] = field(default_factory=dict)
    team_ids: frozenset[int] = frozenset()
    needs_second_factor: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """Roles at the visited organisation."""
        return frozenset(role for role, organisations in self.by_role.items() if self.visited in organisations)

    def has(self, *roles: Role) -> bool:
        """Tell whether one of these roles (any at all when none is named) is held at the visited organisation."""
        return bool(self.roles & set(roles)) if roles else bool(self.roles)

    def organisation_ids(self, *roles: Role) -> frozenset[int]:
        """Return where one of these roles (any at all when none is named) is held."""
        wanted = roles or tuple(self.by_role)
        return frozenset().union(*(self.by_role.get(role, frozenset()) for role in wanted))
