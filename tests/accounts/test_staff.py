"""Administrators see and change who works at their organisation."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mostrador.accounts import actions, queries
from mostrador.accounts.choices import Role
from mostrador.accounts.models import Departure, Session, User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make


@pytest.fixture
def administrator(organisation: Organisation) -> User:
    return make.user(organisation, Role.ADMINISTRATOR)


def test_the_list_shows_everybody_with_what_they_do(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    team = make.team(organisation)
    make.user(organisation, Role.EDITOR, teams=(team,))
    elsewhere = make.user(make.organisation())
    client.force_login(administrator)

    page = client.get(reverse("accounts:staff")).content.decode()

    assert "edición de contenidos" in page
    assert team.name in page
    assert elsewhere.email not in page


def test_the_list_asks_the_database_the_same_for_one_and_for_three(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    client.force_login(administrator)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("accounts:staff")).status_code == 200
        return len(asked)

    alone = count()
    for number in range(3):
        left = make.user(organisation)
        actions.remove_member(organisation, left, by=administrator)
        make.user(organisation, teams=(make.team(organisation),))
        actions.invite(organisation, email=f"n{number}@sede.example", name="N", roles=["agent"], by=administrator)

    assert count() == alone == 10


def test_names_are_in_spanish_order(organisation: Organisation) -> None:
    for name in ("Zoe", "Ñuño", "Óscar", "Nuria", "olga", "Ana"):
        user = make.user(organisation)
        User.objects.filter(pk=user.pk).update(name=name)

    assert [row.name for row in queries.staff_of(organisation)] == ["Ana", "Nuria", "Ñuño", "olga", "Óscar", "Zoe"]


def test_changing_what_somebody_does_is_on_record(client: Client, organisation: Organisation) -> None:
    administrator = make.user(organisation, Role.ADMINISTRATOR, with_descendants=True)
    team = make.team(organisation)
    person = make.user(organisation, Role.AGENT, teams=(make.team(organisation),))
    client.force_login(administrator)

    response = client.post(
        reverse("accounts:member", kwargs={"pk": person.pk}),
        {"roles": ["agent", "supervisor"], "with_descendants": "on", "teams": [team.pk]},
    )

    assert response["Location"] == reverse("accounts:staff")
    assert queries.roles_at(person, organisation) == {"agent": True, "supervisor": True}
    assert queries.teams_at(person, organisation) == [team.pk]
    event = Event.objects.get(verb="accounts.member_changed")
    assert (event.actor_id, event.subject_id, event.organisation_id) == (administrator.pk, person.pk, organisation.pk)
    assert event.details == {"before": {"agent": False}, "after": {"agent": True, "supervisor": True}}


def test_teams_of_another_organisation_are_not_given(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    person = make.user(organisation)
    client.force_login(administrator)

    response = client.post(
        reverse("accounts:member", kwargs={"pk": person.pk}),
        {"roles": ["agent"], "teams": [make.team(make.organisation()).pk]},
    )

    assert response.status_code == 422
    assert queries.teams_at(person, organisation) == []


def test_somebody_who_leaves_is_signed_out_and_keeps_their_name(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    person = make.user(organisation)
    theirs = Client()
    theirs.force_login(person)
    client.force_login(administrator)

    client.post(reverse("accounts:remove_member", kwargs={"pk": person.pk}))

    person.refresh_from_db()
    assert (person.is_active, person.name) == (False, f"Persona {person.name.split()[-1]}")
    assert not Session.objects.filter(user=person).exists()
    assert theirs.get("/cuenta/").status_code == 302
    assert person.name in client.get(reverse("accounts:staff")).content.decode()
    assert Event.objects.filter(verb="accounts.member_removed", subject_id=person.pk).exists()


def test_leaving_can_be_undone(client: Client, organisation: Organisation, administrator: User) -> None:
    team = make.team(organisation)
    person = make.user(organisation, Role.EDITOR, with_descendants=True, teams=(team,))
    departure = actions.remove_member(organisation, person, by=administrator)
    client.force_login(administrator)
    address = reverse("accounts:restore_member", kwargs={"pk": departure.pk})

    client.post(address)

    person.refresh_from_db()
    assert person.is_active
    assert queries.roles_at(person, organisation) == {"editor": True}
    assert queries.teams_at(person, organisation) == [team.pk]
    assert client.post(address).status_code == 404


def test_somebody_who_works_elsewhere_too_can_still_sign_in_there(
    organisation: Organisation, administrator: User
) -> None:
    other = make.organisation()
    person = make.user(other)
    invitation, _ = actions.invite(organisation, email=person.email, name="P", roles=["agent"], by=administrator)
    actions.join_with_invitation(invitation, user=person)

    actions.remove_member(organisation, person, by=administrator)

    person.refresh_from_db()
    assert person.is_active
    assert queries.roles_at(person, other) == {"agent": False}


def test_who_left_can_be_invited_again(organisation: Organisation, administrator: User) -> None:
    person = make.user(organisation)
    actions.remove_member(organisation, person, by=administrator)
    invitation, _ = actions.invite(organisation, email=person.email, name="P", roles=["editor"], by=administrator)

    actions.join_with_invitation(invitation, user=person)
    actions.remove_member(organisation, person, by=administrator)

    assert Departure.objects.filter(user=person, returned_at__isnull=True).count() == 1


@pytest.mark.parametrize("whose", ["their own", "a colleague's"])
def test_an_administrator_of_one_body_gives_nobody_access_to_those_below(
    client: Client, organisation: Organisation, administrator: User, whose: str
) -> None:
    make.organisation(parent=organisation)
    person = administrator if whose == "their own" else make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(administrator)
    data = {"roles": ["administrator"], "with_descendants": "on"}

    changed = client.post(reverse("accounts:member", kwargs={"pk": person.pk}), data)
    invited = client.post(reverse("accounts:invite"), data | {"name": "N", "email": "n@sede.example"})

    assert (changed.status_code, invited.status_code) == (422, 422)
    assert "Usted administra solo esta entidad" in changed.content.decode()
    assert queries.roles_at(person, organisation) == {"administrator": False}
    assert not mail.outbox


def test_an_administrator_of_one_body_may_change_what_else_somebody_does(
    organisation: Organisation, administrator: User
) -> None:
    person = make.user(organisation, with_descendants=True)
    team = make.team(organisation)

    actions.change_member(organisation, person, roles=["agent"], with_descendants=True, teams=[team], by=administrator)

    assert queries.roles_at(person, organisation) == {"agent": True}


def test_the_last_administrator_can_neither_leave_nor_be_demoted(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    client.force_login(administrator)

    left = client.post(reverse("accounts:remove_member", kwargs={"pk": administrator.pk}), follow=True)
    demoted = client.post(reverse("accounts:member", kwargs={"pk": administrator.pk}), {"roles": ["agent"]})

    assert "Nadie más administra" in left.content.decode()
    assert "Nadie más administra" in demoted.content.decode()
    assert queries.roles_at(administrator, organisation) == {"administrator": False}


def test_with_another_administrator_one_may_leave(organisation: Organisation, administrator: User) -> None:
    other = make.user(organisation, Role.ADMINISTRATOR)

    actions.remove_member(organisation, administrator, by=other)

    assert queries.roles_at(administrator, organisation) == {}


def test_a_deactivated_administrator_does_not_count(organisation: Organisation, administrator: User) -> None:
    other = make.user(organisation, Role.ADMINISTRATOR)
    User.objects.filter(pk=other.pk).update(is_active=False)

    with pytest.raises(ActionRefused, match="Nadie más administra"):
        actions.remove_member(organisation, administrator, by=administrator)


def test_an_administrator_above_is_enough_for_a_town_hall(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    above = make.user(organisation, Role.ADMINISTRATOR, with_descendants=True)
    local = make.user(child, Role.ADMINISTRATOR)

    actions.remove_member(child, local, by=above)

    assert queries.roles_at(local, child) == {}


def test_the_only_one_who_administers_the_town_halls_may_not_stop_doing_so(organisation: Organisation) -> None:
    make.organisation(parent=organisation)
    above = make.user(organisation, Role.ADMINISTRATOR, with_descendants=True)
    here = make.user(organisation, Role.ADMINISTRATOR)

    for roles, deep in (({"agent"}, True), ({"administrator"}, False)):
        with pytest.raises(ActionRefused, match="Nadie más administra"):
            actions.change_member(organisation, above, roles=roles, with_descendants=deep, teams=[], by=here)

    assert queries.roles_at(above, organisation) == {"administrator": True}


def test_a_lost_second_factor_is_removed_and_the_person_told(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    person = make.user(organisation)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    client.force_login(administrator)
    address = reverse("accounts:remove_second_factor", kwargs={"pk": person.pk})
    assert address in client.get(reverse("accounts:member", kwargs={"pk": person.pk})).content.decode()

    client.post(address)

    assert not queries.has_second_factor(person)
    assert [message.to for message in mail.outbox] == [[person.email]]
    assert Event.objects.filter(verb="accounts.second_factor_removed", actor_id=administrator.pk).exists()


def test_the_second_factor_of_somebody_who_works_elsewhere_too_is_not_ours_to_remove(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    person = make.user(make.organisation())
    invitation, _ = actions.invite(organisation, email=person.email, name="P", roles=["agent"], by=administrator)
    actions.join_with_invitation(invitation, user=person)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    client.force_login(administrator)
    address = reverse("accounts:remove_second_factor", kwargs={"pk": person.pk})

    response = client.post(address)

    assert response.status_code == 403
    assert queries.has_second_factor(person)
    assert address not in client.get(reverse("accounts:member", kwargs={"pk": person.pk})).content.decode()


def test_an_administrator_of_another_organisation_finds_nobody_of_ours(
    client: Client, organisation: Organisation
) -> None:
    person = make.user(organisation)
    child = make.organisation(parent=organisation, host="otra.example")
    client.force_login(make.user(child, Role.ADMINISTRATOR))

    response = client.get(reverse("accounts:member", kwargs={"pk": person.pk}), headers={"Host": "otra.example"})

    assert response.status_code == 404
