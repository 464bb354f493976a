"""How the messages of the corpus are put together: from what one differs in, to the bytes that arrive."""

import re
from dataclasses import dataclass
from email.header import Header
from textwrap import dedent
from typing import Any

OFFICE = "atencion@soporte.valdelmar.example"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message of the corpus and what is to be read from it."""

    name: str
    expected: dict[str, Any]
    raw: bytes


class Samples:
    """Collects the messages of one folder of the corpus."""

    def __init__(self) -> None:
        self.all: list[Sample] = []

    def add(self, name: str, headers: str, body: str, **expected: Any) -> None:
        """Add a message; ORIGINAL in its body stands for the headers of the message that it is about."""
        original = f"<{name}@soporte.valdelmar.example>"
        body = dedent(body).lstrip("\n")
        if "ORIGINAL" in body:
            expected.setdefault("message_id", original)
        body = re.sub(
            r"^([ >|]*)ORIGINAL",
            lambda found: "\n".join(found[1] + line for line in _original(original).splitlines()),
            body,
            flags=re.MULTILINE,
        )
        assert all(sample.name != name for sample in self.all), name
        self.all.append(Sample(name, expected, _headers(name, headers).encode() + b"\n" + body.encode()))

    def report(self, name: str, headers: str, text: str, fields: str, *, whole: bool = False, **expected: Any) -> None:
        """Add a multipart/report with a delivery-status (RFC 3464) and the headers of the original or the whole."""
        kind = "message/rfc822" if whole else "text/rfc822-headers"
        original = "ORIGINAL\n\nBuenos días:\n\nLe contestamos.\n" if whole else "ORIGINAL\n"
        body = "\n".join(
            [
                "--=_parte",
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
                dedent(text).strip() + "\n",
                "--=_parte",
                "Content-Type: message/delivery-status\n",
                dedent(fields).strip() + "\n",
                "--=_parte",
                f"Content-Type: {kind}\n",
                original,
                "--=_parte--\n",
            ]
        )
        kind = 'Content-Type: multipart/report; report-type=delivery-status;\n boundary="=_parte"'
        self.add(name, f"{dedent(headers).strip()}\nMIME-Version: 1.0\n{kind}", body, **expected)


def _original(message_id: str) -> str:
    return (
        "Received: from cola.valdelmar.example (cola.valdelmar.example [192.0.2.10])\n"
        "\tby salida.valdelmar.example (Postfix) with ESMTPS id 4XyZ01\n"
        "\tfor <destino@correo.example>; Tue, 03 Nov 2026 09:14:55 +0100 (CET)\n"
        f"From: =?utf-8?q?Atenci=C3=B3n_ciudadana?= <{OFFICE}>\n"
        "To: destino@correo.example\n"
        "Subject: [VAL-2026-00042] Su consulta sobre el certificado\n"
        f"Message-ID: {message_id}\n"
        "Date: Tue, 03 Nov 2026 09:14:55 +0100\n"
        "Auto-Submitted: auto-generated"
    )


def _headers(name: str, written: str) -> str:
    lines = [line for line in dedent(written).strip().split("\n") if line.strip()]
    names = {line.partition(":")[0].lower() for line in lines if not line[0].isspace()}
    usual = {
        "To": f"<{OFFICE}>",
        "Date": "Tue, 03 Nov 2026 09:15:02 +0100",
        "Message-ID": f"<{name}@servidor.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines += [f"{header}: {value}" for header, value in usual.items() if header.lower() not in names]
    return "\n".join(_encoded(line) for line in lines) + "\n"


def _encoded(line: str) -> str:
    if line.isascii():
        return line
    header, _, value = line.partition(":")
    if found := re.fullmatch(r'\s*"?([^"<]*)"?\s*(<.*>)', value):
        return f"{header}: {Header(found[1].strip(), 'utf-8').encode()} {found[2]}"
    return f"{header}: {Header(value.strip(), 'utf-8').encode()}"
