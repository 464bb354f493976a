"""Measure the agent's workspace: python -m bench.workspace [--tickets 10000,1000000] [--data DIRECTORY]

In a private installation with the sample office and generated tickets of five messages each, asked over HTTP by a
signed-in agent: every view's first and next pages, the search over all words, the page of a ticket. Each line says how
many queries it made and the main node of the plan of its most expensive one.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import psycopg

from bench.__main__ import fill, generated, loading, machine, say_machine, settle
from bench.measures import Bench, Page, Row
from bench.product import REPOSITORY, Product, Web, installed

LIST_MS = {"p95": 40.0, "cpu": 10.0}
SEARCH_MS = {"p95": 60.0}
TICKET_MS = {"cpu": 10.0}
LONG_TICKET_MS = {"cpu": 30.0}
GROWTH = 1.3
LOADING_MINUTES = 12
LONG = 200  # messages of the longest ticket
PAGES_ON = 3  # how many next pages are turned
ONE_CLIENT = 1
DESK = "/gestion/consultas/"
VIEW = re.compile(r'href="(/gestion/consultas/\?(?:lista|vista)=[\w-]+)"')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
# What people at the desk type, and the share of tickets that say so in this generator: from almost all to one.
SEARCHES = {
    "a word of most": "certificado",
    "a word of a third": "navegador",
    "without accents": "notificacion",
    "several words": "certificado navegador captura",
    "a phrase": '"envíenos una captura"',
    "a file's number": "EXP0000042",
    "misspelt": "certifcado",
    "half a word": "navega",
    "an e-mail": "persona42@correo.example",
    "found nowhere": "zzzyyyxxx",
}

LONGER = """
INSERT INTO tickets_message (
    ticket_id, kind, author_kind, author_name, text, is_rich, written_at, channel, idempotency_key, email_id
)
SELECT first.id, 'public', 'person', '', 'Sigue sin aparecer el certificado.', false,
       first.opened_at + make_interval(mins => n), 'email', '', ''
