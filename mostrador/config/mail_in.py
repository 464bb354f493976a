"""Taking mail that servers bring to us: how `receive-mail` and `listen-mail` begin and end."""

import argparse
import sys
import traceback
from importlib import import_module
from typing import NoReturn

import django
from django.conf import settings

from mostrador.config.errors import CannotStart
from mostrador.config.installation import Installation, adopt
from mostrador.mailbox.rules.exit_codes import Exit


class Parser(argparse.ArgumentParser):
    """Refuses with the code of sysexits.h. Postfix believes "4.3.5" more, and keeps the mail until all is right."""

    def error(self, message: str) -> NoReturn:
        self.exit(Exit.USAGE, f"4.3.5 mostrador receive-mail: {message}\n{self.format_usage()}")


def receive(words: list[str]) -> int:
    """Keep the message that a mail server pipes into us; whatever goes wrong with us, it has to try again later.

    The database is not started for it: an installation that is being stopped or upgraded is left alone meanwhile.
    """
    try:
        options = arguments(words)
        set_up(running_installation())
        return int(import_module("mostrador.mailbox.adapters.pipe").receive_mail(options))
    except CannotStart as problem:
        print(f"4.3.0 {problem}", file=sys.stderr)
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:  # noqa: BLE001 - the outer loop: neither a bug nor a signal may send the message back
        print("4.3.0 Mostrador could not keep the message", file=sys.stderr)
        traceback.print_exc()
    return Exit.TEMPORARY


def arguments(words: list[str]) -> argparse.Namespace:
    """Read the command line.

    Raises:
        SystemExit: It is not as it should be (64).
    """
    parser = Parser(prog="mostrador receive-mail", description="Keep one message, which comes on the standard input.")
    parser.add_argument("--mailbox", metavar="ADDRESS", help="whose it is, whatever the message says")
    parser.add_argument("--sender", metavar="ADDRESS", help="sender of the envelope; empty for notices of failure")
    parser.add_argument(
        "--recipient", metavar="ADDRESS", nargs="+", action="extend", default=[], help="of the envelope"
    )
    return parser.parse_args(words)


def running_installation() -> Installation:
    """Return this installation when its database answers.

    Raises:
        CannotStart: It does not.
    """
    installation = Installation()
    installation.prepare()
    if installation.has_own_database and not installation.postgres.answers():
        raise CannotStart("Mostrador is not running here.")
    return installation


def set_up(installation: Installation) -> None:
    """Load the tables, and no job: jobs are asked for by name. That takes half as long."""
    adopt(installation.environment())
    settings.PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
    django.setup(set_prefix=False)


def listen(installation: Installation) -> int:
    """Take mail by LMTP or SMTP until SIGTERM or Ctrl-C."""
    set_up(installation)
    return int(import_module("mostrador.mailbox.adapters.listener").listen())
