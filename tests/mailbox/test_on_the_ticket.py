"""How mail shows at the desk: beside its message, on a page of its own, and with its format."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import by_mail
from mostrador.tickets.actions.retention import erase_words
from mostrador.tickets.actions.tickets import new_private_link, reply_as_desk
from mostrador.tickets.models import Ticket
from tests import make
from tests.mailbox.certificates import CITIZEN, certificate, rsa_key, signed

pytestmark = pytest.mark.django_db

QUOTED = "Ya lo instalé y sigue igual.\n\nEl lunes, 2 de marzo de 2026, Marta escribió:\n> Instale Autofirma.\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
HTML = (
    '<p onclick="x">Hola <b>Marta</b></p><img src="cid:logo@casa" alt="Logo">'
    '<img src="https://lejos.example/p.png" alt="Mapa">'
)


@pytest.fixture
def agent(organisation: Organisation) -> User:
    return make.user(organisation)


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def mail(mailbox: Mailbox) -> IncomingMail:
    """A citizen's mail with a format, a picture of its own and one elsewhere."""
    return make.taken_in(mailbox, make.raw_mail(QUOTED, html=HTML, pictures={"logo@casa": PNG}, cc="eva@casa.example"))


def ticket_of(mail: IncomingMail) -> Ticket:
    assert mail.ticket is not None
    return mail.ticket


def address(mail: IncomingMail, part: str = "") -> str:
    return f"/gestion/consultas/{ticket_of(mail).reference}/correo/{mail.pk}/{part}"


def words(answer: Any) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def conversation(desk: Client, ticket: Ticket) -> str:
    page = desk.get(f"/gestion/consultas/{ticket.reference}/").content.decode()
    return page.partition('<section id="conversation"')[2].partition("</section>")[0]


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer)  # read to its end, a file is closed
    return answer.status_code


def known(mail: IncomingMail, **values: Any) -> None:
    IncomingMail.objects.filter(pk=mail.pk).update(**values)


# --- Beside its message ---------------------------------------------------------------------------------


def test_the_conversation_shows_the_new_words_and_folds_the_rest(desk: Client, mailbox: Mailbox) -> None:
    mail = make.taken_in(mailbox, make.raw_mail(QUOTED))

    shown = conversation(desk, ticket_of(mail))

    assert "Ya lo instalé y sigue igual." in shown
    before, _summary, folded = shown.partition("Texto citado y firma")
    assert "Instale Autofirma." not in before
    assert "Instale Autofirma." in folded
    assert f'<a href="{address(mail)}" data-dialog>Detalles del correo' in shown
    assert f'<a href="{address(mail, "original/")}">Descargar el original' in shown
    assert "Ver con su formato" not in shown


def test_a_mail_with_format_leads_to_it(desk: Client, mail: IncomingMail) -> None:
    assert f'<a href="{address(mail, "formato/")}">Ver con su formato' in conversation(desk, ticket_of(mail))


@pytest.mark.parametrize(
    ("values", "kind", "sentence"),
    [
        ({"authenticity": {"verdict": "forged"}}, "bad", "Sospechoso: el dominio que figura como remitente"),
        ({"authenticity": {"verdict": "proven"}}, "good", "Comprobado: el correo sale del dominio"),
        (
            {"signature": {"state": "intact", "signer": {"name": "ANA GARCIA", "organisation": "Casa"}}},
            "info",
            "Firmado por ANA GARCIA (Casa). Firma íntegra",
        ),
        (
            {"signature": {"state": "altered", "signer": {"name": "ANA GARCIA"}}},
            "warning",
            "Firmado por ANA GARCIA. Firma rota",
        ),
        ({"signature": {"state": "unchecked"}}, "info", "Firma sin comprobar"),
        ({"signature": {"state": "intact", "covers_all": False}}, "warning", "Solo está firmada una parte"),
        ({"signature": {"state": "signed-pgp"}}, "info", "Firmado con PGP."),
        ({"signature": {"state": "encrypted-smime"}}, "warning", "Cifrado: aquí no se puede leer."),
        (
            {"warnings": [{"code": "sender_domain", "shown": "sede.example", "real": "sedee.example"}]},
            "warning",
            "El remitente escribe desde sedee.example, que se parece a sede.example y no lo es.",
        ),
    ],
)
def test_what_was_found_out_is_said_in_words(
    desk: Client, mail: IncomingMail, values: dict[str, Any], kind: str, sentence: str
) -> None:
    known(mail, **({"authenticity": {}} | values))

    shown = conversation(desk, ticket_of(mail))

    facts = re.findall(r'<li class="fact fact-(\w+)"><span[^>]*>.</span> <span>([^<]*)</span>', shown)
    assert [(found, text.startswith(sentence)) for found, text in facts] == [(kind, True)]
    is_before = shown.index(sentence) < shown.index("Ya lo instalé")
    assert is_before == (kind in {"warning", "bad"})


