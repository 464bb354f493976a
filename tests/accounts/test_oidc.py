"""Signing in with an OpenID provider: a real one, as a process on this machine."""

import html
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mostrador.accounts import actions, queries
from mostrador.accounts.choices import Role
from mostrador.accounts.models import Invitation, User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from tests import make

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

MARIA = {"sub": "maria-1", "email": "maria@proveedor.example", "name": "María López"}


@pytest.fixture(scope="module")
def provider_address() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command: list[str | Path] = [
        Path(sys.executable).with_name("oidc-provider-mock"),
        "-p",
        str(port),
        "--user-claims",
        json.dumps(MARIA),
    ]
    process = subprocess.Popen(  # noqa: S603 - the provider of the tests
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=2).raise_for_status()
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the provider did not start")


@pytest.fixture(autouse=True)
def _provider(settings: Settings, provider_address: str, db: None) -> None:
    cache.clear()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "corporativa",
                    "name": "Cuenta corporativa",
                    "client_id": "mostrador",
                    "secret": "secreto",
                    "settings": {"server_url": provider_address},
                }
            ],
        }
    }


def identify(client: Client, address: str, sub: str = MARIA["sub"]) -> "_MonkeyPatchedWSGIResponse":
    """Post a button of ours, identify oneself at the provider, and come back."""
    leaving = client.post(address)
    assert leaving.status_code == 200
    target = re.search(r'content="0; url=([^"]+)"', leaving.content.decode())
    assert target is not None
    away = requests.post(html.unescape(target[1]), data={"sub": sub}, allow_redirects=False, timeout=10)
    return client.get(away.headers["Location"].removeprefix("http://testserver"))


def sign_in_button(client: Client) -> str:
    page = client.get(reverse("account_login")).content.decode()
    found = re.search(r'action="(/cuenta/oidc/corporativa/entrar/[^"]*)"', page)
    assert found is not None
    assert "Entrar con Cuenta corporativa" in page
    return html.unescape(found[1])


def link(user: User, sub: str = MARIA["sub"]) -> None:
    SocialAccount.objects.create(user=user, provider="corporativa", uid=sub)


def test_a_linked_identity_signs_in(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)
    link(user)

    back = identify(client, sign_in_button(client))

    assert back["Location"] == "/gestion/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Event.objects.get(verb="accounts.signed_in").details == {"methods": ["socialaccount"]}


def test_an_unknown_identity_is_refused_calmly(client: Client, organisation: Organisation) -> None:
    make.user(organisation)

    back = identify(client, sign_in_button(client))
    page = client.get(back["Location"])

    assert back["Location"] == reverse("accounts:unknown_identity")
    assert page.status_code == 403
    assert "Esta identidad no tiene cuenta aquí" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1


def test_the_same_address_at_the_provider_opens_nobody_elses_account(
    client: Client, organisation: Organisation
) -> None:
    user = make.user(organisation)
    User.objects.filter(pk=user.pk).update(email=MARIA["email"])

    back = identify(client, sign_in_button(client))

    assert back["Location"] == reverse("accounts:unknown_identity")
    assert not SocialAccount.objects.exists()


def test_an_invitation_is_accepted_with_an_identity(client: Client, organisation: Organisation) -> None:
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    _, address = actions.invite(
        organisation, email="m.lopez@sede.example", name="María López", roles=["agent"], by=administrator
    )
    path = address.removeprefix("http://testserver:8000")
    button = f"{path}con/corporativa/"
    assert button in client.get(path).content.decode()

    back = identify(client, button)

    user = User.objects.get(email="m.lopez@sede.example")
    assert back["Location"] == "/gestion/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert queries.roles_at(user, organisation) == {"agent": False}
    assert not user.has_usable_password()
    again = Client()
    assert identify(again, sign_in_button(again))["Location"] == "/gestion/"


def test_an_invitation_revoked_meanwhile_lets_nobody_in(client: Client, organisation: Organisation) -> None:
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    invitation, address = actions.invite(
        organisation, email="m.lopez@sede.example", name="María", roles=["agent"], by=administrator
    )
    path = address.removeprefix("http://testserver:8000")
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=invitation.invited_at)

    back = identify(client, f"{path}con/corporativa/")

    assert back["Location"] == reverse("accounts:unknown_identity")
    assert User.objects.count() == 1


def test_an_identity_is_linked_and_unlinked_in_ones_own_account(client: Client, organisation: Organisation) -> None:
    user = make.user(organisation)
    client.force_login(user)
    page = client.get(reverse("socialaccount_connections")).content.decode()
    button = re.search(r'action="(/cuenta/oidc/corporativa/entrar/[^"]*process=connect[^"]*)"', page)
    assert button is not None

    back = identify(client, html.unescape(button[1]))
    linked = SocialAccount.objects.get(user=user)
    shown = client.get(back["Location"]).content.decode()
    client.post(reverse("socialaccount_connections"), {"account": linked.pk})

    assert linked.uid == MARIA["sub"]
    assert "Desvincular" in shown
    assert not SocialAccount.objects.exists()


def test_an_answer_that_we_did_not_ask_for_is_refused(client: Client, organisation: Organisation) -> None:
    link(make.user(organisation))

    response = client.get("/cuenta/oidc/corporativa/vuelta/", {"code": "robado", "state": "inventado"})

    assert response.status_code == 401
    assert "No hemos podido identificarle" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_whoever_cancels_comes_back_to_a_calm_page(client: Client, organisation: Organisation) -> None:
    leaving = client.post(sign_in_button(client))
    target = re.search(r'content="0; url=([^"]+)"', leaving.content.decode())
    assert target is not None
    asked = html.unescape(target[1])
    away = requests.post(asked, data={"action": "deny"}, allow_redirects=False, timeout=10)
    state = parse_qs(urlsplit(asked).query)["state"][0]  # this provider forgets to give it back, which it must

    response = client.get(f"{away.headers['Location'].removeprefix('http://testserver')}&state={state}", follow=True)

    assert response.redirect_chain[-1][0] == reverse("socialaccount_login_cancelled")
    assert "Se ha cancelado la identificación" in response.content.decode()


def test_a_provider_that_nobody_configured_is_not_found(client: Client, organisation: Organisation) -> None:
    assert client.post("/cuenta/oidc/otro/entrar/").status_code == 404


def test_the_second_factor_of_a_provider_counts_only_when_it_vouches(
    client: Client, organisation: Organisation, settings: Settings
) -> None:
    user = make.user(organisation, Role.ADMINISTRATOR)
    link(user)
    actions.demand_second_factor(organisation, roles=[Role.ADMINISTRATOR], by=user)
    identify(client, sign_in_button(client))

    without = client.get(reverse("accounts:staff"))
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["second_factor"] = True
    vouched = client.get(reverse("accounts:staff"))

    assert (without.status_code, vouched.status_code) == (302, 200)
