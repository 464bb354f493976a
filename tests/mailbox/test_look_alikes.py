"""Signs that somebody passes for the office, and ordinary mail that shows none."""

# Mails stand in one line each.
# ruff: noqa: E501 - lines stand as programs write them

import pytest

from mostrador.mailbox.choices import Suspicion
from mostrador.mailbox.rules.look_alikes import Office, Pointer, looks_like, looks_like_government, pointers
from mostrador.mailbox.rules.mail import Address, Mail

OFFICE = Office(
    domains=["valdelmar.es", "sede.valdelmar.es", "gmail.com"],
    addresses=["ayuntamientovaldelmar@gmail.com"],
    names=["Ayuntamiento de Valdelmar", "Ajuntament de Valdelmar"],
    known=["valdelmar.com"],
)


@pytest.mark.parametrize(
    "domain",
    [
        "valde1mar.es",  # a digit for a letter
        "vaIdelmar.es",  # I for l
        "valdelrnar.es",  # rn for m
        "vаldelmаr.es",  # Cyrillic а
        "xn--vldelmr-2fgf.es",  # the same as DNS writes it
        "valdélmar.es",
        "valdemar.es",  # a letter less
        "valdellmar.es",  # a letter more
        "vladelmar.es",  # two swapped
        "valdelmar.info",  # another end
        "valdelmar.com.es",
        "val-delmar.es",
        "sede-valdelmar.es",
        "valdelmar-sede-electronica.com",
        "valdelmar-es.com",
        "sedevaldelmar.es",
        "ayuntamientovaldelmar.online",
        "valdelmar.es.pagos.example",
        "sede.valdelmar.es-acceso.example",
        "sede-valdelmar.es.acceso.example",
    ],
)
def test_a_domain_that_could_be_taken_for_ours(domain: str) -> None:
    assert looks_like(domain, "valdelmar.es")


@pytest.mark.parametrize(
    "domain",
    [
        "valdelmar.es",
        "sede.valdelmar.es",
        "SEDE.valdelmar.es.",
        "bodegasvaldelmar.es",  # firms bear the name of the town
        "hotel-valdelmar.com",
        "turismovaldelmar.es",
        "valdelmar.sedelectronica.es",  # where many offices have their sede
        "valdepalma.es",
        "gmail.com",
        "villanueva.es",
        "localhost",
        "",
    ],
)
def test_a_domain_that_nobody_takes_for_ours(domain: str) -> None:
    assert not looks_like(domain, "valdelmar.es")


@pytest.mark.parametrize(
    ("domain", "own", "expected"),
    [
        ("lean.es", "leon.es", False),
        ("leon.com", "leon.es", False),
        ("burgas.es", "burgos.es", False),
        ("olivares.es", "olivar.es", False),
        ("0livar.es", "olivar.es", True),
        ("olivar-cita.es", "olivar.es", True),
        ("administracion.com", "administracion.gob.es", True),
        ("otra.gob.es", "administracion.gob.es", False),
        ("x.example", "", False),
    ],
)
def test_short_names_look_like_many(domain: str, own: str, expected: bool) -> None:
    assert looks_like(domain, own) is expected


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("sede-gob.es", True),
        ("hacienda.gob.es.pagos.example", True),
        ("g0b.es", True),
        ("dgt-gob-es.com", True),
        ("gob.es", False),
        ("sede.administracion.gob.es", False),
        ("abogobest.es", False),
        ("gobesa.com", False),
        ("casa.gob.mx", False),
    ],
)
def test_a_domain_that_passes_for_one_of_the_government(domain: str, expected: bool) -> None:
    assert looks_like_government(domain) is expected


def mail(sender: str, name: str = "", reply_to: str = "", text: str = "", html: str = "", **headers: str) -> Mail:
    return Mail(
        headers=tuple((key.replace("_", "-"), value) for key, value in headers.items()),
        senders=(Address(name, sender),),
        reply_to=(Address("", reply_to),) if reply_to else (),
        text=text,
        html=html,
    )


def link(shown: str, address: str) -> str:
    return f'<p>Mire <a style="color:red" href="{address}"><b>{shown}</b></a></p>'


