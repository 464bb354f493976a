"""The lists of the search are read when a process starts, so that nobody who searches waits for them."""

import subprocess
import sys
from functools import _lru_cache_wrapper

import pytest

from mostrador.config import worker
from mostrador.help_centre.rules import error_codes, error_messages, synonyms, words
from mostrador.help_centre.rules.lists import load_lists

RULES = (error_codes, error_messages, synonyms, words)
START = """
import django
django.setup()
{start}
from mostrador.help_centre.rules.synonyms import shipped_synonyms
print(shipped_synonyms.cache_info().currsize)
"""


def lists() -> dict[str, "_lru_cache_wrapper[object]"]:
    """Return every list of the rules that is read once, by name."""
    found = {
        f"{module.__name__}.{name}": value
        for module in RULES
        for name, value in vars(module).items()
        if isinstance(value, _lru_cache_wrapper) and value.__module__ == module.__name__
    }
    return {name: value for name, value in found.items() if value.cache_info().maxsize is None}


def test_every_list_is_in_memory_once_they_are_loaded() -> None:
    for each in lists().values():
        each.cache_clear()

    load_lists()

    assert len(lists()) == 11
    assert [name for name, each in lists().items() if not each.cache_info().currsize] == []


def test_a_web_process_starts_with_its_lists() -> None:
    code = START.format(start="from mostrador.config.web import load; load()")

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours

    assert said.stdout.split() == ["1"]


def test_a_worker_starts_with_its_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing() -> None:
        assert synonyms.shipped_synonyms.cache_info().currsize == 1

    synonyms.shipped_synonyms.cache_clear()
    monkeypatch.setattr(worker, "_work", nothing)

    assert worker.work() == 0
