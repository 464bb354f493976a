"""Measure the search with questions whose answers are known."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mostrador.help_centre.queries.evaluation import WAYS, answers
from mostrador.help_centre.rules.evaluation import Asked, figures, question_of, report_of
from mostrador.organisations.models import HostName, Organisation

COLUMNS = ("hit@1", "hit@3", "hit@5", "mrr@10", "without_result", "median_ms", "p95_ms")


class Command(BaseCommand):
    help = "Ask the search every question of a file and count how often the right topic comes first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help='lines of JSON: {"question": …, "lang": …, "topic": …}')
        parser.add_argument("--sede", help="host name of the organisation that is asked; the first one by default")
        parser.add_argument("--json", action="store_true", help="print JSON only")

    def handle(self, *, file: Path, sede: str | None, **options: Any) -> None:
        organisation, questions = _organisation(sede), _questions(file)
        by_way = {name: answers(organisation, questions, way) for name, way in WAYS.items()}
        report = report_of(by_way["ours"])
        counted = {name: [each for each in found if each.asked.is_counted] for name, found in by_way.items()}
        report["ways"] = {name: figures(counted[name] or found) for name, found in by_way.items()}
        if options["json"]:
            self.stdout.write(_text(report))
            return
        self._table(report)

    def _table(self, report: dict[str, Any]) -> None:
        self._lines("counted questions", report["ways"])
        self._lines("ours", {"all questions": report["all"], "not counted": report["not_counted"]})
        self._lines("by language", report["by_language"])
        self._lines("by topic", report["by_topic"])
        self.stdout.write(_text({"misses": report["misses"]}))

    def _lines(self, title: str, rows: dict[str, Any]) -> None:
        self.stdout.write(f"{title:24} {'n':>4} " + " ".join(f"{name:>14}" for name in COLUMNS))
        for name, row in rows.items():
            if row["questions"]:
                self.stdout.write(
                    f"{name:24} {row['questions']:>4} " + " ".join(f"{row[column]:>14}" for column in COLUMNS)
                )
        self.stdout.write("")


def _text(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=1)


def _organisation(sede: str | None) -> Organisation:
    if sede is None:
        first = Organisation.objects.order_by("path").first()
    else:
        host = HostName.objects.select_related("organisation").filter(name=sede.lower()).first()
        first = host.organisation if host else None
    if first is None:
        raise CommandError(f"No organisation answers at {sede}." if sede else "There is no organisation yet.")
    return first


def _questions(path: Path) -> list[Asked]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"Cannot read {path}: {problem}") from problem
    questions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                questions.append(question_of(json.loads(line), number))
            except (ValueError, KeyError, TypeError) as problem:
                raise CommandError(
                    f"Line {number} of {path} is no question with lang and topic: {problem!r}"
                ) from problem
    return questions
