"""The console command `mostrador`: everything that an operator types."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from mostrador.config import backup, schema
from mostrador.config.errors import CannotStart
from mostrador.config.installation import Installation, adopt, read_env_file
from mostrador.config.supervisor import Supervisor

# Their own spelling on our command line → Django's management command.
RENAMED = {
    "check": "check_installation",
    "create-admin": "create_admin",
    "evaluate-search": "evaluate_search",
    "export-articles": "export_articles",
    "fetch-mail": "fetch_mail",
    "import-articles": "import_articles",
    "import-tickets": "import_tickets",
    "reindex-search": "reindex_search",
}
# Commands that need no database, or bring their own.
WITHOUT_DATABASE = {"help", "--help", "-h", "version", "--version", "compilemessages", "makemessages", "collectstatic"}
# Commands that change tables: they connect as the owner.
AS_OWNER = {"migrate", "dbshell", "sqlmigrate", "makemigrations"}

TRY_AGAIN_LATER = 75  # EX_TEMPFAIL of sysexits.h: no fault of ours may send a message back to who wrote it

HELP = """usage: mostrador COMMAND

Run the product
  up [--sample]           everything in one: database, web, background work; --sample loads the sample office when empty
  web                     only the web processes
  worker                  only the background work
  fetch-mail [--mailbox ADDRESS] [--once]  only the fetching of mail; --once ends when what is there is fetched
Look after it
  migrate                 bring the tables up to date
  create-admin            create the first administrator
  sample [--remove]       load or remove the sample office
  backup FILE             write database, files and secret key to one archive, while running
  restore FILE [--force]  bring a backup back; --force replaces what is there
  upgrade                 back up, migrate and check
  check                   say what is wrong with this installation
  reindex-search          write the search of the help centre anew
  evaluate-search FILE    measure the search with questions whose answers are known
  receive-mail [--mailbox ADDRESS]  keep a message that a mail server pipes in; exit codes as sysexits
  listen-mail             take mail by LMTP or SMTP, at the addresses of MAIL_LISTEN
  read-mail FILE… [--json]  say how messages are read; needs no database
Any other word is a Django management command; `mostrador help` lists them.
Configuration: environment variables or ./mostrador.env, see docs/operating/configuration.md
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the process's exit code. What the operator has to put right is one sentence, no trace."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        read_env_file()
        return run(words)
    except (CannotStart, ImproperlyConfigured) as problem:
        print(f"mostrador: {problem}", file=sys.stderr)
        return TRY_AGAIN_LATER if words[:1] == ["receive-mail"] else 1
    except KeyboardInterrupt:
        return 130


def run(words: list[str]) -> int:
    """Choose the command.

    Raises:
        CannotStart: Something outside the program has to be put right first.
    """
    name, *rest = words or ["--help"]
    if name in {"--help", "-h"}:
        print(HELP, end="")
        return 0
    own = {
        "up": up,
        "web": serve,
        "worker": work,
        "migrate": migrate,
        "backup": back_up,
        "restore": restore,
        "upgrade": upgrade,
        "read-mail": read_mail,
        "receive-mail": receive_mail,
        "listen-mail": listen_mail,
    }
    if name in own:
        return own[name](rest)
    return manage([RENAMED.get(name, name), *rest])


def up(rest: list[str]) -> int:
    """Run everything until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="mostrador up")
    parser.add_argument("--sample", action="store_true", help="load the sample office when the database is empty")
    options = parser.parse_args(rest)
    return Supervisor(Installation(), with_sample=options.sample).run()


def serve(rest: list[str]) -> int:
    """Run the web processes until they are stopped."""
    argparse.ArgumentParser(prog="mostrador web").parse_args(rest)
    installation = ready()
    with installation.database():
        installation.refuse_unusable_database()
        adopt(installation.environment())
        return import_module("mostrador.config.web").serve()  # type: ignore[no-any-return]  # loaded only where it is needed


def work(rest: list[str]) -> int:
    """Do background work until stopped."""
    argparse.ArgumentParser(prog="mostrador worker").parse_args(rest)
    installation = ready()
    with installation.database():
        installation.refuse_unusable_database()
        adopt(installation.environment())
        return import_module("mostrador.config.worker").work()  # type: ignore[no-any-return]  # as above


def migrate(rest: list[str]) -> int:
    """Bring the tables up to date, then give the application's role its rights on them."""
    installation = ready()
    with installation.database():
        installation.refuse_unusable_database()
        schema.migrate(installation, rest)
    return 0


def back_up(rest: list[str]) -> int:
    """Write an archive of everything."""
    parser = argparse.ArgumentParser(prog="mostrador backup")
    parser.add_argument("file", type=Path, help="the archive to write; an existing file is not replaced")
    target = parser.parse_args(rest).file
    installation = ready()
    with installation.database():
        installation.refuse_unusable_database()
        backup.write(installation, target)
    print(f"Backup written to {target} ({target.stat().st_size / 1024**2:.1f} MiB)")
    return 0


def restore(rest: list[str]) -> int:
    """Bring an archive back."""
    parser = argparse.ArgumentParser(prog="mostrador restore")
    parser.add_argument("file", type=Path, help="an archive that `mostrador backup` wrote")
    parser.add_argument("--force", action="store_true", help="replace the data that is there")
    options = parser.parse_args(rest)
    installation = ready()
    with installation.database(shared=False):
        installation.refuse_unusable_database()
        backup.restore(installation, options.file, force=options.force)
        schema.migrate(installation, [])
    print(f"Restored from {options.file}")
    return 0


def upgrade(rest: list[str]) -> int:
    """After installing a new version: keep a backup, migrate, check."""
    argparse.ArgumentParser(prog="mostrador upgrade").parse_args(rest)
    installation = ready()
    with installation.database():
        installation.refuse_unusable_database()
        target = backup.next_file(installation.data_directory / "backups")
        backup.write(installation, target)
        print(f"Backup written to {target}")
        schema.migrate(installation, [])
    return manage(["check_installation"])


def read_mail(rest: list[str]) -> int:
    """Say how messages are read, one after the other. Django is not loaded: it would take longer than the reading."""
    return import_module("mostrador.mailbox.adapters.files").read_mail(rest)  # type: ignore[no-any-return]  # as above


def receive_mail(rest: list[str]) -> int:
    """Keep the message that a mail server pipes in."""
    return import_module("mostrador.config.mail_in").receive(rest)  # type: ignore[no-any-return]  # as above


def listen_mail(rest: list[str]) -> int:
    """Take mail that servers bring until stopped."""
    argparse.ArgumentParser(prog="mostrador listen-mail").parse_args(rest)
    installation = ready()
    with installation.database():
        installation.refuse_unusable_database()
        return import_module("mostrador.config.mail_in").listen(installation)  # type: ignore[no-any-return]  # as above


def manage(words: list[str]) -> int:
    """Run one of Django's management commands, with the database running meanwhile."""
    installation = ready()
    if words[0] in WITHOUT_DATABASE:
        return execute(words)
    with installation.database():
        installation.refuse_unusable_database()
        adopt(installation.environment("owner" if words[0] in AS_OWNER else "application"))
        return execute(words)


def execute(words: list[str]) -> int:
    """Hand over to Django, whose commands end the process when they refuse."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the environment is complete

    try:
        execute_from_command_line(["mostrador", *words])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def ready() -> Installation:
    """Return this installation with its directories, secret key and environment in place."""
    installation = Installation()
    installation.prepare()
    return installation
