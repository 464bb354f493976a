"""What the benchmark of "next case" does in processes of its own, with the tables: see `bench.next_case`."""

import json
import os
import random
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

import django
from django.db import connection, connections, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
django.setup()

from django.test.utils import CaptureQueriesContext  # noqa: E402 - after the set-up
from django.utils import timezone  # noqa: E402 - after the set-up

from mostrador.accounts.choices import Role  # noqa: E402 - after the set-up
from mostrador.accounts.models import Membership, TeamMembership, User  # noqa: E402 - after the set-up
from mostrador.accounts.queries import access_of  # noqa: E402 - after the set-up
from mostrador.organisations.models import Organisation, Team  # noqa: E402 - after the set-up
from mostrador.tickets.actions import next_case  # noqa: E402 - after the set-up
from mostrador.tickets.models import Ticket  # noqa: E402 - after the set-up
from mostrador.tickets.queries import next_case as queries  # noqa: E402 - after the set-up

PAUSE_SECONDS = 2.0  # between two cases of one agent, on average
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def prepare(agents: int) -> None:
    """Make the agents, and have everything that waits for us wait for anybody of their team."""
    team = Team.objects.get(is_default=True, organisation__parent=None)
    for number in range(agents):
        user, made = User.objects.get_or_create(email=_address(number), defaults={"name": f"B{number}"})
        if made:
            Membership.objects.create(organisation=team.organisation, user=user, role=Role.AGENT)
            TeamMembership.objects.create(team=team, user=user)
    Ticket.objects.filter(state__in=("new", "waiting_for_us"), team=team).update(assigned_to=None)


def ask(way: str, first: int, agents: int, rounds: int, start: float) -> dict[str, Any]:
    """Have some of the agents ask, each in a thread; return their times in milliseconds and what they were given."""
    said: dict[str, list[Any]] = {"statement": [], "act": [], "given": []}
    organisation, numbers = Organisation.objects.get(parent=None), range(first, first + agents)
    accesses = [access_of(User.objects.get(email=_address(number)), organisation) for number in numbers]
    with CaptureQueriesContext(connection) as counted:
        next_case.take_next(accesses[0])
    _time_the_statement(said["statement"])
    together = threading.Barrier(agents)

    def work(access: Any) -> None:
        given: dict[int, datetime] = {}
        time.sleep(max(0.0, start - time.time()))
        for _round in range(rounds):
            if way == "at once":
                together.wait()
            else:
                time.sleep(random.uniform(0, 2 * PAUSE_SECONDS))
            begun = time.perf_counter()
            taken = next_case.take_next(access, passed=given)
            said["act"].append((time.perf_counter() - begun) * 1000)
            if taken:
                given[taken[0].pk] = NEVER
                said["given"].append(taken[0].pk)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(access,)) for access in accesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said | {"queries": len(counted)}


def _time_the_statement(times: list[float]) -> None:
    found = next_case.most_urgent

    def timed(*args: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        answer = found(*args, **options)
        times.append((time.perf_counter() - begun) * 1000)
        return answer

    next_case.most_urgent = timed


def plan() -> str:
    """Return the nodes of the statement's plan that read tickets, and how many rows each brought."""
    queries._NEXT = "EXPLAIN (ANALYZE, FORMAT JSON) " + queries._NEXT
    access = access_of(User.objects.get(email=_address(0)), Organisation.objects.get(parent=None))
    explained: list[Any] = []
    with transaction.atomic(), connection.cursor() as cursor:
        today = timezone.localdate()
        dates = {"now": timezone.now(), "today": today, "near": today + queries.NEAR_TERM}
        cursor.execute(queries._NEXT, queries._of(access) | dates | {"passed": [], "passed_at": []})
        explained = json.loads(row[0]) if isinstance((row := cursor.fetchone())[0], str) else row[0]
    nodes: list[str] = []
    _collect(explained[0]["Plan"], nodes)
    return f"{explained[0]['Execution Time']:.1f} ms; " + ", ".join(nodes)


def _collect(node: dict[str, Any], nodes: list[str]) -> None:
    if node.get("Relation Name") == "tickets_ticket" and node["Actual Loops"]:
        rows = node["Actual Rows"] * node["Actual Loops"]
        nodes.append(f"{node['Node Type']} on {node.get('Index Name', 'the table')} ({rows:.0f} rows)")
    for child in node.get("Plans", ()):
        _collect(child, nodes)


def _address(number: int) -> str:
    return f"bench{number}@bench.example"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare", agents]:
            prepare(int(agents))
        case ["ask", way, first, agents, rounds, start]:
            print(json.dumps(ask(way, int(first), int(agents), int(rounds), float(start))))
        case ["plan"]:
            print(plan())
