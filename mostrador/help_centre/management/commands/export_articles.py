"""Write the articles of an organisation to an archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mostrador.help_centre.actions.exchange import write_archive
from mostrador.organisations.queries import organisation_of_operator


class Command(BaseCommand):
    help = "Write all articles of an organisation to a zip file of Markdown texts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the zip file to write; an existing file is not replaced")
        parser.add_argument("--sede", metavar="HOST", default="", help="host name; needed when there are several trees")

    def handle(self, *, file: str, sede: str, **options: Any) -> None:
        organisation = organisation_of_operator(sede)
        if organisation is None:
            raise CommandError("Say which organisation with --sede HOST, a name at which it answers.")
        try:
            with Path(file).open("xb") as target:
                count = write_archive(organisation, target)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error
        self.stdout.write(f"{count} articles of {organisation.name} written to {file}")
