"""Whatever comes, the rules that judge a mail judge it without an error, and ordinary mail raises no suspicion."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.mailbox.choices import FilterAction
from mostrador.mailbox.rules.authentication import authenticity, needs_own_check
from mostrador.mailbox.rules.filters import Filter, decide
from mostrador.mailbox.rules.look_alikes import Office, Pointer, pointers
from mostrador.mailbox.rules.passed_on import forwarded_original
from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.robots import verdict
from mostrador.mailbox.rules.signatures import signature
from mostrador.mailbox.rules.threads import clues
from tests.mailbox import strategies

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*/*.eml"))
OFFICE = Office(
    domains=["valdelmar.example", "sede.valdelmar.example", "soporte.valdelmar.example"],
    addresses=["atencion@soporte.valdelmar.example"],
    names=["Ayuntamiento de Valdelmar", "Diputación de Valdelmar"],
)
FILTERS = [Filter(1, FilterAction.TAG, words="oferta", tag="a"), Filter(2, FilterAction.SPAM, sender="@nadie.example")]


def judged(raw: bytes) -> tuple[Pointer, ...]:
    """Let every rule judge a mail; return whether it passes for the office's."""
    mail = read(raw)
    clues(mail, ["soporte@valdelmar.example"])
    forwarded_original(mail, ["valdelmar.example"])
    needs_own_check(mail, ["mx.valdelmar.example"])
    authenticity(mail, ["mx.valdelmar.example"])
    signature(raw, mail)
    decide(FILTERS, mail, verdict(mail))
    return pointers(mail, OFFICE)


@pytest.mark.parametrize("folder", sorted({path.parent for path in CORPUS}), ids=lambda folder: folder.name)
def test_ordinary_mail_of_the_corpus_raises_no_suspicion(folder: Path) -> None:
    found = {path.name: judged(path.read_bytes()) for path in CORPUS if path.parent == folder}

    assert {name: pointers for name, pointers in found.items() if pointers} == {}


@given(strategies.damaged())
def test_a_damaged_message_is_judged(raw: bytes) -> None:
    judged(raw)


@given(
    st.sampled_from(("From", "Reply-To", "Subject", "References", "Authentication-Results", "Received")),
    st.binary(max_size=60),
)
def test_any_bytes_in_a_field_are_judged(name: str, value: bytes) -> None:
    field = name.encode() + b": " + value

    judged(b"Received: by mx.valdelmar.example\r\n" + field + b"\r\nTo: a@x.example\r\n\r\nHola")
