"""How mailboxes are set up: each way asks only for what it needs, and secrets are never shown again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.mailbox.actions.mailboxes import save_mailbox
from mostrador.mailbox.choices import Connection, SignIn, Way
from mostrador.mailbox.clients import oauth
from mostrador.mailbox.models import Folder, Mailbox
from mostrador.mailbox.rules.dkim_keys import record_value
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


TYPED: dict[str, Any] = {
    "name": "Padrón",
    "address": "padron@sede.example",
    "language": "es",
    "sends_acknowledgement": "on",
    "host": "imap.sede.example",
    "port": "993",
    "security": "tls",
    "user": "padron",
    "password": "una contraseña",
    "folders": "INBOX\nAvisos",
    "existing": "leave",
    "afterwards": "leave",
}

AT_ANOTHER_PROVIDER = TYPED | {
    "oauth_token_url": "https://id.example/token",
    "oauth_client": "c",
    "oauth_secret": "s",
    "scopes": "mail",
    "oauth_refresh": "dura",
}


def box_names() -> tuple[str, ...]:
    """What of a mailbox is saved as it is when something else of it changes."""
    of_the_desk = ("name", "address", "aliases", "team", "topic", "language", "trusted_servers")
    return (*of_the_desk, "sends_acknowledgement", "host", "port", "security", "user", "folders")


def jobs() -> list[tuple[str, dict[str, Any]]]:
    asked = ProcrastinateJob.objects.filter(task_name__startswith="mailbox.b")
    return [(job.task_name, {name: job.args[name] for name in job.args if name != "asked_at"}) for job in asked]


def in_use(box: Mailbox) -> bool:
    return Mailbox.objects.filter(pk=box.pk, is_active=True).exists()


def test_first_one_chooses_how_the_mail_arrives(client: Client, administrator: User) -> None:
    page = client.get("/gestion/buzones/nuevo/").text

    assert [f"?como={each.value}" in page for each in Connection] == [True] * 6


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        ("imap", {"host", "password", "folders"}),
        ("pop3", {"host", "password"}),
        ("microsoft", {"oauth_tenant", "oauth_secret", "folders"}),
        ("google", {"oauth_client", "folders"}),
        ("oauth2", {"host", "oauth_token_url", "scopes", "folders"}),
        ("entrega", set()),
    ],
)
def test_each_way_asks_only_for_what_it_needs(client: Client, administrator: User, way: str, asked: set[str]) -> None:
    page = client.get(f"/gestion/buzones/nuevo/?como={way}").text

    of_oauth2 = ("oauth_tenant", "oauth_client", "oauth_secret", "oauth_token_url", "scopes")
    fields = ("host", "password", "folders", *of_oauth2)
    shown = {name for name in fields if f'name="{name}"' in page}
    assert asked <= shown
    assert ("password" in shown) == (way in {"imap", "pop3"})
    assert ("host" in shown) == (way in {"imap", "pop3", "oauth2"})


def test_a_mailbox_is_added_and_begins_with_what_comes_from_now_on(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    answer = client.post("/gestion/buzones/nuevo/?como=imap", TYPED)

    box = Mailbox.objects.get()
    assert answer["Location"] == f"/gestion/buzones/{box.pk}/"
    assert (box.way, box.host, box.password, box.folders) == (
        Way.IMAP,
        "imap.sede.example",
        "una contraseña",
        ["INBOX", "Avisos"],
    )
    assert box.sender.address == "padron@sede.example"
    assert not box.is_active
    assert jobs() == [("mailbox.begin", {"mailbox_id": box.pk, "activate": 1})]


def test_one_may_want_all_that_is_there(client: Client, administrator: User) -> None:
    client.post("/gestion/buzones/nuevo/?como=imap", TYPED | {"existing": "take"})

    assert Mailbox.objects.get().is_active
    assert jobs() == []


def test_presets_know_where_the_big_providers_are(client: Client, administrator: User) -> None:
    typed = TYPED | {"oauth_tenant": "sede.example", "oauth_client": "c", "oauth_secret": "s"}

    answer = client.post(
        "/gestion/buzones/nuevo/?como=microsoft", typed | {"oauth_scope": oauth.MICROSOFT_SCOPES, "host": ""}
    )

    box = Mailbox.objects.get()
    assert (box.host, box.port, box.sign_in, box.oauth_secret) == ("outlook.office365.com", 993, SignIn.MICROSOFT, "s")
    assert answer["Location"] == f"/gestion/buzones/{box.pk}/permiso/"


def test_a_password_is_never_shown_again_and_empty_keeps_it(client: Client, administrator: User) -> None:
    client.post("/gestion/buzones/nuevo/?como=imap", TYPED)
    box = Mailbox.objects.get()

    page = client.get(f"/gestion/buzones/{box.pk}/cambiar/").text
    client.post(f"/gestion/buzones/{box.pk}/cambiar/", TYPED | {"password": "", "name": "Otro"})

    box.refresh_from_db()
    assert "una contraseña" not in page
    assert "no se enseña" in page
    assert (box.name, box.password) == ("Otro", "una contraseña")


@pytest.mark.parametrize(
    "other", [{"host": "otro.example"}, {"port": "143"}, {"security": "starttls"}, {"user": "otra"}], ids=str
)
def test_a_password_that_is_kept_goes_to_no_other_server(
    client: Client, administrator: User, other: dict[str, str]
) -> None:
    client.post("/gestion/buzones/nuevo/?como=imap", TYPED)
    box = Mailbox.objects.get()

    answer = client.post(f"/gestion/buzones/{box.pk}/cambiar/", TYPED | other | {"password": ""})

    assert answer.status_code == 422
    assert "escriba también la contraseña" in answer.text
    values = {name: getattr(box, name) for name in (*box_names(), *other)} | other
    save_mailbox(box.organisation, Connection.IMAP, values, actor=administrator, box=box)
    box.refresh_from_db()
    assert box.password_sealed == ""


def test_a_secret_that_is_kept_goes_to_no_other_issuer(client: Client, administrator: User) -> None:
    client.post("/gestion/buzones/nuevo/?como=oauth2", AT_ANOTHER_PROVIDER)
    box = Mailbox.objects.get()
    other = {"oauth_token_url": "https://otro.example/token"}

    answer = client.post(
        f"/gestion/buzones/{box.pk}/cambiar/", AT_ANOTHER_PROVIDER | other | {"oauth_refresh": "", "oauth_secret": ""}
    )

    assert answer.status_code == 422
    assert "escriba también el secreto" in answer.text
    values = {name: getattr(box, name) for name in (*box_names(), "oauth_client", "oauth_scope")} | other
    save_mailbox(box.organisation, Connection.OAUTH2, values, actor=administrator, box=box)
    box.refresh_from_db()
    assert (box.oauth_secret_sealed, box.oauth_refresh_sealed) == ("", "")


def test_an_address_is_of_one_mailbox_only(mailbox: Mailbox, client: Client, administrator: User) -> None:
    answer = client.post("/gestion/buzones/nuevo/?como=imap", TYPED | {"address": "SOPORTE@sede.example"})

    assert answer.status_code == 422
    assert "Ya hay un buzón con esa dirección" in answer.text
    assert "Padrón" in answer.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"security": "none"}, "la contraseña viajaría a la vista"),
        ({"host": "https://imap.sede.example/"}, "solo el nombre del servidor"),
        ({"afterwards": "move"}, "Diga a qué carpeta se mueve"),
        ({"afterwards": "move", "done_folder": "Avisos"}, "es una de las que se recogen"),
        ({"aliases": "no es"}, "no es una dirección de correo"),
        ({"password": ""}, "obligatorio"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_lost(
    client: Client, administrator: User, wrong: dict[str, str], sentence: str
) -> None:
    answer = client.post("/gestion/buzones/nuevo/?como=imap", TYPED | wrong)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "padron@sede.example" in answer.text
    assert not Mailbox.objects.exists()


def test_on_another_server_numbers_mean_nothing_and_new_folders_are_begun(
    organisation: Organisation, client: Client, administrator: User
) -> None:
    client.post("/gestion/buzones/nuevo/?como=imap", TYPED)
    box = Mailbox.objects.get()
    Mailbox.objects.update(is_active=True)
    for name in box.folders:
        Folder.objects.create(mailbox=box, name=name, uid_validity=7, last_uid=9)
    ProcrastinateJob.objects.all().delete()

    client.post(f"/gestion/buzones/{box.pk}/cambiar/", TYPED | {"host": "otro.example"})

    assert set(box.positions.values_list("uid_validity", "last_uid")) == {(0, 9)}
    assert in_use(box)
    assert jobs() == []

    client.post(f"/gestion/buzones/{box.pk}/cambiar/", TYPED | {"host": "otro.example", "folders": "INBOX\nQuejas"})

    assert not in_use(box)
    assert jobs() == [("mailbox.begin", {"mailbox_id": box.pk, "activate": 1})]


def test_the_secret_of_a_hook_is_shown_once(mailbox: Mailbox, client: Client, administrator: User) -> None:
    client.post(f"/gestion/buzones/{mailbox.pk}/secreto/")

    mailbox.refresh_from_db()
    first, second = (client.get(f"/gestion/buzones/{mailbox.pk}/").text for _ in range(2))
    assert mailbox.hook_secret
    assert mailbox.hook_secret in first
    assert mailbox.hook_secret not in second


def test_how_an_address_sends_is_settled_and_its_key_is_made_here(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    address = f"/gestion/buzones/{mailbox.pk}/envio/"
    client.post(address, {"name": "Soporte", "has_plus": "on", "per_minute": "30", "is_default": "on"})
    assert client.post(f"{address}dkim/", {"selector": "ñ"}).status_code == 422

    client.post(f"{address}dkim/", {"selector": "Mostrador"})

    sender = Sender.objects.get()
    assert (sender.name, sender.has_plus, sender.per_minute, sender.is_default) == ("Soporte", True, 30, True)
    assert sender.dkim_selector == "mostrador"
    page = client.get(address).text
    assert "mostrador._domainkey.sede.example" in page
    assert record_value(sender.dkim_key).replace("+", "&#43;") in page.replace("+", "&#43;")
    assert "PRIVATE KEY" not in page

    client.post(f"{address}dkim/quitar/")

    sender.refresh_from_db()
    assert sender.dkim_key == ""


# --- Permission by OAuth2 -------------------------------------------------------------------------------


@pytest.fixture
def at_google(organisation: Organisation) -> Mailbox:
    """A mailbox that waits for permission."""
    values: dict[str, Any] = {
        **dict.fromkeys(("team", "topic"), None),
        "name": "Soporte",
        "address": "soporte@sede.example",
        "aliases": [],
        "language": "es",
        "trusted_servers": [],
        "sends_acknowledgement": True,
        "user": "soporte@sede.example",
        "oauth_client": "cliente",
        "oauth_secret": "secreto",
    }
    return save_mailbox(organisation, Connection.GOOGLE, values, actor=None)


def begin(client: Client, box: Mailbox) -> str:
    """Open the page that leads to the provider; return the state that it asks with."""
    page = client.get(f"/gestion/buzones/{box.pk}/permiso/").text
    return page.split("state=")[1].split("&amp;")[0]


def test_permission_is_asked_with_pkce_kept_after_a_click_and_spent(
    at_google: Mailbox, client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, str] = {}

    def exchange(issuer: oauth.Issuer, *, code: str, redirect_uri: str, verifier: str) -> oauth.Token:
        asked.update(code=code, redirect_uri=redirect_uri, verifier=verifier)
        return oauth.Token("a", 3600, "dura")

    monkeypatch.setattr("mostrador.mailbox.actions.permission.exchange_code", exchange)
    page = client.get(f"/gestion/buzones/{at_google.pk}/permiso/").text
    assert "https://accounts.google.com/" in page
    assert "code_challenge_method=S256" in page
    state = page.split("state=")[1].split("&amp;")[0]

    shown = client.get("/gestion/buzones/permiso/", {"state": state, "code": "abc"})
    at_google.refresh_from_db()
    assert (shown.status_code, at_google.oauth_refresh_sealed) == (200, "")
    client.post("/gestion/buzones/permiso/", {"state": state, "code": "abc"})

    at_google.refresh_from_db()
    assert at_google.oauth_refresh_token == "dura"
    assert asked["code"] == "abc"
    assert asked["redirect_uri"] == f"http://testserver{reverse('mailbox:permission_given')}"
    assert client.post("/gestion/buzones/permiso/", {"state": state, "code": "abc"}).status_code == 422


def test_a_state_that_was_not_ours_is_refused(at_google: Mailbox, client: Client, administrator: User) -> None:
    begin(client, at_google)

    answer = client.post("/gestion/buzones/permiso/", {"state": "ñ", "code": "abc"})

    at_google.refresh_from_db()
    assert answer.status_code == 422
    assert "no corresponde a ninguna petición" in answer.text
    assert at_google.oauth_refresh_sealed == ""


def test_a_refusal_of_the_provider_is_told(at_google: Mailbox, client: Client, administrator: User) -> None:
    state = begin(client, at_google)

    answer = client.get("/gestion/buzones/permiso/", {"state": state, "error_description": "access denied"})

    assert "access denied" in answer.text


def test_another_provider_may_give_a_lasting_permission(client: Client, administrator: User) -> None:
    typed = AT_ANOTHER_PROVIDER
    client.post("/gestion/buzones/nuevo/?como=oauth2", typed)

    box = Mailbox.objects.get()
    assert (box.sign_in, box.oauth_scope, box.oauth_refresh_token) == (SignIn.OAUTH2, "mail", "dura")

    client.post(f"/gestion/buzones/{box.pk}/cambiar/", typed | {"oauth_refresh": "", "oauth_secret": ""})

    box.refresh_from_db()
    assert (box.oauth_refresh_token, box.oauth_secret) == ("dura", "s")


def test_a_delivered_mailbox_shows_every_door(
    mailbox: Mailbox, client: Client, administrator: User, settings: Settings
) -> None:
    settings.MAIL_LISTEN = ["lmtp://127.0.0.1:8024"]

    page = client.get(f"/gestion/buzones/{mailbox.pk}/").text

    assert "soporte@sede.example  →  lmtp://127.0.0.1:8024" in page
    assert "to-mostrador --mailbox soporte@sede.example" in page
    assert f"/correo/entrada/{mailbox.pk}/mime" in page
