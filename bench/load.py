"""The load: a process of its own, so that what it costs is not counted. Reads plans, one JSON object a line.

A plan says what to ask and for how long; the answer is one line with the times. It ends when its input does.
"""

import asyncio
import json
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from bench.browser import Answer, Connection, Visitor, WrongAnswer

MOST_REQUESTS = 50_000
LONGEST_SECONDS = 120
QUESTION = (
    "Al firmar la solicitud de la ayuda no aparece mi certificado en la lista. He probado con Chrome y con Firefox, "
    "he vuelto a instalar el programa de firma y pasa lo mismo. ¿Qué puedo hacer?"
)


def main() -> None:
    journeys: list[Visitor] = []
    for line in sys.stdin:
        plan = json.loads(line)
        try:
            result = asyncio.run(_step(plan, journeys) if "step" in plan else _pages(plan))
        except (WrongAnswer, OSError) as error:
            result = {"error": str(error)}
        print(json.dumps(result), flush=True)


# --- Pages asked for again and again ------------------------------------------------------------------


async def _pages(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask for the paths in turn on every connection until the time or the number is over."""
    visitor = Visitor(plan["port"], cookies=plan.get("cookies", {}))
    requests = [visitor.get(path, **plan.get("headers", {})) for path in plan["paths"]]
    until = time.perf_counter() + min(plan["seconds"], LONGEST_SECONDS)
    most = min(plan.get("most", MOST_REQUESTS), MOST_REQUESTS)
    times: list[float] = []
    size = 0

    async def ask(connection: Connection, place: int) -> None:
        nonlocal size
        while time.perf_counter() < until and len(times) < most:
            answer = await connection.ask(requests[place % len(requests)])
            _expect(answer, plan["status"], plan["paths"][place % len(requests)])
            times.append(answer.milliseconds)
            size = len(answer.body)
            place += plan["connections"]

    started = time.perf_counter()
    await _on_connections(plan, ask)
    return {"times": times, "seconds": time.perf_counter() - started, "bytes": size}


# --- The form, one step at a time ---------------------------------------------------------------------


async def _step(plan: dict[str, Any], journeys: list[Visitor]) -> dict[str, Any]:
    """Let every visitor do one step of the form. The first step brings new visitors."""
    if plan["step"] == STEPS[0][0]:
        first = plan["first_visitor"]
        journeys[:] = [Visitor(plan["port"], _address(first + place)) for place in range(plan["visitors"])]
    _, make, status, location = next(step for step in STEPS if step[0] == plan["step"])
    requests = [make(visitor, place) for place, visitor in enumerate(journeys)]
    times: list[float] = []
    answers: dict[int, Answer] = {}

    async def ask(connection: Connection, place: int) -> None:
        for number in range(place, len(requests), plan["connections"]):
            answers[number] = await connection.ask(requests[number])
            times.append(answers[number].milliseconds)

    started = time.perf_counter()
    await _on_connections(plan, ask)
    elapsed = time.perf_counter() - started
    for number, answer in answers.items():
        _expect(answer, status, plan["step"], location)
        journeys[number].remember(answer)
    return {"times": times, "seconds": elapsed, "bytes": len(answer.body)}


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def screenshot() -> bytes:
    """Return a small picture of nothing, as people attach to show an error: 20 kB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width, height = 100, 66
    rows = b"".join(b"\0" + bytes((x * y) % 251 for x in range(width * 3)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    picture = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + picture


PICTURE = screenshot()


def _contact(visitor: Visitor, place: int) -> bytes:
    email = f"visita{visitor.address.replace('.', '-')}@correo.example"
    fields = {"contact_by": "email", "email": email, "phone": "", "name": "Ana Ejemplo", "language": "es"}
    return visitor.post("/consultas/nueva/contacto/", fields)


def _where(visitor: Visitor, place: int) -> bytes:
    fields = {"procedure": "", "page_url": "https://sede.example/ayudas/solicitud", "error_code": "SAF_09"}
    return visitor.post("/consultas/nueva/donde/", fields, ("uploads", "captura.png", PICTURE))


# Name, request, status and where it leads: what a browser without JavaScript does, with a picture attached.
STEPS: tuple[tuple[str, Callable[[Visitor, int], bytes], int, str], ...] = (
    ("GET nueva", lambda visitor, _: visitor.get("/consultas/nueva/"), 200, ""),
    (
        "POST nueva",
        lambda visitor, _: visitor.post("/consultas/nueva/", {"text": QUESTION, "apodo": ""}),
        302,
        "/consultas/nueva/sugerencias/",
    ),
    ("GET sugerencias", lambda visitor, _: visitor.get("/consultas/nueva/sugerencias/"), 200, ""),
    ("GET donde", lambda visitor, _: visitor.get("/consultas/nueva/donde/"), 200, ""),
    ("POST donde", _where, 302, "/consultas/nueva/contacto/"),
    ("GET contacto", lambda visitor, _: visitor.get("/consultas/nueva/contacto/"), 200, ""),
    ("POST contacto", _contact, 302, "/consultas/nueva/comprobar/"),
    ("GET comprobar", lambda visitor, _: visitor.get("/consultas/nueva/comprobar/"), 200, ""),
    (
        "POST comprobar",
        lambda visitor, _: visitor.post("/consultas/nueva/comprobar/", {"apodo": ""}),
        302,
        "/consultas/nueva/enviada/",
    ),
    ("GET enviada", lambda visitor, _: visitor.get("/consultas/nueva/enviada/"), 200, ""),
)


# --- Both ---------------------------------------------------------------------------------------------


async def _on_connections(plan: dict[str, Any], ask: Callable[[Connection, int], Any]) -> None:
    connections = [await Connection.open(plan["port"]) for _ in range(plan["connections"])]
    try:
        asking = (ask(connection, place) for place, connection in enumerate(connections))
        await asyncio.wait_for(asyncio.gather(*asking), LONGEST_SECONDS * 2)
    finally:
        for connection in connections:
            connection.close()


def _expect(answer: Answer, status: int, what: str, location: str = "") -> None:
    if answer.status != status or (location and answer.location != location):
        begin = " ".join(answer.body[:2000].decode(errors="replace").split())
        raise WrongAnswer(f"{what}: {answer.status} {answer.location} instead of {status} {location}: {begin}")


def steps() -> Iterator[str]:
    """Return the names of the form's steps, in order."""
    return (name for name, *_ in STEPS)


if __name__ == "__main__":
    main()
