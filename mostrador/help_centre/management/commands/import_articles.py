"""Bring articles in from an archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mostrador.help_centre.actions.exchange import import_archive
from mostrador.organisations.queries import organisation_of_operator
from mostrador.shared.errors import ActionRefused


class Command(BaseCommand):
    help = "Import articles from a zip file written by export-articles. Importing it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the zip file")
        parser.add_argument("--sede", metavar="HOST", default="", help="host name; needed when there are several trees")
        parser.add_argument("--publish", action="store_true", help="publish what was published; otherwise all is draft")

    def handle(self, *, file: str, sede: str, publish: bool, **options: Any) -> None:
        organisation = organisation_of_operator(sede)
        if organisation is None:
            raise CommandError("Say which organisation with --sede HOST, a name at which it answers.")
        try:
            with Path(file).open("rb") as content:
                report = import_archive(organisation, content, author=None, publish=publish)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except ActionRefused as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        for path, line, text in report["problems"]:
            self.stderr.write(f"{path}:{line}: {text}" if line else f"{path}: {text}")
        done = f"{report['created']} articles created, {report['published']} texts published"
        self.stdout.write(f"{done}, {report['drafts']} drafts written, {report['same']} texts were here already")
