"""Whose mail it is that an agent passes on."""

# Lines stand as programs write them.
# ruff: noqa: E501 - lines stand as programs write them

import pytest

from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.passed_on import Original, forwarded_original
from mostrador.mailbox.rules.reading import read
from tests.mailbox.make_words import HEADS

ANA = Address("Ana García Pérez", "ana.garcia@hogar.example")
WORDS = "Buenos días:\n\nNo puedo firmar.\n\nAna"


def passed_on(text: str, subject: str = "RV: No puedo firmar") -> Mail:
    return Mail(headers=(), subject=subject, text=text)


@pytest.mark.parametrize("language", HEADS)
@pytest.mark.parametrize("above", ["", "Os lo paso.\n\n", f"Os lo paso.\n\n{'_' * 32}\n"])
def test_the_head_that_outlook_writes_in_nine_languages(language: str, above: str) -> None:
    sender, sent, to, about = HEADS[language]
    head = f"{sender}: Ana García Pérez <ana.garcia@hogar.example>\n{sent}: lunes, 2 de noviembre de 2026 18:05\n"
    head += f"{to}: Registro <registro@valdelmar.example>; Soporte\n <soporte@valdelmar.example>\n{about}: No puedo firmar\n"

    original = forwarded_original(passed_on(f"{above}{head}\n{WORDS}\n"))

    assert original is not None
    assert (original.sender, original.subject, original.text) == (ANA, "No puedo firmar", WORDS)
    assert original.above == ("Os lo paso." if above else "")


@pytest.mark.parametrize(
    "announced",
    [
        "---------- Forwarded message ---------",
        "---------- Forwarded message ----------",
        "-------- Mensaje reenviado --------",
        "-------- Missatge reenviat --------",
        "-------- Mensaxe reenviada --------",
        "-------- Birbidalitako mezua --------",
        "-------- Mensagem encaminhada --------",
        "-------- Message transféré --------",
        "-------- Weitergeleitete Nachricht --------",
        "-------- Messaggio inoltrato --------",
        "-----Mensaje original-----",
    ],
)
def test_what_announces_a_message_passed_on(announced: str) -> None:
    head = "De: Ana García Pérez <ana.garcia@hogar.example>\nDate: lun, 2 nov 2026 a las 18:05\n"
    head += "Subject: No puedo firmar\nTo: <registro@valdelmar.example>\n"

    original = forwarded_original(passed_on(f"Para vosotros\n-- \nMarta\nRegistro\n\n{announced}\n{head}\n\n{WORDS}\n"))

    assert original == Original(
        ANA, "No puedo firmar", WORDS, sent="lun, 2 nov 2026 a las 18:05", above="Para vosotros"
    )


@pytest.mark.parametrize(
    "text",
    [
        # Apple Mail, which quotes
        "Mirad.\n\n> Inicio del mensaje reenviado:\n> \n> De: Ana García Pérez <ana.garcia@hogar.example>\n"
        "> Asunto: No puedo firmar\n> Fecha: 2 de noviembre de 2026, 18:05:11 CET\n> Para: registro@valdelmar.example\n"
        "> \n> Buenos días:\n> \n> No puedo firmar.\n> \n> Ana\n",
        # Thunderbird, where the subject comes first
        "Mirad.\n\n-------- Mensaje reenviado --------\nAsunto: \tNo puedo firmar\nFecha: \tMon, 2 Nov 2026 18:05:11 +0100\n"
        f"De: \tAna García Pérez <ana.garcia@hogar.example>\nPara: \tregistro@valdelmar.example\n\n\n{WORDS}\n",
        # Outlook with bold labels, an address that is a link, and importance
        "Mirad.\n\n*De:* Ana García Pérez [mailto:ana.garcia@hogar.example]\n*Enviado el:* lunes, 2 de noviembre de 2026\n"
        f"*Para:* Registro\n*Asunto:* No puedo firmar\n*Importancia:* Alta\n\n{WORDS}\n",
        # Outlook's HTML with each line in a paragraph of its own
        'Mirad.\n\nDe: "Ana García Pérez" <ana.garcia@hogar.example>\n\nEnviado: lunes\n\nPara: Registro\n\nAsunto: No puedo'
        f" firmar\n\n{WORDS}\n",
        # a name so long that its address stands in the next line
        "Mirad.\n\nDe: Ana García Pérez\n<ana.garcia@hogar.example>\nEnviado: lunes\nAsunto: No puedo\nfirmar\nPara: yo\n\n"
        f"{WORDS}\n",
    ],
)
def test_how_programs_write_the_head(text: str) -> None:
    original = forwarded_original(passed_on(text))

    assert original is not None
    assert (original.sender, original.subject, original.text) == (ANA, "No puedo firmar", WORDS)
    assert original.above == "Mirad."


