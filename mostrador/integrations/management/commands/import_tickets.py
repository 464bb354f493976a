"""Load tickets in bulk."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mostrador.integrations.actions import Report, import_tickets

MOST_SHOWN = 50  # wrong lines


class Command(BaseCommand):
    help = "Load tickets from a file with one JSON object a line (docs/operating/import-tickets.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--source", default="", help="where the tickets come from; by default the file's name")
        parser.add_argument("--organisation", default="", help="host name of the organisation of lines that name none")

    def handle(self, *, file: str, source: str, organisation: str, **options: Any) -> None:
        begin = time.monotonic()

        def progress(report: Report) -> None:
            rate = report.imported / max(time.monotonic() - begin, 0.001)
            self.stderr.write(f"{report.imported} imported, {len(report.refused)} refused, {rate:.0f} tickets/s")

        try:
            with sys.stdin if file == "-" else Path(file).open(encoding="utf-8", errors="replace") as lines:
                report = import_tickets(
                    lines, source=source or Path(file).stem, organisation=organisation, progress=progress
                )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        for number, reason in report.refused[:MOST_SHOWN]:
            self.stderr.write(f"line {number}: {reason}")
        if len(report.refused) > MOST_SHOWN:
            self.stderr.write(f"… and {len(report.refused) - MOST_SHOWN} more")
        done = f"{report.imported} tickets imported, {report.skipped} were here already"
        self.stdout.write(f"{done}, {len(report.refused)} lines refused")
        if report.refused:
            raise CommandError("some lines were refused; correct them and load the file again", returncode=1)
