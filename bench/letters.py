"""Mail as citizens write it, always the same for the same numbers: five languages, threads and new matters, some files.

A *thread* is what one person writes about one matter: two messages in five answer an earlier one of their own. One
message in five carries a PDF of 20 kB; three in five have HTML too.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

PDF_BYTES = 20_000
THREADS_PER_BLOCK = 6  # of ten messages: six begin something, four answer
BLOCK = 10
SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)

# Of each language: subject, greeting, sentences, farewell, the line above quoted words.
WORDS = {
    "es": (
        "No aparece mi certificado al firmar",
        "Buenos días:",
        (
            "No consigo firmar la solicitud en la sede electrónica.",
            "Al pulsar el botón Firmar no aparece mi certificado en la lista.",
            "Uso Windows 11 con Firefox y el certificado está instalado desde enero.",
            "¿Podrían decirme qué tengo que hacer? El plazo termina el viernes.",
            "Lo he intentado tres veces y siempre ocurre lo mismo.",
        ),
        "Muchas gracias. Un saludo,",
        "El {day} a las {hour}, {name} escribió:",
    ),
    "ca": (
        "No puc descarregar el justificant",
        "Bon dia,",
        (
            "No puc descarregar el justificant del registre.",
            "Quan premo l'enllaç s'obre una pàgina en blanc i no passa res més.",
            "He provat amb dos navegadors i amb un altre ordinador.",
            "Em podríeu dir com ho he de fer, si us plau?",
            "El tràmit és la renovació de la llicència d'activitats.",
        ),
        "Moltes gràcies,",
        "El dia {day} a les {hour}, {name} va escriure:",
    ),
    "gl": (
        "Erro ao presentar a solicitude",
        "Bo día:",
        (
            "Non son quen de presentar a solicitude da axuda na sede.",
            "Ao enviala sae unha mensaxe que di que o ficheiro é demasiado grande.",
            "O ficheiro ocupa catro megas e segundo as bases pode ter dez.",
            "Que podo facer? O prazo remata mañá.",
            "Probei tamén co ordenador do traballo.",
        ),
        "Grazas e un saúdo,",
        "O {day} ás {hour}, {name} escribiu:",
    ),
    "eu": (
        "Ezin dut eskaera sinatu",
        "Egun on:",
        (
            "Ezin dut eskaera sinatu egoitza elektronikoan.",
            "Sinatu botoia sakatzen dudanean ez da nire ziurtagiria agertzen.",
            "Windows 11 eta Firefox erabiltzen ditut, eta ziurtagiria instalatuta dago.",
            "Zer egin behar dut? Epea ostiralean amaitzen da.",
            "Hiru aldiz saiatu naiz eta beti gauza bera gertatzen da.",
        ),
        "Eskerrik asko,",
        "{day}, {hour}: {name} igorleak idatzi zuen:",
    ),
    "en": (
        "My payment was charged twice",
        "Good morning,",
        (
            "I paid the fee on your website and it was charged twice.",
            "The first time the page said that something had gone wrong, so I tried again.",
            "My bank shows both charges on the same day.",
            "Could you please tell me how to get one of them back?",
            "I attach what the bank sent me.",
        ),
        "Kind regards,",
        "On {day} at {hour}, {name} wrote:",
    ),
}
SHARES = {"es": 60, "ca": 15, "gl": 10, "eu": 8, "en": 7}
FIRST = ("María", "Josep", "Xoán", "Ane", "Íñigo", "Carmen", "Núria", "Antía", "Jon", "Emily")
LAST = ("García", "Puig", "Castro", "Etxeberria", "Muñoz", "Serra", "Rey", "Agirre", "Peña", "Baker")


@dataclass(frozen=True)
class Letter:
    """One message: in which thread of its run it is, and its bytes."""

    thread: int
    raw: bytes


def letters(first: int, last: int, *, to: str, run: str) -> Iterator[Letter]:
    """Make messages number `first` to `last` (not included).

    Args:
        to: The desk's address.
        run: Goes into addresses and Message-IDs, so that a second run in the same database is not known already.
    """
    for number in range(first, last):
        block, place = divmod(number, BLOCK)
        is_answer = place >= THREADS_PER_BLOCK
        thread = block * THREADS_PER_BLOCK + (place - THREADS_PER_BLOCK if is_answer else place)
        yield Letter(thread, _letter(number, thread, is_answer=is_answer, to=to, run=run))


def big(size_bytes: int, *, to: str, run: str) -> bytes:
    """Make one message of about so many bytes, almost all of them one attached file."""
    content = random.Random(run).randbytes(57 * 1024)
    chance = random.Random(run)
    parts = [b"--b\r\n", *_text("text/plain", "Adjunto el vídeo de la pantalla.\r\n"), b"--b\r\n"]
    parts.append(b'Content-Type: video/mp4; name="pantalla.mp4"\r\nContent-Transfer-Encoding: base64\r\n')
    parts.append(b'Content-Disposition: attachment; filename="pantalla.mp4"\r\n\r\n')
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    parts += [encoded] * (size_bytes // len(encoded))
    head = _head(0, chance, "es", "Vídeo del error", to, f"big.{run}", f"{run}-big")
    return b"".join([*head, b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n', *parts, b"--b--\r\n"])


def _letter(number: int, thread: int, *, is_answer: bool, to: str, run: str) -> bytes:
    chance = random.Random(thread)
    language = chance.choices(list(SHARES), weights=list(SHARES.values()))[0]
    subject, greeting, sentences, farewell, quoted = WORDS[language]
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    chance = random.Random(number)
    text = "\r\n\r\n".join([greeting, " ".join(chance.sample(sentences, 4)) + f" ({number})", farewell, name])
    if is_answer:
        above = quoted.format(day="12/11/2026", hour="9:30", name=name)
        text = f"{text}\r\n\r\n{above}\r\n" + "\r\n".join(f"> {line}" for line in sentences)
        subject = f"Re: {subject}"
    parts = _head(number, chance, language, subject, to, f"{run}.{number}", f"{thread}.{run}", name)
    if is_answer:
        begun = f"<{run}.{(thread // THREADS_PER_BLOCK) * BLOCK + thread % THREADS_PER_BLOCK}@correo.example>"
        parts.append(f"In-Reply-To: {begun}\r\nReferences: {begun}\r\n".encode())
    has_html, has_file = number % 5 < 3, number % 5 == 0
    body = _text("text/plain", text)
    if has_html:
        body = [
            b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n--alt\r\n',
            *body,
            b"--alt\r\n",
            *_text("text/html", _html(text)),
            b"--alt--\r\n",
        ]
    if has_file:
        body = [
            b'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n--mix\r\n',
            *body,
            b'--mix\r\nContent-Type: application/pdf; name="justificante.pdf"\r\n',
            b"Content-Transfer-Encoding: base64\r\n",
            b'Content-Disposition: attachment; filename="justificante.pdf"\r\n\r\n',
            _pdf(number % 50),
            b"--mix--\r\n",
        ]
    return b"".join([*parts, *body])


def _head(
    number: int,
    chance: random.Random,
    language: str,
    subject: str,
    to: str,
    identity: str,
    person: str,
    name: str = "María García",
) -> list[bytes]:
    at = SINCE + timedelta(seconds=number * 7)
    server = f"mail{chance.randint(1, 9)}.correo.example (192.0.2.{chance.randint(1, 250)})"
    lines = [
        f"Return-Path: <persona.{person}@correo.example>",
        f"Received: from {server} by mx.sede.example with ESMTPS; {format_datetime(at)}",
        f"From: {_encoded(name)} <persona.{person}@correo.example>",
        f"To: <{to}>",
        f"Subject: {_encoded(subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{identity}@correo.example>",
        f"Content-Language: {language}",
        "X-Mailer: Correo 16.0",
        "MIME-Version: 1.0",
    ]
    return ["\r\n".join(lines).encode() + b"\r\n"]


def _encoded(words: str) -> str:
    return words if words.isascii() else f"=?utf-8?B?{base64.b64encode(words.encode()).decode()}?="


def _text(content_type: str, text: str) -> list[bytes]:
    head = f'Content-Type: {content_type}; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    return [head.encode(), text.encode(), b"\r\n"]


def _html(text: str) -> str:
    paragraphs = "".join(f'<p class="MsoNormal"><span>{each}</span></p>' for each in text.split("\r\n\r\n"))
    return f"<html><head><style>p {{ margin: 0 }}</style></head><body><div>{paragraphs}</div></body></html>"


@lru_cache(maxsize=50)
def _pdf(number: int) -> bytes:
    content = b"%PDF-1.7\n" + random.Random(number).randbytes(PDF_BYTES - 15) + b"%%EOF\n"
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
