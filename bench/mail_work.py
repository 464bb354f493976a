"""What the mail's benchmark does in processes of its own, with the product's tables: see `bench.mail`.

    python -m bench.mail_work prepare                        make a mailbox, say its key and address
    python -m bench.mail_work direct PLAN                    receive and take in, one after the other
    python -m bench.mail_work receive PLAN                   only receive: workers of the product take in
    python -m bench.mail_work check PLAN                     count what people at the desk see
    python -m bench.mail_work keep PLAN                      only receive what a file holds
    python -m bench.mail_work big PLAN                       take in what was received

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

from bench.letters import letters  # noqa: E402 - as above
from bench.measures import AGENT  # noqa: E402 - as above
from mostrador.accounts.models import User  # noqa: E402 - as above
from mostrador.accounts.queries import access_of  # noqa: E402 - as above
from mostrador.mailbox.actions.receiving import receive  # noqa: E402 - as above
from mostrador.mailbox.actions.taking_in import take_in  # noqa: E402 - as above
from mostrador.mailbox.choices import MailState, Via, Way  # noqa: E402 - as above
from mostrador.mailbox.models import IncomingMail, Mailbox  # noqa: E402 - as above
from mostrador.notifications.models import Sender  # noqa: E402 - as above
from mostrador.organisations.models import Organisation  # noqa: E402 - as above
from mostrador.tickets.models import Message, Ticket  # noqa: E402 - as above

ADDRESS = "soporte@diputacionvaldelmar.example"


def main() -> None:
    work: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "prepare": prepare,
        "direct": lambda plan: at_a_signal(plan, take_in),
        "receive": lambda plan: at_a_signal(plan, lambda key: None),
        "keep": keep,
        "big": one_big,
        "check": check,
    }
    name, *rest = sys.argv[1:]
    say(work[name](json.loads(rest[0]) if rest else {}))


def say(what: Any) -> None:
    print(json.dumps(what), flush=True)


def prepare(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the mailbox of the sample office, made when there is none."""
    organisation = Organisation.objects.order_by("path")[0]
    mailbox = Mailbox.objects.of_address(ADDRESS).first()
    if mailbox is None:
        sender, _ = Sender.objects.get_or_create(organisation=organisation, address=ADDRESS, defaults={"name": ""})
        mailbox = Mailbox.objects.create(
            organisation=organisation,
            name="Soporte",
            address=ADDRESS,
            way=Way.DELIVERED,
            language="es",
            sender=sender,
            created_at=timezone.now(),
            changed_at=timezone.now(),
        )
    newest = IncomingMail.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {"mailbox": mailbox.pk, "address": ADDRESS, "newest": newest or 0}


def at_a_signal(plan: dict[str, Any], then: Callable[[int], None]) -> dict[str, Any]:
    """Warm up, wait for the signal, and do the share of this process: whole threads, so that answers come after."""
    mailbox = Mailbox.objects.select_related("organisation", "sender").get(pk=plan["mailbox"])

    def mine(first: int, last: int) -> list[bytes]:
        made = letters(first, last, to=mailbox.address, run=plan["run"])
        return [letter.raw for letter in made if letter.thread % plan["shares"] == plan["share"]]

    def do(messages: list[bytes]) -> None:
        for raw in messages:
            then(receive(raw, mailbox=mailbox, via=Via.PIPE, envelope_to=[mailbox.address]).pk)

    do(mine(0, plan["warm_up"]))
    messages = mine(plan["warm_up"], plan["warm_up"] + plan["count"])
    say("ready")
    sys.stdin.readline()
    begun, spent = time.monotonic(), time.process_time()
    do(messages)
    return {"count": len(messages), "cpu": time.process_time() - spent, "seconds": time.monotonic() - begun}


def keep(plan: dict[str, Any]) -> dict[str, Any]:
    """Receive what a file holds."""
    raw = Path(plan["file"]).read_bytes()
    return {"mail": receive(raw, mailbox=Mailbox.objects.get(pk=plan["mailbox"]), via=Via.PIPE).pk}


def one_big(plan: dict[str, Any]) -> dict[str, Any]:
    """Take in one large message that is received already, as a worker does; return the memory at its highest."""
    before = peak_mib()
    take_in(plan["mail"])
    return {"before_mib": before, "peak_mib": peak_mib(), "state": IncomingMail.objects.get(pk=plan["mail"]).state}


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
