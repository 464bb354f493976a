"""Make the first administrator."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from mostrador.accounts.actions import add_administrator, invite
from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import HostName, Organisation
from mostrador.shared.errors import ActionRefused


class Command(BaseCommand):
    help = "Make somebody an administrator of an organisation and everything under it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="address with which they sign in")
        parser.add_argument("--name", default="", help="their name, for a new account")
        parser.add_argument(
            "--organisation", metavar="HOST", help="host name of the organisation; needed when there are several trees"
        )
        parser.add_argument("--invite", action="store_true", help="print a link to set the password instead of asking")

    def handle(self, *, email: str, name: str, organisation: str | None, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an e-mail address.") from error
        where = _organisation(organisation)
        exists = User.objects.filter(email__iexact=email).exists()
        if options["invite"]:
            self._invite(where, email, name)
            return
        password = None if exists else _ask_password(email, name)
        user = add_administrator(where, email=email, name=name or email.partition("@")[0], password=password)
        self.stdout.write(f"{user.email} administers {where.name} and everything under it.")

    def _invite(self, organisation: Organisation, email: str, name: str) -> None:
        try:
            _invitation, link = invite(
                organisation,
                email=email,
                name=name or email.partition("@")[0],
                roles=[Role.ADMINISTRATOR],
                with_descendants=True,
                by=None,
            )
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(link)


def _organisation(host: str | None) -> Organisation:
    if host:
        found = Organisation.objects.filter(pk__in=_keys_of_host(host)).first()
        if found is None:
            raise CommandError(f"No organisation answers at {host!r}.")
        return found
    roots = list(Organisation.objects.filter(parent__isnull=True).order_by("pk")[:2])
    if not roots:
        raise CommandError("There is no organisation yet. Open the first page in a browser: it asks for one.")
    if len(roots) > 1:
        raise CommandError("There are several organisations at the top. Say which with --organisation HOST.")
    return roots[0]


def _keys_of_host(host: str) -> Any:
    return HostName.objects.filter(name=host.lower()).values("organisation_id")


def _ask_password(email: str, name: str) -> str:
    """Ask twice at a terminal; read one line otherwise, so that it can be piped in."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise CommandError("The two passwords differ; nothing was done.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