def test_a_signed_mail_says_who_signed_it_without_their_number(desk: Client, mailbox: Mailbox) -> None:
    key = rsa_key()
    content = b"Content-Type: text/plain; charset=utf-8\r\n\r\nSolicito el certificado.\r\n"

    mail = make.taken_in(mailbox, signed(content, key, certificate(key, CITIZEN)))

    shown, details = conversation(desk, ticket_of(mail)), words(desk.get(address(mail)))
    assert "Firmado por ANA GARCIA PEREZ. Firma íntegra" in shown
    assert "Firmante ANA GARCIA PEREZ" in details
    assert "Emisor del certificado, sin comprobar AC Usuarios de muestra" in details
    assert "12345678" not in shown + details


def test_a_link_that_shows_the_office_and_leads_elsewhere_is_pointed_at(desk: Client, mailbox: Mailbox) -> None:
    html = '<p>Entre en <a href="https://lejos.example/x">https://sede.example/clave</a></p>'

    mail = make.taken_in(mailbox, make.raw_mail("Entre en la sede", html=html))

    assert "Un enlace muestra sede.example y lleva a lejos.example." in conversation(desk, ticket_of(mail))


def test_nothing_is_said_when_nothing_is_known(desk: Client, mail: IncomingMail) -> None:
    known(mail, authenticity={"verdict": "unproven"}, warnings=[{"code": "de-otra-versión", "real": "x"}])

    assert 'class="fact ' not in conversation(desk, ticket_of(mail))


def test_somebody_else_is_named_with_their_address(desk: Client, mail: IncomingMail) -> None:
    said = by_mail.reply_as_copied(ticket_of(mail), name="Eva Gil", text="Yo tampoco puedo.", is_public=True)
    known(mail, said=said, sender="eva@casa.example")

    shown = conversation(desk, ticket_of(mail))

    assert "Eva Gil</strong>, un tercero · eva@casa.example" in shown


def test_the_person_from_another_address_is_told(desk: Client, mail: IncomingMail) -> None:
    known(mail, sender="ana@trabajo.example", authenticity={})

    assert "Escrito desde otra dirección: ana@trabajo.example." in conversation(desk, ticket_of(mail))


def test_an_automatic_answer_is_folded(desk: Client, mail: IncomingMail) -> None:
    said = by_mail.note_mail(ticket_of(mail), name="Ana Prueba", text="Estoy de vacaciones.")
    known(mail, said=said, kind="auto-reply", rest="")

    shown = conversation(desk, ticket_of(mail))

    assert re.search(r"<summary[^>]*>Respuesta automática</summary>\s*<div[^>]*><p[^>]*>Estoy de vacaciones", shown)


def test_long_quotes_are_cut_on_the_page_of_the_ticket_and_whole_on_their_own(desk: Client, mail: IncomingMail) -> None:
    known(mail, rest="a" * 5000)

    assert "a" * 4000 + "\n[…]" in conversation(desk, ticket_of(mail))
    assert "a" * 5000 in desk.get(address(mail)).content.decode()


