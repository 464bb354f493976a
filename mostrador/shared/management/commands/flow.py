"""Print what every address runs."""

from typing import Any

from django.core.management.base import BaseCommand

from mostrador.shared.flow import flow_lines


class Command(BaseCommand):
    help = "Print what every address runs (docs/developing/flow.txt)."

    def handle(self, **options: Any) -> None:
        for line in flow_lines():
            self.stdout.write(line)