@pytest.mark.parametrize(
    ("written", "kind", "shown", "real"),
    [
        (mail("avisos@valde1mar.es"), Suspicion.SENDER_DOMAIN, "valdelmar.es", "valde1mar.es"),
        (mail("avisos@sede-gob.es"), Suspicion.SENDER_DOMAIN, "gob.es", "sede-gob.es"),
        (mail("x@malo.example", "alcaldia@valdelmar.es"), Suspicion.SENDER_ADDRESS, "alcaldia@valdelmar.es", "x@malo.example"),
        (
            mail("x@malo.example", "ayuntamientovaldelmar@gmail.com"),
            Suspicion.SENDER_ADDRESS,
            "ayuntamientovaldelmar@gmail.com",
            "x@malo.example",
        ),
        (
            mail("x@gmail.com", "AYUNTAMIENTO DE VALDELMAR - Notificaciones"),
            Suspicion.SENDER_NAME,
            "AYUNTAMIENTO DE VALDELMAR - Notificaciones",
            "x@gmail.com",
        ),
        (mail("x@malo.example", "Sede Ajuntament Valdelmar"), Suspicion.SENDER_NAME, "Sede Ajuntament Valdelmar", "x@malo.example"),
        (mail("a@valdelmar.es", reply_to="x@malo.example"), Suspicion.REPLY_TO, "a@valdelmar.es", "x@malo.example"),
        (mail("jefa@empresa.example", reply_to="jefa@gmail.com"), Suspicion.REPLY_TO, "jefa@empresa.example", "jefa@gmail.com"),
        (mail("a@b.example", text="Pague en https://valdelmar-pagos.com/x."), Suspicion.LINK_DOMAIN, "valdelmar.es", "valdelmar-pagos.com"),
        (
            mail("a@b.example", html=link("aquí", "https://sede-valdelmar.es/x")),
            Suspicion.LINK_DOMAIN,
            "valdelmar.es",
            "sede-valdelmar.es",
        ),
        (mail("a@b.example", html=link("sede.valdelmar.es/pago", "https://malo.example")), Suspicion.LINK_TEXT, "sede.valdelmar.es", "malo.example"),
        (mail("a@b.example", html=link("https://www.banco.example", "http://malo.test/")), Suspicion.LINK_TEXT, "www.banco.example", "malo.test"),
        (mail("a@b.example", html=link("pulse", "https://valdelmar.es@malo.example/")), Suspicion.LINK_TEXT, "valdelmar.es", "malo.example"),
        (mail("a@b.example", html=link("soporte@valdelmar.es", "mailto:x@malo.example")), Suspicion.LINK_TEXT, "valdelmar.es", "malo.example"),
        (
            mail("a@b.example", html=link("sede.valdelmar.es", "https://eur.safelinks.protection.outlook.com/?url=https%3A%2F%2Fmalo.example%2F")),
            Suspicion.LINK_TEXT,
            "sede.valdelmar.es",
            "malo.example",
        ),
    ],
)  # fmt: skip
def test_a_mail_that_passes_for_the_offices(written: Mail, kind: Suspicion, shown: str, real: str) -> None:
    assert pointers(written, OFFICE) == (Pointer(kind, shown, real),)


@pytest.mark.parametrize(
    "written",
    [
        mail("ana.garcia@gmail.com", "Ana García Pérez", text="No puedo entrar en https://sede.valdelmar.es/tramites."),
        mail("ana@gmail.com", "Ayuntamiento"),
        mail("x@otropueblo.es", "Ayuntamiento de Otro Pueblo"),
        mail("x@valdelmardearriba.es", "Ayuntamiento de Valdelmar de Arriba"),
        mail("x@asociacion.example", "Amigos del Ayuntamiento de Valdelmar"),
        mail("info@valdelmar.es", "Ayuntamiento de Valdelmar"),
        mail("ayuntamientovaldelmar@gmail.com", "Ayuntamiento de Valdelmar"),
        mail("no-responder@correo.gob.es", "Ayuntamiento de Valdelmar"),
        mail("x@valdelmar.com", "Hotel Valdelmar", text="https://www.valdelmar.com"),
        mail("ana@trabajo.example", "ana@gmail.com"),
        mail("a@gmail.com", reply_to="a@hotmail.com"),
        mail("a@empresa.example", reply_to="a@correo.empresa.example"),
        mail("lista@empresa.example", reply_to="otra@otro.example", List_Id="<x.empresa.example>"),
        mail("no-reply@formularios.example", reply_to="ana@gmail.com"),
        mail("a@b.example", html=link("acta.final", "https://nube.example/x") + link("Ver el mapa", "https://mapas.example")),
        mail("a@b.example", html=link("www.empresa.example", "https://empresa.example/?x=1")),
        mail("a@b.example", html=link("https://x.example", "https://boletin.test/t"), List_Unsubscribe="<mailto:x@y.example>"),
        mail("a@b.example", html=link("https://x.example", "https://urldefense.com/v3/__https://x.example__;!!abc")),
        mail("a@b.example", html=link("sede.valdelmar.es", "https://www.google.com/url?q=https://sede.valdelmar.es/")),
        mail("a@b.example", html='<a href="http://[::1">x</a><a href="javascript:x">sede.valdelmar.es</a><a>y</a>'),
        mail("", "", text="http://"),
        Mail(headers=()),
    ],
)  # fmt: skip
def test_ordinary_mail_shows_no_such_sign(written: Mail) -> None:
    assert pointers(written, OFFICE) == ()


def test_a_form_of_our_own_may_ask_for_answers_to_the_citizen() -> None:
    written = mail("formulario@valdelmar.es", reply_to="ana@gmail.com")

    assert pointers(written, OFFICE, is_proven=True) == ()
    assert [pointer.kind for pointer in pointers(written, OFFICE)] == [Suspicion.REPLY_TO]


def test_every_sign_has_words_for_people() -> None:
    assert all("b.example" in Pointer(kind, "a.example", "b.example").text for kind in Suspicion)
    assert (
        Pointer(Suspicion.LINK_TEXT, "a.example", "b.example").text
        == "Un enlace muestra a.example y lleva a b.example."
    )
