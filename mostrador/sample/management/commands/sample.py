"""Load or remove the sample office."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mostrador.sample import actions, queries
from mostrador.sample.rules import PASSWORD
from mostrador.shared.errors import ActionRefused


class Command(BaseCommand):
    help = "Load the sample office (an invented diputación with two town halls), or take it away with --remove."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take it away, with everything that belongs to it")

    def handle(self, *, remove: bool, **options: Any) -> None:
        try:
            if remove:
                self.stdout.write(f"{actions.remove_sample()} sample organisations removed")
                return
            actions.load_sample()
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Password of everybody in the sample office: {PASSWORD}")
        for email, name, role in queries.sign_ins():
            self.stdout.write(f"  {email:<42} {name}, {role}")
