"""Fetch the mail of mailboxes on other people's servers."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mostrador.mailbox.actions.fetching import look_into
from mostrador.mailbox.errors import NotReached
from mostrador.mailbox.management.fetcher import Fetcher
from mostrador.mailbox.models import Mailbox


class Command(BaseCommand):
    help = "Fetch mail from the servers of all mailboxes as it arrives, until stopped; with --once, what is there now."
    requires_system_checks = []  # they load every page, which takes memory for as long as this runs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", metavar="ADDRESS", default="", help="only the mailbox with this address")
        parser.add_argument("--once", action="store_true", help="fetch what is there now and end")

    def handle(self, *, mailbox: str, once: bool, **options: Any) -> None:
        if mailbox and not Mailbox.objects.fetched().of_address(mailbox).exists():
            raise CommandError(f"No mailbox in use that is fetched has the address {mailbox}.")
        if once:
            self._fetch_once(mailbox)
            return
        fetcher = Fetcher(mailbox)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: fetcher.stop())
        fetcher.run()

    def _fetch_once(self, address: str) -> None:
        mailboxes = Mailbox.objects.fetched()
        if address:
            mailboxes = mailboxes.of_address(address)
        failed = 0
        for mailbox in mailboxes.order_by("address"):
            try:
                look = look_into(mailbox)
            except NotReached as error:
                trouble: NotReached | None = error
            else:
                trouble = look.trouble
                said = "another process is fetching it just now" if look.is_elsewhere else f"{look.taken} fetched"
                self.stdout.write(f"{mailbox.address}: {said}")
            if trouble:
                failed += 1
                self.stderr.write(f"{mailbox.address}: {trouble.problem}: {trouble.answer}")
        if failed:
            raise CommandError(f"{failed} could not be fetched entirely.")
