"""The first administrator is made on the command line."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from mostrador.accounts import queries
from mostrador.accounts.models import User
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from tests import make

PASSWORD = "cuatro palabras sin nexo"


def create_admin(*arguments: str, typed: str = PASSWORD, monkeypatch: pytest.MonkeyPatch) -> str:
    output = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    call_command("create_admin", *arguments, stdout=output)
    return output.getvalue()


def test_it_makes_an_account_that_administers_the_whole_tree(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = create_admin("Ana@sede.example", "--name", "Ana Gil", monkeypatch=monkeypatch)

    user = User.objects.get(email="ana@sede.example")
    assert user.check_password(PASSWORD)
    assert queries.roles_at(user, organisation) == {"administrator": True}
    assert said == f"ana@sede.example administers {organisation.name} and everything under it.\n"


def test_somebody_with_an_account_keeps_their_password_and_roles(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make.user(organisation)

    create_admin(user.email, typed="", monkeypatch=monkeypatch)

    assert queries.roles_at(user, organisation) == {"agent": False, "administrator": True}
    assert User.objects.get(pk=user.pk).check_password("una contraseña larga")


def test_an_invitation_prints_its_link_and_goes_to_the_outbox(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "mostrador.notifications.adapters.OutboxBackend"

    said = create_admin("ana@sede.example", "--invite", monkeypatch=monkeypatch)

    invitation = queries.invitation_with_token(said.strip().rstrip("/").rpartition("/")[2])
    assert invitation is not None
    assert (invitation.email, invitation.roles, invitation.with_descendants) == (
        "ana@sede.example",
        ["administrator"],
        True,
    )
    message = OutgoingMessage.objects.get()
    assert (message.organisation, message.to) == (organisation, "ana@sede.example")
    assert said.strip() in message.text


@pytest.mark.parametrize(
    ("arguments", "typed", "reason"),
    [
        (["no-es-un-correo"], PASSWORD, "not an e-mail address"),
        (["ana@sede.example"], "corta", "corta|corto|caracteres"),
        (["ana@sede.example", "--organisation", "otra.example"], PASSWORD, "No organisation answers"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch, arguments: list[str], typed: str, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        create_admin(*arguments, typed=typed, monkeypatch=monkeypatch)

    assert not User.objects.exists()


@pytest.mark.django_db
def test_without_an_organisation_it_says_where_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="There is no organisation yet"):
        create_admin("ana@sede.example", monkeypatch=monkeypatch)


def test_with_several_trees_it_asks_which(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make.organisation()
    with pytest.raises(CommandError, match="--organisation HOST"):
        create_admin("ana@sede.example", monkeypatch=monkeypatch)

    create_admin("ana@sede.example", "--organisation", other.host, monkeypatch=monkeypatch)

    assert queries.roles_at(User.objects.get(), other) == {"administrator": True}
