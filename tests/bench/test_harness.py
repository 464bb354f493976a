"""The benchmark runs from beginning to end and reports every figure."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.config.conftest import make_place
from tests.journeys.product import copy_installation

pytestmark = pytest.mark.timeout(600)

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def figures_of(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Run a benchmark on an installation of its own and return its report."""
    place, file = make_place(), tmp_path / "figures.json"
    copy_installation(place / "data")

    def run(module: str, *options: str) -> Any:
        command = [sys.executable, "-m", module, *options, "--data", str(place), "--json", str(file)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603 - own code
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(file.read_text(encoding="utf-8"))

    yield run
    shutil.rmtree(place)


def test_a_tiny_run_reports_every_figure(figures_of: Callable[..., Any]) -> None:
    report = figures_of("bench", "--tickets", "20", "--seconds", "0.1")

    [size] = report["sizes"]
    pages = [row["name"] for row in size["pages"]]
    assert [row["name"] for row in report["bare"]] == ["granian alone, 5 bytes", "front, 5 bytes", "front, 15 kB"]
    assert {"home", "article", "article, 304", "search", "list of my teams", "list of all open", "ticket"} <= set(pages)
    assert [row["name"] for row in size["form"]][-2:] == ["GET enviada", "the whole form"]
    assert all(row["requests"] and row["p50"] <= row["p95"] for row in size["pages"] + size["form"])
    assert size["memory"]["processes"] >= 2
    assert size["import"]["per_second"] > 0


def test_a_tiny_run_of_the_search_reports_every_size(figures_of: Callable[..., Any]) -> None:
    report = figures_of("bench.search", "--articles", "2,4", "--seconds", "0.5")

    rows = [(row["articles"], row["way"]) for row in report]
    assert rows == [(2, "search"), (2, "suggest"), (4, "search"), (4, "suggest")]


def test_a_tiny_run_of_the_streams_reports_updates_and_memory(figures_of: Callable[..., Any]) -> None:
    report = figures_of("bench.streams", "--desks", "3", "--idle", "5", "--rounds", "2")

    *updates, idle = report["rows"]
    assert [row["count"] for row in updates] == [6, 6, 6]
    assert all(0 < row["p50"] <= row["p99"] <= row["most"] for row in updates)
    assert idle["before_mib"] > 0


def test_a_tiny_run_of_the_mail_sees_every_message(figures_of: Callable[..., Any]) -> None:
    report = figures_of("bench.mail", "--messages", "20", "--warm-up", "10", "--mailbox", "20", "--big-mib", "1")

    assert [(row["received"], row["originals"], row["done"], row["messages"]) for row in report["rows"]] == [
        (30, 30, 30, 30),
        (30, 30, 30, 30),
    ]
    assert all(row["per_second"] and row["cpu_python"] and row["cpu_database"] for row in report["rows"])
    assert report["mailbox"]["messages"] == 20
    assert [round(row["peak_mib"]) > 30 for row in report["memory"]] == [True, True, True]
