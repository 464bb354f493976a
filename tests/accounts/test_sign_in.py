"""Staff sign in with a password, and sign out."""

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Session, User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from tests import make

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

PASSWORD = "una contraseña larga"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def sign_in(client: Client, user: User, password: str = PASSWORD, **data: str) -> "_MonkeyPatchedWSGIResponse":
    return client.post(
        reverse("account_login"),
        {"login": user.email, "password": password, **data},
        headers={"User-Agent": FIREFOX},
    )


def test_the_right_password_lets_in_and_is_on_record(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)

    response = sign_in(client, user)

    assert (response.status_code, response["Location"]) == (302, "/gestion/")
    event = Event.objects.get(verb="accounts.signed_in")
    assert (event.organisation_id, event.actor_id, event.details) == (
        organisation.pk,
        user.pk,
        {"methods": ["password"]},
    )


def test_the_page_somebody_wanted_opens_after_signing_in(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)
    wanted = client.get(reverse("accounts:own_account"))
    assert wanted["Location"] == "/cuenta/entrar/?next=/cuenta/"

    response = sign_in(client, user, next="/cuenta/")

    assert response["Location"] == "/cuenta/"


def test_nobody_is_sent_to_another_site_after_signing_in(client: Client, organisation: Organisation) -> None:
    response = sign_in(client, make.user(organisation), next="https://evil.example/")

    assert response["Location"] == "/gestion/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: Client, organisation: Organisation
) -> None:
    user = make.user(organisation)
    stranger = User(email="nadie@sede.example")

    wrong, unknown = sign_in(client, user, "otra cosa"), sign_in(client, stranger)

    assert wrong.status_code == unknown.status_code == 422
    assert "El correo o la contraseña no son correctos." in wrong.content.decode()
    assert "El correo o la contraseña no son correctos." in unknown.content.decode()
    failed = Event.objects.filter(verb="accounts.sign_in_failed")
    assert list(failed.values_list("subject_id", "actor_id")) == [(user.pk, None)]


def test_five_wrong_passwords_lock_the_account_for_five_minutes(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)
    for _ in range(5):
        sign_in(client, user, "otra cosa")

    locked = sign_in(client, user)

    assert locked.status_code == 422
    assert "Demasiados intentos fallidos" in locked.content.decode()


def test_too_many_attempts_from_one_place_get_a_plain_page(
    client: Client, organisation: Organisation, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    user = make.user(organisation)
    for _ in range(2):
        sign_in(client, user, "otra cosa")

    response = sign_in(client, user)

    assert response.status_code == 429
    assert "Demasiados intentos seguidos" in response.content.decode()


def test_the_limits_keep_no_address(client: Client, organisation: Organisation) -> None:
    client.post(reverse("account_login"), {"login": "a@b.es", "password": "x"}, REMOTE_ADDR="203.0.113.77")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE cache_key LIKE '%%203.0.113%%') FROM shared_cache")
        stored, with_address = cursor.fetchone()

    assert stored > 0
    assert with_address == 0


def test_somebody_deactivated_does_not_get_in(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)
    User.objects.filter(pk=user.pk).update(is_active=False)

    response = sign_in(client, user)

    assert "_auth_user_id" not in client.session
    assert response["Location"] == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200


def test_signing_out_takes_a_click_and_is_on_record(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)
    client.force_login(user)

    asked = client.get(reverse("account_logout"))
    done = client.post(reverse("account_logout"))

    assert asked.status_code == 200
    assert done["Location"] == "/cuenta/entrar/"
    assert "_auth_user_id" not in client.session
    assert Event.objects.filter(verb="accounts.signed_out", actor_id=user.pk).exists()


def test_a_session_knows_its_device_and_not_its_address(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)

    sign_in(client, user)

    session = Session.objects.get(user=user)
    assert session.device == "Firefox, Windows"
    assert session.signed_in_at is not None
    assert {field.name for field in Session._meta.fields} == {
        *("session_key", "session_data", "expire_date"),
        *("user", "device", "signed_in_at"),
    }
    assert "127.0.0.1" not in str(session.get_decoded())


def test_passwords_are_kept_with_argon2(organisation: Organisation, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

    user = make.user(organisation)

    assert isinstance(identify_hasher(user.password), Argon2PasswordHasher)
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("language", ["es", "ca", "gl", "eu", "en"])
def test_the_page_speaks_every_language(client: Client, organisation: Organisation, language: str) -> None:
    prefix = "" if language == "es" else f"/{language}"

    response = client.get(f"{prefix}/cuenta/entrar/")

    assert response.status_code == 200
    assert f'lang="{language}"' in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"


def test_staff_pages_send_strangers_to_sign_in_and_htmx_with_them(client: Client, organisation: Organisation) -> None:
    page = client.get("/gestion/personal/")
    fragment = client.get("/gestion/personal/", headers={"HX-Request": "true"})

    assert page["Location"] == "/cuenta/entrar/?next=/gestion/personal/"
    assert fragment["HX-Redirect"] == "/cuenta/entrar/?next=/gestion/personal/"


def test_members_without_the_role_are_refused_and_people_from_elsewhere_find_nothing(
    client: Client, organisation: Organisation
) -> None:
    client.force_login(make.user(organisation, Role.AGENT))
    refused = client.get("/gestion/personal/")
    client.force_login(make.user(make.organisation(), Role.ADMINISTRATOR))
    missing = client.get("/gestion/personal/")

    assert (refused.status_code, missing.status_code) == (403, 404)