def test_mail_costs_one_query_however_much_there_is(
    desk: Client, mailbox: Mailbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = ticket_of(make.taken_in(mailbox, make.raw_mail(QUOTED)))
    desk.get(f"/gestion/consultas/{ticket.reference}/")

    # As the page of any ticket (test_desk_ticket), and what stands beside messages that were mails.
    with django_assert_num_queries(15):
        desk.get(f"/gestion/consultas/{ticket.reference}/")
    for number in range(2):
        said = by_mail.note_mail(ticket, name="Eva", text="Hola.")
        raw = make.raw_mail(f"Número {number}", sender=f"otra{number}@casa.example")
        known(make.taken_in(mailbox, raw), said=said)
    with django_assert_num_queries(15):
        desk.get(f"/gestion/consultas/{ticket.reference}/")


# --- On its own page ------------------------------------------------------------------------------------


def test_everything_about_a_mail_is_on_one_page(desk: Client, mail: IncomingMail, agent: User) -> None:
    known(
        mail,
        authenticity={"verdict": "forged", "spf": "fail", "dkim": "none", "dmarc": "fail", "by": "mx.sede.example"},
        signature={"state": "intact", "signer": {"name": "ANA GARCIA", "number": "***4567**", "issuer": "AC Usuarios"}},
        defects=["charset-wrong", "charset-mixed", "desconocido-aun"],
    )

    page = words(desk.get(address(mail)))

    for said in (
        *("No puedo firmar", "Ana Prueba &lt;ana@casa.example&gt;", "soporte@sede.example", "eva@casa.example"),
        *("Sospechoso:", "SPF no superado", "DKIM el dominio no dice nada", "Según mx.sede.example"),
        *("Firmante ANA GARCIA", "***4567**", "AC Usuarios", "el certificado no lleva la dirección del remitente"),
        *("No dice bien con qué letras está escrito", "desconocido-aun", "Instale Autofirma."),
    ):
        assert said in page, said
    assert page.count("No dice bien con qué letras") == 1
    assert Event.objects.filter(verb="mailbox.mail_read", actor_id=agent.pk).count() == 1


def test_over_the_ticket_it_is_only_its_matter(desk: Client, mail: IncomingMail) -> None:
    page = desk.get(address(mail), headers={"HX-Request": "true"}).content.decode()

    assert page.lstrip().startswith('<h2 class="dialog-title" id="page-dialog-title">No puedo firmar</h2>')


def test_files_are_named(desk: Client, mailbox: Mailbox) -> None:
    mail = make.taken_in(mailbox, make.raw_mail(files={"error.txt": b"codi 7"}))

    assert "error.txt" in words(desk.get(address(mail)))


def test_the_original_is_handed_out_byte_for_byte(desk: Client, mailbox: Mailbox, agent: User) -> None:
    raw = make.raw_mail(QUOTED)
    mail = make.taken_in(mailbox, raw)

    answer = desk.get(address(mail, "original/"))

    assert b"".join(answer) == raw
    assert answer["Content-Disposition"] == f'attachment; filename="correo-{mail.pk}.eml"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Event.objects.filter(verb="mailbox.mail_downloaded", actor_id=agent.pk).count() == 1


def test_what_was_erased_is_said_to_be(desk: Client, mail: IncomingMail) -> None:
    known(mail, file="", rest="", has_html=False)

    assert "ya se suprimieron" in words(desk.get(address(mail)))
    assert "ya se suprimieron" in words(desk.get(address(mail, "formato/")))
    assert desk.get(address(mail, "original/")).status_code == 404
    assert desk.get(address(mail, "documento/")).status_code == 404
    assert "Detalles del correo" not in conversation(desk, ticket_of(mail))


def test_of_an_erased_ticket_no_mail_is_shown(desk: Client, mail: IncomingMail) -> None:
    erase_words(ticket_of(mail))

    assert desk.get(address(mail)).status_code == 404
    assert "Instale Autofirma." not in conversation(desk, ticket_of(mail))


# --- With its format ------------------------------------------------------------------------------------


def test_the_format_is_a_document_that_may_do_nothing(desk: Client, mail: IncomingMail) -> None:
    page, document = desk.get(address(mail, "formato/")), desk.get(address(mail, "documento/"))

    frame = re.search(r"<iframe[^>]*>", page.content.decode())
    assert frame
    assert f'src="{address(mail, "documento/")}"' in frame[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert document["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert document["X-Frame-Options"] == "SAMEORIGIN"
    assert document["Referrer-Policy"] == "no-referrer"
    shown = document.content.decode()
    assert "<p>Hola <b>Marta</b></p>" in shown
    assert "data:image/png;base64," in shown
    assert '<span class="picture">Mapa</span>' in shown
    assert "lejos.example" not in shown


def test_remote_pictures_are_loaded_for_whoever_asks_and_that_is_recorded(
    desk: Client, mail: IncomingMail, agent: User, organisation: Organisation
) -> None:
    assert "Mostrar imágenes remotas" in desk.get(address(mail, "formato/")).content.decode()

    answer = desk.post(address(mail, "imagenes/"))

    page = desk.get(answer["Location"]).content.decode()
    found = re.search(r'<iframe class="mail-frame" src="([^"]*)"', page)
    assert found
    document = desk.get(found[1])
    assert "https://lejos.example/p.png" in document.content.decode()
    assert "img-src data: https: http:;" in document["Content-Security-Policy"]
    assert "Mostrar imágenes remotas" not in page
    assert Event.objects.filter(verb="mailbox.pictures_loaded", actor_id=agent.pk).count() == 1
    colleague = Client()
    colleague.force_login(make.user(organisation))
    assert "lejos.example" not in colleague.get(found[1]).content.decode()


@pytest.mark.parametrize("allowed", ["inventado", "WzEsMV0:1xxxxx:abc", ""])
def test_nobody_can_be_led_to_load_them(desk: Client, mail: IncomingMail, allowed: str) -> None:
    assert "lejos.example" not in desk.get(address(mail, "documento/"), {"imagenes": allowed}).content.decode()


def test_a_mail_without_format_is_shown_as_text(desk: Client, mailbox: Mailbox) -> None:
    mail = make.taken_in(mailbox, make.raw_mail("a < b"))

    assert "<pre>a &lt; b</pre>" in desk.get(address(mail, "documento/")).content.decode()
    assert "se muestra su texto" in words(desk.get(address(mail, "formato/")))


# --- Who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "formato/", "documento/", "original/"])
def test_mail_is_found_only_with_its_ticket_by_who_may_see_it(
    desk: Client, mail: IncomingMail, organisation: Organisation, part: str
) -> None:
    ticket, other = ticket_of(mail), make.ticket(organisation)

    assert status(desk, address(mail, part)) == 200
    assert status(desk, f"/gestion/consultas/{other.reference}/correo/{mail.pk}/{part}") == 404
    Ticket.objects.filter(pk=ticket.pk).update(is_restricted=True)
    assert status(desk, address(mail, part)) == 404
    supervisor = Client()
    supervisor.force_login(make.user(organisation, Role.SUPERVISOR))
    assert status(supervisor, address(mail, part)) == 200


def test_a_mail_goes_where_its_message_goes(desk: Client, mail: IncomingMail, organisation: Organisation) -> None:
    other = make.ticket(organisation)
    assert mail.said is not None
    mail.said.ticket = other
    mail.said.save()

    assert desk.get(address(mail)).status_code == 404
    assert desk.get(f"/gestion/consultas/{other.reference}/correo/{mail.pk}/").status_code == 200


# --- What the person sees --------------------------------------------------------------------------------


def test_the_person_sees_the_new_words_and_nothing_of_the_mail(
    client: Client, mailbox: Mailbox, organisation: Organisation
) -> None:
    mail = make.taken_in(mailbox, make.raw_mail(QUOTED, html="", cc="eva@casa.example"))
    ticket = ticket_of(mail)
    known(mail, signature={"state": "intact", "signer": {"name": "ANA GARCIA"}}, authenticity={"verdict": "forged"})
    by_mail.note_mail(ticket, name="Servidor", text="Estoy de vacaciones.")
    reply_as_desk(ticket, author=make.user(organisation), text="Instale otra versión.")

    page = client.get(reverse("tickets:follow_up", kwargs={"token": new_private_link(ticket)})).content.decode()

    assert "Ya lo instalé y sigue igual." in page
    for hidden in ("Marta escribió", "Instale Autofirma", "correo/", "ANA GARCIA", "Sospechoso", "vacaciones", "eva@"):
        assert hidden not in page, hidden


def test_the_person_sees_who_in_copy_answered(client: Client, mail: IncomingMail) -> None:
    by_mail.reply_as_copied(ticket_of(mail), name="Eva Gil", text="Yo tampoco puedo.", is_public=True)

    page = client.get(reverse("tickets:follow_up", kwargs={"token": new_private_link(ticket_of(mail))}))

    assert re.search(r'message-theirs">(?:(?!</article>).)*Eva Gil</strong></span>', page.content.decode(), re.DOTALL)
