"""People look after their own account: name, password, second factor, sessions."""

import re
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from mostrador.accounts.actions import demand_second_factor
from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, Session, User
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.tokens import token_hash
from tests import make

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

PASSWORD = "una contraseña larga"
NEW_PASSWORD = "cuatro palabras sin nexo"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def user(organisation: Organisation) -> User:
    return make.user(organisation)


def sign_in(client: Client, user: User, password: str = PASSWORD) -> "_MonkeyPatchedWSGIResponse":
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def code_for(secret: str) -> str:
    """What an authenticator application shows now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def give_authenticator(user: User) -> str:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    return secret


def test_name_and_language_are_changed(client: Client, user: User) -> None:
    client.force_login(user)

    response = client.post(reverse("accounts:own_account"), {"name": "Marta Ruiz", "language": "ca"})

    user.refresh_from_db()
    assert response["Location"] == "/cuenta/"
    assert (user.name, user.language) == ("Marta Ruiz", "ca")
    assert 'lang="ca"' in client.get("/cuenta/").content.decode()


def test_a_language_that_is_not_offered_is_refused(client: Client, user: User) -> None:
    client.force_login(user)

    response = client.post(reverse("accounts:own_account"), {"name": "Marta", "language": "fr"})

    assert response.status_code == 422


def test_the_page_of_an_account_is_for_its_owner(client: Client, organisation: Organisation) -> None:
    assert client.get("/cuenta/")["Location"] == "/cuenta/entrar/?next=/cuenta/"


class TestPassword:
    """How a password is changed, and got back."""

    def test_it_is_changed_with_the_current_one_and_the_person_is_told(self, client: Client, user: User) -> None:
        client.force_login(user)

        response = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})

        user.refresh_from_db()
        assert response.status_code == 302
        assert user.check_password(NEW_PASSWORD)
        assert client.get("/cuenta/").status_code == 200
        assert [message.to for message in mail.outbox] == [[user.email]]
        assert "se ha cambiado su contraseña" in str(mail.outbox[0].body)
        assert Event.objects.filter(verb="accounts.password_changed", actor_id=user.pk).exists()

    def test_changing_it_ends_the_other_sessions(self, client: Client, user: User) -> None:
        elsewhere = Client()
        elsewhere.force_login(user)
        client.force_login(user)

        client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})

        assert elsewhere.get("/cuenta/").status_code == 302

    def test_the_wrong_current_one_or_a_weak_new_one_is_refused(self, client: Client, user: User) -> None:
        client.force_login(user)
        address = reverse("account_change_password")

        wrong = client.post(address, {"oldpassword": "otra", "password1": NEW_PASSWORD})
        weak = client.post(address, {"oldpassword": PASSWORD, "password1": "corta"})

        assert (wrong.status_code, weak.status_code) == (422, 422)
        assert "Esa no es su contraseña actual." in wrong.content.decode()
        assert user.check_password(PASSWORD)

    def test_a_forgotten_one_is_replaced_by_a_link(self, client: Client, user: User) -> None:
        asked = client.post(reverse("account_reset_password"), {"email": user.email.upper()})
        link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
        assert link is not None
        shown = client.get(link[1], follow=True)
        form = re.search(r'action="(/cuenta/contrasena/nueva/[^"]+)"', shown.content.decode())
        assert form is not None

        done = client.post(form[1], {"password1": NEW_PASSWORD})

        user.refresh_from_db()
        assert asked["Location"] == reverse("account_reset_password_done")
        assert done["Location"] == reverse("account_reset_password_from_key_done")
        assert user.check_password(NEW_PASSWORD)
        assert client.get(done["Location"]).status_code == 200
        assert "ya no sirve" in Client().get(link[1], follow=True).content.decode()

    def test_asking_for_an_unknown_address_looks_the_same_and_sends_nothing(
        self, client: Client, organisation: Organisation
    ) -> None:
        response = client.post(reverse("account_reset_password"), {"email": "nadie@sede.example"})

        assert response["Location"] == reverse("account_reset_password_done")
        assert client.get(response["Location"]).status_code == 200
        assert mail.outbox == []

    def test_an_invented_link_says_so(self, client: Client, organisation: Organisation) -> None:
        response = client.get("/cuenta/contrasena/nueva/1-c0ffee-0123456789abcdef/")

        assert "El enlace ya no sirve" in response.content.decode()

    def test_somebody_without_one_may_set_one(self, client: Client, user: User) -> None:
        user.set_unusable_password()
        user.save()
        client.force_login(user)

        assert client.get(reverse("account_change_password"))["Location"] == reverse("account_set_password")
        assert client.get(reverse("account_set_password")).status_code == 200
        client.post(reverse("account_set_password"), {"password1": NEW_PASSWORD})

        user.refresh_from_db()
        assert user.check_password(NEW_PASSWORD)


class TestSecondFactor:
    """Codes, recovery codes, and who must have them."""

    def test_an_authenticator_is_added_right_after_signing_in(
        self, client: Client, user: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        sign_in(client, user)
        page = client.get(reverse("mfa_activate_totp"))
        secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode())
        assert secret is not None

        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret[1])}, follow=True)

        assert page.status_code == 200
        assert "data:image/svg+xml;base64," in page.content.decode()
        assert response.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
        assert len(re.findall(r"<li><code>", response.content.decode())) == 10
        assert secret[1] not in str(Authenticator.objects.get(user=user, type="totp").data)
        assert Event.objects.filter(verb="accounts.authenticator_added", actor_id=user.pk).exists()

    def test_a_wrong_code_adds_nothing(self, client: Client, user: User) -> None:
        sign_in(client, user)
        client.get(reverse("mfa_activate_totp"))

        response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

        assert response.status_code == 422
        assert "El código no es correcto" in response.content.decode()
        assert not Authenticator.objects.exists()

    def test_an_old_session_proves_who_it_is_first(self, client: Client, user: User) -> None:
        client.force_login(user)

        asked = client.get(reverse("mfa_activate_totp"))
        shown = client.get(asked["Location"])
        wrong = client.post(asked["Location"], {"password": "otra"})
        confirmed = client.post(
            reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("mfa_activate_totp")}
        )

        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        assert (shown.status_code, wrong.status_code) == (200, 422)
        assert confirmed["Location"] == reverse("mfa_activate_totp")
        assert client.get(confirmed["Location"]).status_code == 200

    def test_signing_in_takes_the_code_too(self, client: Client, user: User) -> None:
        secret = give_authenticator(user)

        first = sign_in(client, user)
        still_outside = client.get("/cuenta/")
        page = client.get(first["Location"])
        wrong = client.post(first["Location"], {"code": "000000"})
        done = client.post(first["Location"], {"code": code_for(secret)})

        assert first["Location"] == reverse("mfa_authenticate")
        assert still_outside.status_code == 302
        assert (page.status_code, wrong.status_code) == (200, 422)
        assert done["Location"] == "/gestion/"
        assert Event.objects.get(verb="accounts.signed_in").details == {"methods": ["password", "mfa"]}

    def test_a_recovery_code_serves_once(self, client: Client, user: User) -> None:
        give_authenticator(user)
        code = RecoveryCodes.activate(user).generate_codes()[0]

        for expected in (302, 422):
            other = Client()
            sign_in(other, user)
            response = other.post(reverse("mfa_authenticate"), {"code": code})
            assert response.status_code == expected

    def test_recovery_codes_are_downloaded_and_made_again(self, client: Client, user: User) -> None:
        secret = give_authenticator(user)
        RecoveryCodes.activate(user)
        sign_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})

        first = client.get(reverse("mfa_download_recovery_codes"))
        client.post(reverse("mfa_generate_recovery_codes"))
        second = client.get(reverse("mfa_download_recovery_codes"))

        assert first["Content-Disposition"].startswith("attachment")
        assert len(re.findall(r"^\d{8}$", first.content.decode(), re.MULTILINE)) == 10
        assert first.content != second.content

    def test_the_authenticator_is_taken_away(self, client: Client, user: User) -> None:
        secret = give_authenticator(user)
        sign_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})

        asked = client.get(reverse("mfa_deactivate_totp"))
        client.post(reverse("mfa_deactivate_totp"))

        assert asked.status_code == 200
        assert not Authenticator.objects.exists()
        assert [str(message.body).count("se ha quitado la aplicación") for message in mail.outbox] == [1]

    @pytest.mark.parametrize("name", ["mfa_index", "mfa_list_webauthn"])
    def test_its_pages_open(self, client: Client, user: User, name: str) -> None:
        give_authenticator(user)
        client.force_login(user)

        assert client.get(reverse(name)).status_code == 200

    def test_a_role_that_needs_one_is_led_to_it_before_any_page_of_the_desk(
        self, client: Client, organisation: Organisation
    ) -> None:
        administrator = make.user(organisation, Role.ADMINISTRATOR)
        client.force_login(administrator)
        client.post(reverse("accounts:second_factor_policy"), {"roles": ["administrator"]})

        blocked = client.get(reverse("accounts:staff"))
        explained = client.get(blocked["Location"])
        own = client.get("/cuenta/")
        give_authenticator(administrator)
        open_now = client.get(reverse("accounts:staff"))

        assert blocked["Location"] == "/cuenta/segundo-factor/necesario/?next=/gestion/personal/"
        assert (explained.status_code, own.status_code, open_now.status_code) == (200, 200, 200)
        assert Event.objects.filter(verb="accounts.second_factor_demanded").exists()

    def test_what_a_body_demands_holds_in_those_below_it_and_not_above(
        self, client: Client, organisation: Organisation
    ) -> None:
        parent = make.organisation()
        Organisation.objects.filter(pk=organisation.pk).update(parent=parent, path=f"{parent.path}{organisation.pk}/")
        child = make.organisation(parent=Organisation.objects.get(pk=organisation.pk), host="hija.example")
        agent = make.user(child)
        demand_second_factor(organisation, roles=[Role.AGENT], by=agent)
        above = make.user(parent)
        editor = make.user(child, Role.EDITOR)

        assert access_of(agent, child).needs_second_factor
        assert not access_of(editor, child).needs_second_factor
        assert not access_of(above, parent).needs_second_factor

    def test_what_a_body_demands_cannot_be_avoided_by_visiting_another(self, organisation: Organisation) -> None:
        parent, stranger = make.organisation(), make.organisation()
        Organisation.objects.filter(pk=organisation.pk).update(parent=parent, path=f"{parent.path}{organisation.pk}/")
        agent = make.user(organisation)
        Membership.objects.create(organisation=stranger, user=agent, role=Role.EDITOR)
        above = make.user(parent, with_descendants=True)
        demand_second_factor(organisation, roles=[Role.AGENT], by=agent)

        # The desk of either host shows the tickets of both.
        assert access_of(agent, stranger).needs_second_factor
        assert access_of(above, parent).needs_second_factor


class TestSessions:
    """Where somebody is signed in."""

    def test_each_device_is_listed_and_another_can_be_signed_out(self, client: Client, user: User) -> None:
        phone = Client()
        phone.post(
            reverse("account_login"),
            {"login": user.email, "password": PASSWORD},
            headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile"},
        )
        sign_in(client, user)
        page = client.get(reverse("accounts:sessions")).content.decode()
        handle = re.search(r'name="session" value="(\w+)"', page)
        assert handle is not None
        assert str(phone.session.session_key) not in page

        client.post(reverse("accounts:end_session"), {"session": handle[1]})

        assert "Chrome, Android" in page
        assert phone.get("/cuenta/").status_code == 302
        assert client.get("/cuenta/").status_code == 200
        assert Event.objects.filter(verb="accounts.session_ended", actor_id=user.pk).exists()

    def test_all_the_others_are_signed_out_at_once(self, client: Client, user: User) -> None:
        others = [Client(), Client()]
        for other in others:
            sign_in(other, user)
        sign_in(client, user)

        client.post(reverse("accounts:end_other_sessions"))

        assert [other.get("/cuenta/").status_code for other in others] == [302, 302]
        assert Session.objects.filter(user=user).count() == 1

    def test_nobody_ends_the_session_of_another_person(self, client: Client, organisation: Organisation) -> None:
        theirs = Client()
        sign_in(theirs, make.user(organisation))
        client.force_login(make.user(organisation))
        response = client.post(
            reverse("accounts:end_session"), {"session": token_hash(str(theirs.session.session_key))[:16]}
        )

        assert response.status_code == 404
        assert theirs.get("/cuenta/").status_code == 200
