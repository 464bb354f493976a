"""Which conversation a mail belongs to, and who may speak in it."""

import pytest

from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.threads import (
    Circle,
    Clues,
    Standing,
    clues,
    comparable,
    is_same_name,
    references_in,
    standing,
)
from mostrador.notifications.rules import token_of
from mostrador.shared.references import new_reference

REFERENCE = "7K3-M9C-A6F"
ONE, TWO, THREE, FOUR = (token_of(pk) for pk in range(1, 5))


def test_every_clue_in_the_order_in_which_it_counts() -> None:
    other = new_reference()
    mail = Mail(
        headers=(("Delivered-To", f"soporte+r.{TWO}@sede.example"), ("X-Original-To", "soporte@sede.example")),
        in_reply_to=("<c@sede.example>",),
        references=("<a@sede.example>", "<b@sede.example>", "<c@sede.example>"),
        to=(Address("Soporte", f"soporte+r.{ONE}@sede.example"),),
        subject=f"Re: Consulta {REFERENCE}: no puedo firmar",
        text=f"Gracias. Lo mismo que en la {other.lower()}.\n> [ref:{THREE}] {REFERENCE}",
        html=f'<p>Gracias</p><blockquote><span style="display:none">ref:{FOUR}</span></blockquote>',
    )

    assert clues(mail, envelope_to=[f"soporte+b.{FOUR}@sede.example"]) == Clues(
        message_ids=("<c@sede.example>", "<b@sede.example>", "<a@sede.example>"),
        tokens=(FOUR, ONE, TWO, THREE),
        references=(REFERENCE,),
        mentioned=(other,),
    )


def test_a_mail_without_any_clue() -> None:
    assert clues(Mail(headers=(), subject="Hola", text="No puedo firmar desde las 10:30 del 27-11-2026.")) == Clues()


@pytest.mark.parametrize(
    "text",
    [
        "7K3-M9C-A6F",
        "[7k3-m9c-a6f]",
        "consulta 7k3m9ca6f",
        "Consulta: 7K3 M9C A6F.",
        "mi caso: 7K3–M9C–A6F",
        "ref 7k3 - m9c - a6f",
        "exp 7k3 m9c a6f urgente",
        "7K3.M9C.A6F",
    ],
)
def test_a_reference_as_people_write_it(text: str) -> None:
    assert references_in(text) == (REFERENCE,)


@pytest.mark.parametrize("text", ["7K3-M9C-A64", "X7K3-M9C-A6F", "7K3-M9C-A6F5", "7K3-M9C", "", "600 112 233"])
def test_what_is_no_reference(text: str) -> None:
    assert references_in(text) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana García Pérez", "ANA GARCIA PEREZ"),
        ("García Pérez, Ana", "Ana García Pérez"),
        ("María de los Ángeles Ruiz", "Maria Angeles Ruiz"),
        ("Dña. Ana García", "ana garcía"),
        ("Núria  Peña i Puig", "Nuria Pena Puig"),
    ],
)
def test_the_same_name(one: str, other: str) -> None:
    assert is_same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "Ana"),
        ("", ""),
        ("Ana García", "Ana García Pérez"),
        ("Ana García Pérez", "Eva García Pérez"),
        ("ana@hogar.example", "ana@hogar.example"),
        ("de la", "de la"),
    ],
)
def test_other_names(one: str, other: str) -> None:
    assert not is_same_name(one, other)


CIRCLE = Circle(
    person=["ana@hogar.example", "ana.garcia@gmail.com"],
    representative=["gestor@despacho.example"],
    copied=["luis@hogar.example"],
    third=["tecnico@proveedor.example"],
    names=["Ana García Pérez", "Gestor Sanz Gil"],
)


@pytest.mark.parametrize(
    ("name", "address", "link_is_secret", "expected"),
    [
        ("", "Ana@Hogar.example", False, Standing.PERSON),
        ("Otro nombre", "ana+sede@hogar.example", False, Standing.PERSON),
        ("", "anagarcia@googlemail.com", False, Standing.PERSON),
        ("", "gestor@despacho.example", False, Standing.REPRESENTATIVE),
        ("", "luis@hogar.example", False, Standing.COPY),
        ("", "tecnico@proveedor.example", False, Standing.THIRD),
        ("Ana Garcia Perez", "ana@trabajo.example", True, Standing.OTHER_ADDRESS),
        ("Ana Garcia Perez", "ana@trabajo.example", False, Standing.STRANGER),
        ("Luis Gil", "otro@trabajo.example", True, Standing.STRANGER),
        ("", "", True, Standing.STRANGER),
        ("ana@hogar.example", "malo@otra.example", True, Standing.STRANGER),
    ],
)
def test_as_what_somebody_writes(name: str, address: str, link_is_secret: bool, expected: Standing) -> None:
    sender = Address(name, address)

    assert standing(sender, CIRCLE, link_is_secret=link_is_secret) is expected


def test_what_has_no_address_is_compared_with_nothing() -> None:
    assert comparable("@hogar.example") == comparable("ana") == comparable("") == ""
    assert comparable("+ana@hogar.example") == "+ana@hogar.example"
    assert standing(Address("", ""), Circle(person=["", "ana"]), link_is_secret=True) is Standing.STRANGER
