"""Which state of the tables this code expects, known without loading Django.

The last complete migration leaves the expected state's fingerprint as a comment on Django's own table of migrations: it
travels with a dump, and a start needs one query instead of two seconds to learn that there is nothing to migrate.
"""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

TABLE = "django_migrations"
# Others whose migrations are part of ours; Mostrador's own are told by their file names.
DISTRIBUTIONS = ("Django", "django-allauth", "procrastinate")
READ = f"SELECT obj_description(to_regclass('{TABLE}'), 'pg_class')"


@cache
def expected() -> str:
    """Return the fingerprint of every migration that this code brings."""
    package = Path(__file__).resolve().parents[1]
    names = sorted(str(path.relative_to(package)) for path in package.glob("*/migrations/0*.py"))
    versions = [f"{name} {version(name)}" for name in DISTRIBUTIONS]
    return "mostrador " + hashlib.sha256("\n".join([*versions, *names]).encode()).hexdigest()[:32]


def write(fingerprint: str) -> str:
    """Return the statement that notes a complete migration; only the table's owner may run it.

    Raises:
        ValueError: Not a fingerprint.
    """
    if not fingerprint.replace(" ", "").isalnum():
        raise ValueError(fingerprint)
    return f"COMMENT ON TABLE {TABLE} IS '{fingerprint}'"
