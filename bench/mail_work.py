"""What the mail's benchmark does in processes of its own, with the product's tables: see `bench.mail`.

    python -m bench.mail_work prepare [PLAN]                 make a mailbox, say its key and address
    python -m bench.mail_work direct PLAN                    receive a portion, take it in, then the next
    python -m bench.mail_work receive PLAN                   only receive: workers of the product take in
    python -m bench.mail_work check PLAN                     count what people at the desk see
    python -m bench.mail_work write PLAN                     write a large message to a file
    python -m bench.mail_work big                            take in what was received last

PLAN is JSON. `direct` and `receive` say "ready" when they have warmed up, and begin with the next line they read.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
django.setup()

from django.core.files.storage import default_storage  # noqa: E402 - after the set-up
from django.utils import timezone  # noqa: E402 - as above

from bench.letters import big, letters  # noqa: E402 - as above
from bench.measures import AGENT  # noqa: E402 - as above
from mostrador.accounts.models import User  # noqa: E402 - as above
from mostrador.accounts.queries import access_of  # noqa: E402 - as above
from mostrador.mailbox.actions.receiving import receive  # noqa: E402 - as above
from mostrador.mailbox.actions.taking_in import PORTION, take_in  # noqa: E402 - as above
from mostrador.mailbox.choices import MailState, Security, Via, Way  # noqa: E402 - as above
from mostrador.mailbox.models import IncomingMail, Mailbox  # noqa: E402 - as above
from mostrador.mailbox.models.mailboxes import sealed  # noqa: E402 - as above
from mostrador.notifications.models import Sender  # noqa: E402 - as above
from mostrador.organisations.models import Organisation  # noqa: E402 - as above
from mostrador.tickets.models import Message, Ticket  # noqa: E402 - as above

ADDRESS = "soporte@diputacionvaldelmar.example"


def main() -> None:
    work: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "prepare": prepare,
        "direct": lambda plan: at_a_signal(plan, take_in),
        "receive": lambda plan: at_a_signal(plan, lambda *keys: None),
        "write": write,
        "big": one_big,
        "check": check,
    }
    name, *rest = sys.argv[1:]
    say(work[name](json.loads(rest[0]) if rest else {}))


def say(what: Any) -> None:
    print(json.dumps(what), flush=True)


def prepare(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the mailbox of the sample office with an address, made when there is none, and the newest mail's key.

    Args:
        plan: Its address, and how it is fetched when it is.
    """
    organisation, address = Organisation.objects.order_by("path")[0], plan.get("address", ADDRESS)
    mailbox = Mailbox.objects.of_address(address).first()
    if mailbox is None:
        sender, _ = Sender.objects.get_or_create(organisation=organisation, address=address, defaults={"name": ""})
        mailbox = Mailbox.objects.create(
            organisation=organisation,
            name=address,
            address=address,
            language="es",
            sender=sender,
            created_at=timezone.now(),
            changed_at=timezone.now(),
            **_way(plan),
        )
    newest = IncomingMail.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {"mailbox": mailbox.pk, "address": address, "newest": newest or 0}


def _way(plan: dict[str, Any]) -> dict[str, Any]:
    if "imap_port" not in plan:
        return {"way": Way.DELIVERED}
    server = {"host": "127.0.0.1", "port": plan["imap_port"], "security": Security.NONE, "user": plan["user"]}
    return {"way": Way.IMAP, "password_sealed": sealed(plan["password"]), **server}


def at_a_signal(plan: dict[str, Any], then: Callable[..., None]) -> dict[str, Any]:
    """Receive, and do something with as many at once as the product's job does.

    Warm up, wait for the signal, and do the share of this process: whole threads, so that answers come after.
    """
    mailbox = Mailbox.objects.select_related("organisation", "sender").get(pk=plan["mailbox"])

    def mine(first: int, last: int) -> list[bytes]:
        made = letters(first, last, to=mailbox.address, run=plan["run"])
        return [letter.raw for letter in made if letter.thread % plan["shares"] == plan["share"]]

    def do(messages: list[bytes]) -> None:
        for at in range(0, len(messages), PORTION):
            portion = messages[at : at + PORTION]
            then(*(receive(raw, mailbox=mailbox, via=Via.PIPE, envelope_to=[mailbox.address]).pk for raw in portion))

    do(mine(0, plan["warm_up"]))
    messages = mine(plan["warm_up"], plan["warm_up"] + plan["count"])
    say("ready")
    sys.stdin.readline()
    begun, spent = time.monotonic(), time.process_time()
    do(messages)
    return {"count": len(messages), "cpu": time.process_time() - spent, "seconds": time.monotonic() - begun}


def write(plan: dict[str, Any]) -> dict[str, Any]:
    """Write a message with a file of so many bytes."""
    raw = big(plan["bytes"], to=plan["to"], run=f"r{time.time_ns()}")
    return {"bytes": Path(plan["file"]).write_bytes(raw)}


def one_big(plan: dict[str, Any]) -> dict[str, Any]:
    """Take in the large message that was received last, as a worker does; return the memory at its highest."""
    before = peak_mib()
    newest = IncomingMail.objects.latest("pk")
    take_in(newest.pk)
    newest.refresh_from_db()
    return {"before_mib": before, "peak_mib": peak_mib(), "size_bytes": newest.size_bytes, "state": newest.state}


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def check(plan: dict[str, Any]) -> dict[str, Any]:
    """Count what came in since a key, and what of it the agent of the sample office sees."""
    agent = User.objects.get(email=AGENT)
    came = IncomingMail.objects.filter(pk__gt=plan["newest"])
    tickets = Ticket.objects.visible_to(access_of(agent, Organisation.objects.order_by("path")[0]))
    said = Message.objects.filter(pk__in=came.values("said"), ticket__in=tickets)
    return {
        "received": came.count(),
        "originals": sum(default_storage.exists(name) for name in came.values_list("file", flat=True)),
        "done": came.filter(state=MailState.DONE).count(),
        "messages": said.count(),
        "tickets": said.values("ticket").distinct().count(),
        "with_files": said.filter(attachments__isnull=False).distinct().count(),
    }


if __name__ == "__main__":
    main()
