"""Build rows for tests. Every function needs only what the test is about."""

from itertools import count

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.organisations.models import HostName, Organisation, Team, Topic

_number = count(1)


def organisation(
    *, host: str | None = None, parent: Organisation | None = None, name: str | None = None
) -> Organisation:
    """A public body with its own host name and one team that takes new tickets."""
    n = next(_number)
    made = Organisation.objects.create(
        parent=parent,
        name=name or f"Ayuntamiento {n}",
        short_name=f"Ayto. {n}",
        languages=["es", "ca", "gl", "eu", "en"],
    )
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save(update_fields=["path"])
    HostName.objects.create(organisation=made, name=host or f"sede{n}.example", is_primary=True)
    team(made, is_default=True)
    return made


def team(organisation: Organisation, *, is_default: bool = False) -> Team:
    """A team of the organisation."""
    n = next(_number)
    return Team.objects.create(organisation=organisation, name=f"Equipo {n}", slug=f"equipo-{n}", is_default=is_default)


def topic(organisation: Organisation, *, slug: str | None = None) -> Topic:
    """A topic of the organisation."""
    n = next(_number)
    return Topic.objects.create(organisation=organisation, slug=slug or f"tema-{n}", names={"es": f"Tema {n}"})


def user(
    organisation: Organisation, role: Role = Role.AGENT, *, with_descendants: bool = False, teams: tuple[Team, ...] = ()
) -> User:
    """Somebody who works at the organisation."""
    n = next(_number)
    made = User.objects.create_user(
        email=f"persona{n}@sede.example", name=f"Persona {n}", password="una contraseña larga"
    )
    Membership.objects.create(organisation=organisation, user=made, role=role, with_descendants=with_descendants)
    for team in teams:
        TeamMembership.objects.create(team=team, user=made)
    return made
