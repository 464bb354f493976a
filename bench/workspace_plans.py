"""Count the queries of pages and explain the dearest one; reads {name: path}, writes {name: {queries, node}}."""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
django.setup()

# Models exist only after the set-up.
from django.db import connection  # noqa: E402 - after the set-up
from django.test import Client  # noqa: E402 - after the set-up
from django.test.utils import CaptureQueriesContext  # noqa: E402 - after the set-up

from bench.measures import AGENT  # noqa: E402 - after the set-up
from mostrador.accounts.models import User  # noqa: E402 - after the set-up

DULL = {"Limit", "Sort", "Incremental Sort", "Aggregate", "Result", "Subquery Scan", "Gather", "Gather Merge", "Unique"}


def main() -> None:
    client = Client(headers={"host": "localhost"}, raise_request_exception=True)
    client.force_login(User.objects.get(email=AGENT))
    said = {}
    for name, path in json.load(sys.stdin).items():
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        dearest = max(_explained(query["sql"]) for query in captured)
        said[name] = {"queries": len(captured), "node": dearest[1]}
    json.dump(said, sys.stdout)


def _explained(sql: str) -> tuple[float, str]:
    """Return the cost of a statement and the first node of its plan that says how rows are found."""
    if not sql.startswith(("SELECT", "WITH", "\nSELECT")):
        return 0.0, ""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        (plan,) = cursor.fetchone() or ([],)
    top = plan[0]["Plan"]
    return float(top["Total Cost"]), _telling(top)


def _telling(node: dict[str, Any]) -> str:
    while node["Node Type"] in DULL and node.get("Plans"):
        node = node["Plans"][0]
    while node["Node Type"] in {"Nested Loop", "Hash Join", "Merge Join", *DULL} and node.get("Plans"):
        node = node["Plans"][0]
    where = node.get("Index Name") or node.get("Relation Name") or ""
    if node["Node Type"] == "Bitmap Heap Scan":
        where = node["Plans"][0].get("Index Name", where)
    return f"{node['Node Type']} {where}".strip()


if __name__ == "__main__":
    main()
