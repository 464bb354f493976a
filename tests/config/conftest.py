"""Places that every account of the system can pass through, as through ordinary directories."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def make_place() -> Path:
    """Make a directory outside of pytest's own, which it closes to other accounts."""
    directory = Path(tempfile.mkdtemp(prefix="mostrador-place-"))
    directory.chmod(0o711)
    return directory


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory that is removed afterwards."""
    directory = make_place()
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def module_place() -> Iterator[Path]:
    """An empty directory for all tests of a module."""
    directory = make_place()
    yield directory
    shutil.rmtree(directory, ignore_errors=True)
