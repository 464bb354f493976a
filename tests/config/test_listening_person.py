"""Who is listening to a stream: the person of the session, for as long as the session lasts."""

import pytest
from django.conf import settings
from django.test import Client

from mostrador.accounts.models import User
from mostrador.config.front import signed_in_person
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def person(organisation: Organisation, client: Client) -> User:
    user = make.user(organisation)
    client.force_login(user)
    return user


def cookies(client: Client) -> str:
    return f"other=1; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.mark.django_db(transaction=True)
def test_a_signed_in_person_is_known_by_the_cookie(client: Client, person: User) -> None:
    assert signed_in_person(cookies(client)) == person.pk


@pytest.mark.django_db(transaction=True)
def test_a_revoked_session_is_nobodys(client: Client, person: User) -> None:
    kept = cookies(client)
    client.session.flush()

    assert signed_in_person(kept) is None


@pytest.mark.django_db(transaction=True)
def test_a_person_who_has_left_listens_no_more(client: Client, person: User) -> None:
    person.is_active = False
    person.save()

    assert signed_in_person(cookies(client)) is None


def test_without_a_session_there_is_nobody() -> None:
    assert signed_in_person("") is None
    assert signed_in_person("other=1") is None
