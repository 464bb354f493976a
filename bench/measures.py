"""What is measured: the pages, the form step by step, and the server's own limit."""

import random
import statistics
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from bench.browser import TOKEN
from bench.load import steps
from bench.product import Load, Product, Web

ARTICLES = ("no-aparece-mi-certificado", "no-se-pudo-contactar-con-autofirma", "no-llega-el-codigo-de-clave")
QUESTIONS = (
    *("no+aparece+mi+certificado", "saf_09", "no+llega+el+codigo+de+clave", "renovar+certificado+fnmt", "autofirma"),
    *("error+403+al+entrar", "adjuntar+archivo+muy+grande", "dnie+lector", "notificacion+dehu", "pagar+tasa+dos+veces"),
)
AGENT = "marta@diputacionvaldelmar.example"
PASSWORD = "mostrador de muestra"  # of everybody in the sample office
OTHER_LISTS = ("mias", "sin-asignar", "vencen-pronto", "esperan-respuesta", "resueltas")
# Of a page in the middle of the open ones: the key of a row that need not be there.
MIDDLE = f"{quote((datetime.now(UTC) - timedelta(days=3)).isoformat())}~1"  # noqa: TID251 - nothing of Django here
TICKETS_READ = 200  # different ones, so that nothing depends on a page being warm
# Each of the server's connections to the database plans a statement anew five times, then keeps the plan.
WARM_UP_REQUESTS = 160
WARM_UP_SECONDS = 10


@dataclass(frozen=True)
class Page:
    """Something to ask for again and again.

    Attributes:
        target_ms: CPU that one answer may cost, web and database together; None for none.
    """

    name: str
    paths: tuple[str, ...]
    cookies: dict[str, str]
    headers: dict[str, str]
    status: int = 200
    target_ms: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the report; times in milliseconds."""

    name: str
    requests: int
    per_second: float
    p50: float
    p95: float
    cpu_web: float
    cpu_database: float
    bytes: int
    target: float | None

    @property
    def cpu(self) -> float:
        """CPU of web and database processes for one request."""
        return self.cpu_web + self.cpu_database

    @property
    def misses(self) -> bool:
        """Whether it costs more than it may."""
        return self.target is not None and self.cpu > self.target

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"cpu": self.cpu, "misses": self.misses}


class Bench:
    """One run against web processes that are up.

    Args:
        connections: How many ask at the same time.
        seconds: How long each page is asked for.
        visitors: How many walk through the form.
    """

    def __init__(self, product: Product, load: Load, *, connections: int, seconds: float, visitors: int) -> None:
        self.product, self.load = product, load
        self.connections, self.seconds, self.visitors = connections, seconds, visitors
        self.visitors_so_far = 1

    def bare(self, web: Web) -> Iterator[Row]:
        """Return what the machine can do with nothing behind the server."""
        names = {"/granian": "granian alone, 5 bytes", "/hello": "front, 5 bytes", "/page": "front, 15 kB"}
        for path, name in names.items():
            yield self.measure_page(web, Page(name, (path,), {}, {}))

    def pages(self, web: Web) -> Iterator[Row]:
        """Return a line for each page."""
        for page in self._pages():
            yield self.measure_page(web, page)

    def form(self, web: Web) -> Iterator[Row]:
        """Return a line for each request of the form. All visitors do one step before any does the next."""
        for _ in self._walk(web, self.visitors // 2 + 1):
            pass  # others before have warmed everything up
        yield from self._walk(web, self.visitors)

    def _walk(self, web: Web, visitors: int) -> Iterator[Row]:
        first, self.visitors_so_far = self.visitors_so_far, self.visitors_so_far + visitors
        begun = time.monotonic()
        for step in steps():
            if step == "POST comprobar":
                time.sleep(max(0.0, 5 - (time.monotonic() - begun)))  # who is quicker than people is refused
            yield self._measure(
                web, step, 10, step=step, visitors=visitors, first_visitor=first, connections=self.connections
            )

    def _pages(self) -> Iterator[Page]:
        articles = tuple(f"/ayuda/articulo/{slug}/" for slug in ARTICLES)
        etag = self._etag(articles[0])
        agent = self.sign_in()
        everything = {"target_ms": 10}
        yield Page("home", ("/",), {}, {})
        yield Page("article", articles, {}, {}, target_ms=1.5)
        yield Page("article, 304", articles[:1], {}, {"If-None-Match": etag}, status=304, target_ms=1.5)
        yield Page("search", tuple(f"/buscar/?q={question}" for question in QUESTIONS), {}, {})
        yield Page("list of my teams", ("/gestion/consultas/?lista=equipos",), agent, {}, **everything)
        yield Page("list of all open", ("/gestion/consultas/?lista=todas",), agent, {}, **everything)
        for which in OTHER_LISTS:
            yield Page(f"list {which}", (f"/gestion/consultas/?lista={which}",), agent, {}, **everything)
        yield Page("list, a next page", (f"/gestion/consultas/?lista=todas&despues={MIDDLE}",), agent, {}, **everything)
        tickets = tuple(f"/gestion/consultas/{reference}/" for reference in self._references())
        yield Page("ticket", tickets, agent, {}, **everything)

    def measure_page(self, web: Web, page: Page) -> Row:
        """Ask for a page until the server is warm, then measure it."""
        plan = {
            "paths": page.paths,
            "cookies": page.cookies,
            "headers": page.headers,
            "status": page.status,
            "connections": self.connections,
        }
        warm_up = {"seconds": min(WARM_UP_SECONDS, self.seconds * 2), "most": WARM_UP_REQUESTS}
        self.load.run(port=self.product.port, **warm_up, **plan)
        return self._measure(web, page.name, page.target_ms, seconds=self.seconds, **plan)

    def _measure(self, web: Web, name: str, target: float | None, **plan: Any) -> Row:
        web_before, database_before = web.cpu(), self.product.database_cpu()
        result = self.load.run(port=self.product.port, **plan)
        web_spent, database_spent = web.cpu() - web_before, self.product.database_cpu() - database_before
        times = sorted(result["times"])
        return Row(
            name=name,
            requests=len(times),
            per_second=len(times) / result["seconds"],
            p50=statistics.median(times),
            p95=times[int(len(times) * 0.95)],
            cpu_web=web_spent / len(times) * 1000,
            cpu_database=database_spent / len(times) * 1000,
            bytes=result["bytes"],
            target=target,
        )

    def _etag(self, path: str) -> str:
        with self._open(path) as answer:
            return str(answer.headers["ETag"])

    def sign_in(self) -> dict[str, str]:
        """Return the cookies of an agent who has signed in as people do."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar := CookieJar()))
        address = f"http://localhost:{self.product.port}/cuenta/entrar/"
        with browser.open(address, timeout=30) as page:
            token = TOKEN.search(page.read())
        assert token is not None
        fields = {"login": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": token[1].decode()}
        with browser.open(address, urlencode(fields).encode(), timeout=30):
            return {cookie.name: cookie.value or "" for cookie in jar}

    def _references(self) -> list[str]:
        """Return references of tickets of every age, always the same for the same database."""
        with psycopg.connect(self.product.installation.database_url()) as connection:
            rows = connection.execute("SELECT reference FROM tickets_ticket ORDER BY id").fetchall()
        chosen = random.Random(1).sample(rows, min(TICKETS_READ, len(rows)))
        return [reference for (reference,) in chosen]

    def _open(self, path: str) -> Any:
        return urllib.request.urlopen(f"http://localhost:{self.product.port}{path}", timeout=30)
