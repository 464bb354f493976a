"""The benchmark runs from beginning to end and reports every figure."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_tiny_run_reports_every_figure_and_leaves_nothing_behind(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "--tickets", "20", "--seconds", "0.1", "--json", str(figures)]

    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603 - own code

    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(figures.read_text(encoding="utf-8"))
    [size] = report["sizes"]
    pages = [row["name"] for row in size["pages"]]
    assert [row["name"] for row in report["bare"]] == ["granian alone, 5 bytes", "front, 5 bytes", "front, 15 kB"]
    assert {"home", "article", "article, 304", "search", "list of my teams", "list of all open", "ticket"} <= set(pages)
    assert [row["name"] for row in size["form"]][-2:] == ["GET enviada", "the whole form"]
    assert all(row["requests"] and row["p50"] <= row["p95"] for row in size["pages"] + size["form"])
    assert size["memory"]["processes"] >= 2
    assert size["import"]["per_second"] > 0


def test_a_tiny_run_of_the_search_reports_every_size(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench.search", "--articles", "2,4", "--seconds", "0.5", "--json", str(figures)]

    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603 - own code

    assert done.returncode == 0, done.stdout + done.stderr
    rows = [(row["articles"], row["way"]) for row in json.loads(figures.read_text(encoding="utf-8"))]
    assert rows == [(2, "search"), (2, "suggest"), (4, "search"), (4, "suggest")]


def test_a_tiny_run_of_the_streams_reports_updates_and_memory(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench.streams", "--desks", "3", "--idle", "5", "--rounds", "2"]

    done = subprocess.run(  # noqa: S603 - own code
        [*command, "--json", str(figures)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    *updates, idle = json.loads(figures.read_text(encoding="utf-8"))["rows"]
    assert [row["count"] for row in updates] == [6, 6, 6]
    assert all(0 < row["p50"] <= row["p99"] <= row["most"] for row in updates)
    assert idle["before_mib"] > 0