def test_gmail_writes_html() -> None:
    raw = (
        "From: Marta <marta@valdelmar.example>\nSubject: Fwd: No puedo firmar\nContent-Type: text/html; charset=utf-8\n\n"
        '<div dir="ltr">Mirad.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded '
        'message ---------<br>De: <b class="gmail_sendername">Ana García Pérez</b> <span>&lt;<a href="mailto:'
        'ana.garcia@hogar.example">ana.garcia@hogar.example</a>&gt;</span><br>Date: lun, 2 nov 2026<br>Subject: No puedo '
        "firmar<br>To: &lt;registro@valdelmar.example&gt;<br></div><br><br><p>Buenos días:</p><p>No puedo firmar.</p>"
        "<p>Ana</p></div></div>"
    )

    original = forwarded_original(read(raw.encode()))

    assert original is not None
    assert (original.sender, original.text, original.above) == (ANA, WORDS, "Mirad.")


ATTACHED = (
    "--x\nContent-Type: message/rfc822\n\n"
    "From: {sender}\nSubject: No puedo firmar\nMessage-ID: <uno@hogar.example>\n"
    "Content-Type: text/plain; charset=utf-8\n\nBuenos días:\n\nNo puedo firmar.\n\nAna\n\n"
)
WITH_PARTS = 'From: marta@valdelmar.example\nSubject: {}\nContent-Type: multipart/mixed; boundary="x"\n\n'


@pytest.mark.parametrize("above", ["", "Mirad."])
def test_a_message_that_is_attached(above: str) -> None:
    words = f"--x\nContent-Type: text/plain\n\n{above}\n\n" if above else ""
    enclosed = ATTACHED.format(sender="Ana García Pérez <ana.garcia@hogar.example>")

    original = forwarded_original(read(f"{WITH_PARTS.format('RV: x')}{words}{enclosed}--x--\n".encode()))

    assert original is not None
    assert (original.sender, original.text, original.above) == (ANA, WORDS, above)
    assert original.mail is not None
    assert original.mail.message_id == "<uno@hogar.example>"


def test_attached_messages_of_several_authors_are_nobodys() -> None:
    parts = ATTACHED.format(sender="a@hogar.example") + ATTACHED.format(sender="b@hogar.example")

    assert forwarded_original(read(f"{WITH_PARTS.format('RV: x')}{parts}--x--\n".encode())) is None


def test_what_colleagues_passed_on_to_each_other_is_followed_to_the_citizen() -> None:
    inner = f"De: Ana García Pérez <ana.garcia@hogar.example>\nEnviado: lunes\nPara: Luis\nAsunto: No puedo firmar\n\n{WORDS}"
    outer = (
        "De: Luis <luis@valdelmar.example>\nEnviado: martes\nPara: Marta\nAsunto: RV: No puedo firmar\n\n¿Lo veis?\n\n"
    )
    mail = passed_on(f"Ahí va.\n\n{outer}{inner}\n")

    colleague, citizen = forwarded_original(mail), forwarded_original(mail, own_domains={"valdelmar.example"})

    assert colleague is not None
    assert colleague.sender.address == "luis@valdelmar.example"
    assert citizen == Original(ANA, "No puedo firmar", WORDS, sent="lunes", above="Ahí va.\n\n¿Lo veis?")


def test_outlook_leaves_out_the_address_of_a_colleague() -> None:
    mail = passed_on(f"De: Luis Sanz\nEnviado: martes\nPara: Marta\nAsunto: Hola\n\n{WORDS}\n")

    original = forwarded_original(mail)

    assert original is not None
    assert original.sender == Address("Luis Sanz", "")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (f"De: Ana <a@b.example>\nEnviado: lunes\nPara: Luis\nAsunto: Hola\n\n{WORDS}", "Re: Hola"),
        (f"De: Ana <a@b.example>\nEnviado: lunes\nPara: Luis\nAsunto: Hola\n\n{WORDS}", "Hola"),
        ("Les paso mi queja.\n\nDe: Ana a Luis, sin más.\n", "RV: queja"),
        ("Gracias.\n\n> ---------- Forwarded message ---------\n> De: x <x@y.example>\n> Asunto: z\n", "Re: Fwd: z"),
        ("", "RV:"),
    ],
)
def test_what_passes_nothing_on(text: str, subject: str) -> None:
    assert forwarded_original(passed_on(text, subject)) is None
