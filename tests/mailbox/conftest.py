"""What tests of e-mail share. The mail server is started when the first test asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mostrador.mailbox.models import Mailbox
from mostrador.organisations.models import Organisation
from tests import make
from tests.mailbox import servers


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Keep originals and attachments of each test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def mailbox(organisation: Organisation) -> Mailbox:
    """The mailbox of the organisation's desk."""
    return make.mailbox(organisation, address="soporte@sede.example")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[servers.Dovecot]:
    """A real server of IMAP and POP3."""
    with servers.dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def token_issuer(dovecot: servers.Dovecot) -> Iterator[servers.TokenIssuer]:
    """Who gives tokens for mailboxes on the server."""
    with servers.token_issuer(dovecot) as issuer:
        yield issuer


@pytest.fixture
def account(dovecot: servers.Dovecot) -> servers.Account:
    """A mailbox without mail."""
    return dovecot.account()
