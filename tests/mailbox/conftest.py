"""What tests of e-mail share."""

from pathlib import Path
from typing import Any

import pytest

from mostrador.mailbox.models import Mailbox
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Keep originals and attachments of each test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def mailbox(organisation: Organisation) -> Mailbox:
    """The mailbox of the organisation's desk."""
    return make.mailbox(organisation, address="soporte@sede.example")
