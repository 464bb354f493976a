"""Bring the figures up to date now."""

from typing import Any

from django.core.management.base import BaseCommand

from mostrador.metrics.actions import roll_up_what_changed


class Command(BaseCommand):
    help = "Bring the figures up to date now, without waiting for the worker."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{roll_up_what_changed()} days computed")
