"""Measure "next case": python -m bench.next_case [--tickets 10000,100000] [--agents 50] [--rounds 5]

In a private installation with the sample office and generated tickets, of which the free ones go to the team of the
diputación. All agents ask at the same moment, as often as there are rounds (`at once`), and then each by themselves with
pauses as between two cases (`paced`). Shown are the times of the statement that finds and locks the ticket and of the
whole act with its audit line, how many queries an act needs, and the node of the plan that does the work.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from bench.__main__ import fill
from bench.product import REPOSITORY, Product, installed

TARGET_MS = 15.0  # for 95 of 100
WORKERS = 2  # processes that ask, as the web's
PAUSE_SECONDS = 2.0  # between two cases of one agent


def main() -> None:
    options = arguments()
    rows: list[dict[str, Any]] = []
    with installed() as product:
        os.environ["DATABASE_URL"] = product.installation.database_url()
        so_far = 0
        for size in sorted(int(word) for word in options.tickets.split(",")):
            fill(product, so_far, size)
            so_far = size
            for way in ("at once", "paced"):
                _child("prepare", str(options.agents))
                _settle(product)
                rows += [{"tickets": size} | row for row in _asked(way, options)]
            for row in rows[-4:]:
                _say(row)
            print(f"{'':>8} plan: {_plan(product)}", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.next_case", description=__doc__.partition("\n")[0])
    parser.add_argument("--tickets", default="10000,100000", help="sizes, such as 10000,1000000")
    parser.add_argument("--agents", type=int, default=50, help="how many ask")
    parser.add_argument("--rounds", type=int, default=5, help="how often each of them asks")
    parser.add_argument("--json", help="file to write the figures to")
    return parser.parse_args()


def _asked(way: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    share = options.agents // WORKERS
    start = str(time.time() + 10)
    plan = [(str(number * share), str(share), str(options.rounds), start) for number in range(WORKERS)]
    workers = [_start("ask", way, *words) for words in plan]
    said = [json.loads(worker.communicate()[0]) for worker in workers]
    given = [key for each in said for key in each["given"]]
    if len(given) != len(set(given)):
        raise RuntimeError("two agents got the same ticket")
    return [_row(way, what, [spent for each in said for spent in each[what]], said) for what in ("statement", "act")]


def _row(way: str, what: str, times: list[float], said: list[dict[str, Any]]) -> dict[str, Any]:
    cuts = quantiles(times, n=20)
    queries = 1 if what == "statement" else max(each["queries"] for each in said)
    return {
        "way": way,
        "what": what,
        "asked": len(times),
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
        "queries": queries,
    }


def _say(row: dict[str, Any]) -> None:
    print(
        f"{row['tickets']:>8} {row['way']:8} {row['what']:10} {row['asked']:>5} asked  p50 {row['p50_ms']:>6} ms  "
        f"p95 {row['p95_ms']:>6} ms (target {TARGET_MS})  {row['queries']} queries",
        flush=True,
    )


def _settle(product: Product) -> None:
    with psycopg.connect(product.installation.postgres.url("superuser", "mostrador"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _plan(product: Product) -> str:
    """Return the nodes of the plan that read tickets, and how many rows each brought."""
    return _start("plan").communicate()[0].strip()


def _start(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.next_case", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)


def _child(*words: str) -> None:
    process = _start(*words)
    process.communicate()
    if process.returncode:
        raise RuntimeError(f"{words} failed")


# --- In processes of their own, with Django ---------------------------------------------------------------


def prepare(agents: int) -> None:
    """Make the agents, and have everything that waits for us wait for anybody of their team."""
    from mostrador.accounts.choices import Role
    from mostrador.accounts.models import Membership, TeamMembership, User
    from mostrador.organisations.models import Team
    from mostrador.tickets.models import Ticket

    team = Team.objects.get(is_default=True, organisation__parent=None)
    for number in range(agents):
        user, made = User.objects.get_or_create(email=f"bench{number}@bench.example", defaults={"name": f"B{number}"})
        if made:
            Membership.objects.create(organisation=team.organisation, user=user, role=Role.AGENT)
            TeamMembership.objects.create(team=team, user=user)
    free = Ticket.objects.filter(state__in=("new", "waiting_for_us"), team=team)
    free.update(assigned_to=None)


def ask(way: str, first: int, agents: int, rounds: int, start: float) -> None:
    """Have some of the agents ask, each in a thread; print their times."""
    from django.db import connection, connections
    from django.test.utils import CaptureQueriesContext

    from mostrador.accounts.models import User
    from mostrador.accounts.queries import access_of
    from mostrador.organisations.models import Organisation
    from mostrador.tickets.actions import next_case

    organisation = Organisation.objects.get(parent=None)
    said: dict[str, list[Any]] = {"statement": [], "act": [], "given": []}
    found = next_case.most_urgent

    def timed(*args: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        answer = found(*args, **options)
        said["statement"].append((time.perf_counter() - begun) * 1000)
        return answer

    next_case.most_urgent = timed
    barrier = threading.Barrier(agents)
    users = {number: User.objects.get(email=f"bench{number}@bench.example") for number in range(first, first + agents)}
    with CaptureQueriesContext(connection) as queries:
        next_case.take_next(access_of(users[first], organisation))
    said["statement"].clear()

    def work(number: int) -> None:
        access, given = access_of(users[number], organisation), {}
        time.sleep(max(0.0, start - time.time()))
        for _round in range(rounds):
            if way == "at once":
                barrier.wait()
            else:
                time.sleep(random.uniform(0, 2 * PAUSE_SECONDS))
            begun = time.perf_counter()
            taken = next_case.take_next(access, passed=given)
            said["act"].append((time.perf_counter() - begun) * 1000)
            if taken:
                given[taken[0].pk] = taken[0].last_activity_at.replace(year=9000)
                said["given"].append(taken[0].pk)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(said | {"queries": len(queries)}))


def plan() -> None:
    """Print the nodes of the statement's plan that read tickets."""
    from django.db import connection, transaction
    from django.utils import timezone

    from mostrador.accounts.models import User
    from mostrador.accounts.queries import access_of
    from mostrador.organisations.models import Organisation
    from mostrador.tickets.queries import next_case

    user = User.objects.get(email="bench0@bench.example")
    shown = next_case._NEXT
    next_case._NEXT = "EXPLAIN (ANALYZE, FORMAT JSON) " + shown
    with transaction.atomic(), connection.cursor() as cursor:
        access = access_of(user, Organisation.objects.get(parent=None))
        today = timezone.localdate()
        parameters = next_case._of(access) | {"now": timezone.now(), "today": today, "near": today}
        cursor.execute(next_case._NEXT, parameters | {"passed": [], "passed_at": []})
        [[tree]] = cursor.fetchall()
    nodes: list[str] = []
    _collect(tree[0]["Plan"], nodes)
    print(f"{tree[0]['Execution Time']:.1f} ms; " + ", ".join(nodes))


def _collect(node: dict[str, Any], nodes: list[str]) -> None:
    if node.get("Relation Name") == "tickets_ticket" and node["Actual Loops"]:
        rows = node["Actual Rows"] * node["Actual Loops"]
        nodes.append(f"{node['Node Type']} {node.get('Index Name', '')} ({rows:.0f} rows)")
    for child in node.get("Plans", ()):
        _collect(child, nodes)


def child() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "mostrador.config.settings"
    django.setup()
    match sys.argv[1:]:
        case ["prepare", agents]:
            prepare(int(agents))
        case ["ask", way, first, agents, rounds, start]:
            ask(way, int(first), int(agents), int(rounds), float(start))
        case _:
            plan()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in {"prepare", "ask", "plan"}:
        child()
    else:
        main()