FROM (SELECT id, opened_at FROM tickets_ticket WHERE is_open ORDER BY id LIMIT 1) AS first, generate_series(1, %s) AS n
WHERE (SELECT count(*) FROM tickets_message AS m WHERE m.ticket_id = first.id) < %s
"""


def main() -> None:
    options = arguments()
    report: dict[str, Any] = {"machine": machine(), "sizes": []}
    say_machine(report["machine"])
    with installed(options.data) as product, loading() as load:
        bench = Bench(product, load, connections=ONE_CLIENT, seconds=options.seconds, visitors=2)
        so_far = generated(product)
        for count in options.tickets:
            minutes = 0.0
            if count < so_far:
                sys.exit(f"{options.data} already has {so_far} tickets; {count} need a directory of their own")
            if count > so_far:
                minutes = load_up_to(product, so_far, count)
                so_far = count
            with product.serving() as web:
                report["sizes"].append({"tickets": count, "minutes": minutes, "rows": measured(bench, product, web)})
    say_growth(report["sizes"])
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.workspace", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--tickets", type=lambda text: sorted({int(word) for word in text.split(",")}), default=[10_000, 1_000_000]
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each page is asked for")
    parser.add_argument("--data", type=Path, help="directory of an installation to use and keep")
    parser.add_argument("--json", help="file to write the figures to")
    return parser.parse_args()


def load_up_to(product: Product, so_far: int, count: int) -> float:
    """Load more tickets and return the minutes it took."""
    begun = time.monotonic()
    fill(product, so_far, count)
    minutes = (time.monotonic() - begun) / 60
    print(
        f"{count - so_far} tickets made, loaded and indexed in {minutes:.1f} min; "
        f"{'keeps' if minutes <= LOADING_MINUTES else 'MISSES'} {LOADING_MINUTES}"
    )
    lengthen(product)
    settle(product)
    return minutes


def lengthen(product: Product) -> None:
    """Give one ticket many messages."""
    with psycopg.connect(product.installation.database_url()) as connection:
        connection.execute(LONGER, [LONG, LONG])


def measured(bench: Bench, product: Product, web: Web) -> list[dict[str, Any]]:
    """Print the lines as they come and return them for the file."""
    pages = list(asked(bench, product))
    plans = explained(product, {page.name: page.paths[0] for page, _targets in pages})
    print(f"{'':34}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'queries':>9}  target, main node of the plan")
    rows = []
    for page, targets in pages:
        row = bench.measure_page(web, page)
        rows.append(row.as_json() | plans[page.name] | {"verdict": verdict(row, targets)})
        print(
            f"{page.name:34}{row.p50:9.2f}{row.p95:9.2f}{row.cpu:9.2f}{plans[page.name]['queries']:9}"
            f"  {rows[-1]['verdict']}, {plans[page.name]['node']}",
            flush=True,
        )
    return rows


def verdict(row: Row, targets: dict[str, float]) -> str:
    """Say which targets are kept."""
    measured = {"p95": row.p95, "cpu": row.cpu}
    return " ".join(
        f"{'keeps' if measured[name] <= most else 'MISSES'} {name} {most:g}" for name, most in targets.items()
    )


def asked(bench: Bench, product: Product) -> Iterator[tuple[Page, dict[str, float]]]:
    """Return every page to ask for, with its targets."""
    cookies = bench.sign_in()
    for path in dict.fromkeys(VIEW.findall(opened(product, DESK, cookies))):
        name = path.rpartition("=")[2]
        yield Page(f"view {name}", (path,), cookies, {}), LIST_MS
        if following := tuple(next_pages(product, path, cookies)):
            yield Page(f"view {name}, next pages", following, cookies, {}), LIST_MS
    for name, text in SEARCHES.items():
        yield Page(f"search: {name}", (f"{DESK}?q={quote_plus(text)}",), cookies, {}), SEARCH_MS
    short, long, reference = references(product)
    yield Page("search: a reference", (f"{DESK}?q={reference}",), cookies, {}, status=302), SEARCH_MS
    yield Page("ticket", tuple(f"{DESK}{each}/" for each in short), cookies, {}), TICKET_MS
    yield Page(f"ticket with {LONG} messages", (f"{DESK}{long}/",), cookies, {}), LONG_TICKET_MS


def next_pages(product: Product, path: str, cookies: dict[str, str]) -> Iterator[str]:
    """Return the pages that follow the first one."""
    for _ in range(PAGES_ON):
        link = NEXT.search(opened(product, path, cookies))
        if link is None:
            return
        path = link[1].replace("&amp;", "&")
        yield path


def references(product: Product) -> tuple[list[str], str, str]:
    """Return some tickets of a few messages, the long one, and one to look for."""
    with psycopg.connect(product.installation.database_url()) as connection:
        rows = connection.execute("SELECT reference FROM tickets_ticket WHERE is_open ORDER BY id LIMIT 101").fetchall()
    first, *others = (reference for (reference,) in rows)
    return others, first, others[0]


def opened(product: Product, path: str, cookies: dict[str, str]) -> str:
    """Return a page as the agent sees it."""
    request = urllib.request.Request(f"http://localhost:{product.port}{path}")
    request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())


def explained(product: Product, paths: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return queries and main node of the plan of each page, from a process of its own (`bench.workspace_plans`)."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.workspace_plans"],
        input=json.dumps(paths),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=REPOSITORY,
        env=os.environ | {"DATABASE_URL": product.installation.database_url()},
    )
    plans: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return plans


def say_growth(sizes: list[dict[str, Any]]) -> None:
    """Say how the same page changed from the smallest to the largest database."""
    if len(sizes) < 2:
        return
    small, large = sizes[0], sizes[-1]
    before = {row["name"]: row["cpu"] for row in small["rows"]}
    print(f"\nFrom {small['tickets']} to {large['tickets']} tickets, CPU changes by (lists may by {GROWTH})")
    for row in large["rows"]:
        if row["name"] in before:
            print(f"  {row['name']:34}{row['cpu'] / before[row['name']]:6.2f} ×")


if __name__ == "__main__":
    main()
