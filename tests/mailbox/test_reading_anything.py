"""Whatever comes: reading never raises, what it says can be stored, and every word that was written is still there."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mostrador.mailbox.rules.mail import Mail
from mostrador.mailbox.rules.reading import read, read_openly
from mostrador.mailbox.rules.report import report
from tests.mailbox import strategies
from tests.mailbox.strategies import Built


def _all_of(mail: Mail) -> str:
    """Put together everything that a message was read as."""
    files = "\n".join(
        _all_of(read_openly(file.content)) if file.content_type == "message/rfc822" else file.content.decode("latin-1")
        for file in mail.files
    )
    machines = "\n".join(text for _, text in mail.parts)
    head = "\n".join(f"{name}: {value}" for name, value in mail.headers)
    return "\n".join((mail.text, mail.html, files, machines, head))


def _can_be_stored(mail: Mail) -> None:
    said = json.dumps(report(mail), ensure_ascii=False)
    said.encode()
    assert "\\u0000" not in said
    for name, value in mail.headers:
        assert "\0" not in name + value
    for kind, text in mail.parts:
        assert "\0" not in kind + text.encode().decode()


@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    _can_be_stored(read_openly(raw))


@given(
    st.binary(max_size=60), st.sampled_from(("From", "To", "Date", "Subject", "Content-Type", "Content-Disposition"))
)
def test_any_bytes_in_a_field_are_read(value: bytes, name: str) -> None:
    _can_be_stored(read_openly(name.encode() + b": " + value + b"\r\nTo: a@x.example\r\n\r\nHola"))


@given(strategies.mails())
def test_a_sound_message_keeps_every_word(mail: Built) -> None:
    found = read_openly(mail.raw)

    said = _all_of(found)
    assert [word for word in mail.words if word not in said] == []
    _can_be_stored(found)


@given(strategies.damaged())
@settings(max_examples=300)
def test_a_damaged_message_is_read(raw: bytes) -> None:
    _can_be_stored(read_openly(raw))


@given(strategies.disordered())
@settings(max_examples=300)
def test_a_message_out_of_order_keeps_every_word(mail: Built) -> None:
    said = _all_of(read_openly(mail.raw))

    assert [word for word in mail.words if word not in said] == []


MANY = 100_000
HEAD = b"From: a@x.example\r\n"
HOSTILE = {
    "words begun": b"Subject: " + b"=?a?q?" * MANY,
    "quotes": b"From: " + b'\\"' * MANY,
    "comments begun": b"From: " + b"(a" * MANY,
    "commas": b"From: " + b"a," * MANY,
    "parameters": b"Content-Type: text/plain" + b";a=b" * MANY,
    "blanks": b"Content-Type: text/plain;a" + b" " * MANY,
    "lines that are no fields": HEAD + (b"aaaa\r\n" * 1000 + b"To: b@x.example\r\n") * (MANY // 1000),
    "uuencode begun": HEAD + b"\r\nend\r\n" + b"begin 644 a\r\nM\r\n" * MANY,
    "yEnc begun": HEAD + b"\r\n" + b"=ybegin line=1 name=a\r\n" * MANY,
    "boundaries in one line": HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a" * MANY,
    "containers": HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 3000,
    "tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * MANY,
    "attributes begun": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a b='" * MANY,
    "quotations": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote>a" * (MANY // 20),
    "pieces of base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"YQ==\r\n*" * MANY,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
@pytest.mark.timeout(30)  # each takes well under a second; what grows with the square takes minutes
def test_what_was_made_to_take_for_ever_is_read(name: str) -> None:
    _can_be_stored(read_openly(HOSTILE[name]))


def test_the_reader_s_own_error_is_no_end() -> None:
    class Bytes(bytes):
        def replace(self, *arguments: object, **more: object) -> bytes:
            raise RuntimeError

    mail = read(Bytes(b"Hola\r"))

    assert (mail.text, mail.defects) == ("Hola\r", ("reader-failed",))
