"""Write the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand

from mostrador.help_centre.actions.index import index_everything, refresh_popularity


class Command(BaseCommand):
    help = "Write the search of the help centre anew. Searches find less until it ends."

    def handle(self, **options: Any) -> None:
        done = 0
        for done in index_everything():
            if done % 1000 == 0:
                self.stdout.write(f"{done} texts …")
        refresh_popularity()
        self.stdout.write(f"{done} texts and procedures can be found")
