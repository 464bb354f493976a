"""Any message is read: nothing raises, no letter is lost, and what was broken is named."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from mostrador.mailbox.rules import languages
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.protection import protections
from mostrador.mailbox.rules.reading import read_openly
from tests.mailbox import make_reading_corpus as corpus

EXPECTED: dict[str, dict[str, Any]] = json.loads(corpus.EXPECTED.read_text())


def _people(found: tuple[Address, ...]) -> list[list[str]]:
    return [[one.name, one.address] for one in found]


SAID: dict[str, Callable[[Mail], Any]] = {
    "message_id": lambda mail: mail.message_id,
    "in_reply_to": lambda mail: list(mail.in_reply_to),
    "references": lambda mail: list(mail.references),
    "from": lambda mail: _people(mail.senders),
    "to": lambda mail: _people(mail.to),
    "cc": lambda mail: _people(mail.cc),
    "subject": lambda mail: mail.subject,
    "date": lambda mail: mail.sent_at.isoformat() if mail.sent_at else None,
    "text": lambda mail: mail.text,
    "html": lambda mail: mail.html,
    "files": lambda mail: [
        [file.name, file.content_type, len(file.content), hashlib.sha256(file.content).hexdigest()]
        for file in mail.files
    ],
    "file_names": lambda mail: [file.name for file in mail.files],
    "inline": lambda mail: [file.name for file in mail.files if file.is_inline],
    "parts": lambda mail: [kind for kind, _ in mail.parts],
    "protections": lambda mail: sorted(protections(mail)),
    "language": lambda mail: languages.guess(mail.text),
    "defects": lambda mail: list(mail.defects),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_message_says_what_it_says(name: str) -> None:
    expected = dict(EXPECTED[name])

    mail = read_openly((corpus.FOLDER / f"{name}.eml").read_bytes())

    for kind in ("text", "html"):
        for words in expected.pop(f"{kind}_has", []):
            assert words in SAID[kind](mail)
    assert {said: SAID[said](mail) for said in expected} == expected


def test_the_corpus_is_what_its_generator_writes() -> None:
    written = {path.stem: path.read_bytes() for path in corpus.FOLDER.glob("*.eml")}

    assert written == {name: raw for name, raw, _ in corpus.cases()}
    assert json.loads(json.dumps({name: says for name, _, says in corpus.cases()})) == EXPECTED
