"""A citizen at the form, as the tests of its pages need one."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from mostrador.tickets.models import Ticket

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
TEXT = "Al firmar la instancia no aparece mi certificado en la lista."


def start(client: Client, text: str = TEXT) -> Any:
    """Say what happens."""
    return client.post("/consultas/nueva/", {"text": text})


def say_where(client: Client, **answers: Any) -> Any:
    """Say where, with or without files."""
    return client.post("/consultas/nueva/donde/", {"page_url": "", "error_code": ""} | answers)


def say_how_to_reach(client: Client, **answers: Any) -> Any:
    """Say how to be reached: by e-mail unless told otherwise."""
    known = {"contact_by": "email", "email": "ana@casa.example", "phone": "", "name": "Ana Ruiz", "language": "es"}
    return client.post("/consultas/nueva/contacto/", known | answers)


def send(client: Client, **answers: Any) -> Any:
    """Send it, some seconds later as people do."""
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=False):
        return client.post("/consultas/nueva/comprobar/", answers)


def ask(client: Client, text: str = TEXT, *, where: dict[str, Any] | None = None, **contact: Any) -> Ticket:
    """Walk the whole form and return the ticket."""
    start(client, text)
    say_where(client, **where or {})
    say_how_to_reach(client, **contact)
    assert send(client).headers["Location"] == "/consultas/nueva/enviada/"
    return Ticket.objects.order_by("-pk")[0]
