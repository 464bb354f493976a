"""Bring the tables up to date: as their owner, with rights for the application's role, and noted in the database."""

import subprocess
import sys
from typing import LiteralString

import psycopg

from mostrador.config.database_rights import grant_application_rights
from mostrador.config.errors import CannotStart
from mostrador.config.installation import Installation
from mostrador.shared import schema


def is_current(installation: Installation) -> bool:
    """Tell whether there is nothing to migrate; one query, without loading Django."""
    return ask(installation, schema.READ) == schema.expected()


def is_empty(installation: Installation) -> bool:
    """Tell whether no organisation has been set up yet (the tables must exist)."""
    return not ask(installation, "SELECT EXISTS (SELECT FROM organisations_organisation)")


def has_sample(installation: Installation) -> bool:
    """Tell whether the sample office is there (the tables must exist)."""
    return bool(ask(installation, "SELECT EXISTS (SELECT FROM organisations_organisation WHERE is_sample)"))


def ask(installation: Installation, question: LiteralString) -> object:
    """Return the one value that a query finds."""
    with psycopg.connect(installation.database_url("owner")) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def migrate(installation: Installation, options: list[str]) -> None:
    """Run Django's migrations in a process of their own and note that they are complete.

    Args:
        installation: Whose database it is; it must be running.
        options: What the operator added, for example an app and the migration to go back to.

    Raises:
        CannotStart: A migration failed; the database keeps the state of the last one that succeeded.
    """
    owner_url = installation.database_url("owner")
    command = [sys.executable, "-m", "django", "migrate", *(options or ["--verbosity", "0"])]
    done = subprocess.run(command, env=installation.environment("owner"), check=False)
    if done.returncode != 0:
        raise CannotStart("The tables could not be brought up to date; the reason is above.")
    if installation.application_role:
        grant_application_rights(owner_url, application=installation.application_role)
    if not options:
        with psycopg.connect(owner_url) as connection:
            connection.execute(schema.write(schema.expected()))
