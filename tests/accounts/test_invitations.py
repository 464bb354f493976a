"""People begin to work at an organisation with an invitation."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mostrador.accounts import actions, queries
from mostrador.accounts.choices import InvitationState, Role
from mostrador.accounts.models import Invitation, User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def administrator(organisation: Organisation) -> User:
    return make.user(organisation, Role.ADMINISTRATOR)


def invited(
    organisation: Organisation, administrator: User, email: str = "nueva@sede.example"
) -> tuple[Invitation, str]:
    invitation, link = actions.invite(
        organisation, email=email, name="Nuria Vidal", roles=[Role.AGENT, Role.EDITOR], by=administrator
    )
    return invitation, link.removeprefix("http://testserver:8000")


def test_an_administrator_invites_and_the_person_gets_a_link_once(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    team = make.team(organisation)
    client.force_login(administrator)

    response = client.post(
        reverse("accounts:invite"),
        {"name": "Nuria Vidal", "email": "Nueva@sede.example", "roles": ["agent"], "teams": [team.pk]},
    )

    assert response["Location"] == reverse("accounts:staff")
    (message,) = mail.outbox
    assert message.to == ["nueva@sede.example"]
    assert "oficina de soporte" in message.subject
    found = re.search(r"http://\S+/cuenta/invitacion/(\S+)/", str(message.body))
    assert found is not None
    invitation = Invitation.objects.get()
    assert invitation.token_hash not in str(message.body)
    assert queries.invitation_with_token(found[1]) == invitation
    assert Event.objects.filter(verb="accounts.invited", actor_id=administrator.pk).exists()


def test_the_invited_person_makes_an_account_and_works_at_once(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    team = make.team(organisation)
    invitation, link = invited(organisation, administrator)
    invitation.teams.add(team)

    shown = client.get(link)
    done = client.post(link, {"name": "Nuria", "password": "cuatro palabras sin nexo"})

    assert shown.status_code == 200
    assert shown["Referrer-Policy"] == "no-referrer"
    assert done["Location"] == "/gestion/"
    user = User.objects.get(email="nueva@sede.example")
    assert (user.name, user.check_password("cuatro palabras sin nexo")) == ("Nuria", True)
    assert queries.roles_at(user, organisation) == {"agent": False, "editor": False}
    assert queries.teams_at(user, organisation) == [team.pk]
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Event.objects.filter(verb="accounts.joined", actor_id=user.pk).exists()


def test_opening_the_link_changes_nothing(client: Client, organisation: Organisation, administrator: User) -> None:
    invitation, link = invited(organisation, administrator)

    client.get(link)
    client.head(link)

    assert Invitation.objects.get().state_at(timezone.now()) == InvitationState.OPEN
    assert not User.objects.filter(email=invitation.email).exists()


def test_a_weak_password_is_refused_with_what_was_typed_kept(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    _, link = invited(organisation, administrator)

    response = client.post(link, {"name": "Nuria", "password": "corta"})

    assert response.status_code == 422
    assert 'value="Nuria"' in response.content.decode()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("way", ["used", "revoked", "expired", "invented", "elsewhere"])
def test_a_link_that_is_no_good_says_so(
    client: Client, organisation: Organisation, administrator: User, way: str
) -> None:
    invitation, link = invited(organisation, administrator)
    moment = timezone.now()
    if way == "used":
        actions.accept_invitation(invitation, name="Nuria", password="cuatro palabras sin nexo")
    elif way == "revoked":
        actions.revoke_invitation(invitation, by=administrator)
    elif way == "expired":
        moment += timedelta(days=8)
    elif way == "invented":
        link = reverse("accounts:accept_invitation", kwargs={"token": "inventado"})
    else:
        Invitation.objects.update(organisation=make.organisation())
    before = User.objects.count()

    with time_machine.travel(moment):
        shown = client.get(link)
        posted = client.post(link, {"name": "Nuria", "password": "cuatro palabras sin nexo"})

    assert shown.status_code == posted.status_code == 410
    assert ("ya se ha aceptado" if way == "used" else "ya no sirve") in shown.content.decode()
    assert User.objects.count() == before


def test_somebody_who_left_comes_back_with_the_link_alone(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    user = make.user(organisation)
    actions.remove_member(organisation, user, by=administrator)
    _, link = invited(organisation, administrator, user.email)

    done = client.post(link, {"name": "Nuria", "password": "cuatro palabras sin nexo"})

    user.refresh_from_db()
    assert (done["Location"], client.session["_auth_user_id"]) == ("/gestion/", str(user.pk))
    assert (user.name, user.is_active, user.check_password("cuatro palabras sin nexo")) == ("Nuria", True, True)
    assert queries.roles_at(user, organisation) == {"agent": False, "editor": False}


def test_somebody_with_an_account_signs_in_and_accepts(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    user = make.user(make.organisation())
    _, link = invited(organisation, administrator, user.email)
    shown = client.get(link)
    assert f"/cuenta/entrar/?next={link}" in shown.content.decode()
    client.force_login(user)

    done = client.post(link)

    assert done["Location"] == "/gestion/"
    assert queries.roles_at(user, organisation) == {"agent": False, "editor": False}


def test_an_invitation_to_somebody_else_is_not_accepted(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    user = make.user(make.organisation())
    _, link = invited(organisation, administrator, user.email)
    client.force_login(make.user(make.organisation()))

    response = client.post(link)

    assert response.status_code == 422
    assert "se envió a otra dirección" in response.content.decode()
    assert queries.roles_at(user, organisation) == {}


def test_a_member_is_not_invited_again(organisation: Organisation, administrator: User) -> None:
    member = make.user(organisation)

    with pytest.raises(ActionRefused, match="ya trabaja aquí"):
        actions.invite(organisation, email=member.email.upper(), name="Ana", roles=["agent"], by=administrator)

    assert mail.outbox == []


def test_a_new_invitation_takes_the_place_of_the_open_one(organisation: Organisation, administrator: User) -> None:
    first, _ = invited(organisation, administrator)

    second, _ = invited(organisation, administrator)

    first.refresh_from_db()
    assert first.state_at(timezone.now()) == InvitationState.REVOKED
    assert list(queries.open_invitations(organisation)) == [second]


def test_sending_again_makes_a_new_link_and_the_old_one_stops_working(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    invitation, old = invited(organisation, administrator)
    client.force_login(administrator)

    client.post(reverse("accounts:resend_invitation", kwargs={"pk": invitation.pk}))

    client.logout()
    assert client.get(old).status_code == 410
    assert len(mail.outbox) == 2
    assert Event.objects.filter(verb="accounts.invitation_resent").exists()


def test_an_expired_invitation_can_be_sent_again(organisation: Organisation, administrator: User) -> None:
    invitation, _ = invited(organisation, administrator)

    with time_machine.travel(timezone.now() + timedelta(days=30)):
        actions.resend_invitation(invitation, by=administrator)
        invitation.refresh_from_db()

        assert invitation.state_at(timezone.now()) == InvitationState.OPEN


def test_revoking_is_done_from_the_list(client: Client, organisation: Organisation, administrator: User) -> None:
    invitation, link = invited(organisation, administrator)
    client.force_login(administrator)

    client.post(reverse("accounts:revoke_invitation", kwargs={"pk": invitation.pk}))

    assert list(queries.open_invitations(organisation)) == []
    assert Client().get(link).status_code == 410


def test_the_letter_is_in_the_language_of_the_organisation(organisation: Organisation, administrator: User) -> None:
    organisation.default_language = "en"
    organisation.save()

    invited(organisation, administrator)

    assert "/cuenta/invitacion/" in str(mail.outbox[0].body)
    assert organisation.name in str(mail.outbox[0].body)
