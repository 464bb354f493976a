"""Who wrote the mail of the corpus, what bounced and why; and that a person is never taken for a robot."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.mailbox.choices import MailKind
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.robots import Verdict, verdict
from mostrador.notifications.choices import BounceReason, Severity
from tests.mailbox.reader import read

CORPUS = Path(__file__).parent / "corpus"
MAILS: dict[Path, dict[str, Any]] = {
    CORPUS / folder / f"{name}.eml": expected
    for folder in ("robots", "old_servers", "robots_held_back", "robots_held_back_again")
    for name, expected in json.loads((CORPUS / folder / "expected.json").read_text()).items()
}
PERSON = Mail(
    headers=(("Content-Type", "text/plain"),),
    senders=(Address("Ana", "ana@correo.example"),),
    to=(Address("", "atencion@soporte.valdelmar.example"),),
    subject="Consulta",
    text="¿Cómo pido el volante?",
)
LINES = st.sampled_from(
    [
        "Reporting-MTA: dns; x",
        "Final-Recipient: rfc822; a@b.example",
        "Final-Recipient: rfc822;",
        "Action: failed",
        "Action:",
        "Status: 5.1.1",
        "Status: 99",
        "Diagnostic-Code: smtp; 550 5.1.1 x",
        " continued",
        "",
        ": :",
    ]
)


def told(judged: Verdict) -> dict[str, Any]:
    """Return a verdict in the words of the corpus."""
    said: dict[str, Any] = {"kind": judged.kind.value, "message_id": judged.message_id}
    if judged.bounce:
        said |= {
            "severity": judged.bounce.severity.value,
            "recipients": list(judged.bounce.recipients),
            "status": judged.bounce.status,
            "reason": judged.bounce.reason.value,
        }
    return said


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_who_wrote_the_mail_of_the_corpus(path: Path) -> None:
    judged = verdict(read(path.read_bytes()))

    said = told(judged)
    assert {name: said.get(name) for name, value in MAILS[path].items() if value is not None} == {
        name: value for name, value in MAILS[path].items() if value is not None
    }
    assert judged.may_answer <= (judged.kind == MailKind.HUMAN)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ((), "nothing-else"),
        ((("Return-Path", "<>"),), "null-sender"),
        ((("X-Auto-Response-Suppress", "OOF, AutoReply"),), "suppressed"),
        ((("X-Loop", "us"),), "x-loop"),
    ],
)
def test_what_keeps_a_persons_mail_from_an_automatic_answer(headers: tuple[tuple[str, str], ...], why: str) -> None:
    judged = verdict(replace(PERSON, headers=headers))

    assert (judged.kind, judged.rule, judged.may_answer) == (MailKind.HUMAN, why, why == "nothing-else")


def test_our_own_addresses_are_never_answered() -> None:
    assert verdict(PERSON, own_addresses={"ana@correo.example"}).rule == "own-address"


@pytest.mark.parametrize("reason", BounceReason)
def test_every_reason_has_words(reason: BounceReason) -> None:
    assert str(reason.label).endswith(".")
    assert reason.is_about_address == (reason.value in {"no_mailbox", "no_domain", "disabled", "moved"})


@given(
    st.lists(LINES, max_size=12).map("\n".join), st.sampled_from(["multipart/report; report-type=delivery-status", ""])
)
def test_any_delivery_status_is_read(status: str, kind: str) -> None:
    mail = replace(PERSON, headers=(("Content-Type", kind),), parts=(("message/delivery-status", status),))

    judged = verdict(mail)

    assert judged.kind in {MailKind.BOUNCE, MailKind.RECEIPT} | (set() if kind else {MailKind.HUMAN})
    assert judged.bounce is None or judged.bounce.severity in Severity


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["ana", "mailer-daemon", "no-reply"]))
def test_any_words_are_judged(subject: str, text: str, local_part: str) -> None:
    verdict(replace(PERSON, subject=subject, text=text, senders=(Address("", f"{local_part}@x.example"),)))
