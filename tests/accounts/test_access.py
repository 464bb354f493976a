"""What somebody may do, from their memberships."""

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from tests import make


def test_a_membership_with_descendants_reaches_the_whole_subtree(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    grandchild = make.organisation(parent=child)
    make.organisation()
    agent = make.user(organisation, Role.AGENT, with_descendants=True)

    access = access_of(agent, grandchild)

    assert access.organisation_ids() == {organisation.pk, child.pk, grandchild.pk}
    assert access.roles == {Role.AGENT}


def test_a_membership_without_descendants_stays_where_it_is(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    agent = make.user(organisation, Role.AGENT)

    access = access_of(agent, child)

    assert access.organisation_ids() == {organisation.pk}
    assert not access.has()


def test_several_memberships_add_up(organisation: Organisation) -> None:
    other = make.organisation()
    agent = make.user(organisation, Role.AGENT)
    Membership.objects.create(organisation=other, user=agent, role=Role.EDITOR)

    access = access_of(agent, organisation)

    assert access.organisation_ids(Role.EDITOR) == {other.pk}
    assert access.organisation_ids() == {organisation.pk, other.pk}
    assert access.has(Role.AGENT)
    assert not access.has(Role.EDITOR)
