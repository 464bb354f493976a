"""What the person is told by e-mail."""

import re

import pytest
import time_machine
from pytest_django import Settings

from mostrador.accounts.models import User
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.tokens import token_hash
from mostrador.tickets.actions import canned, desk_replies, retention, tickets
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import Message, Ticket, TicketLink
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, team_of


def told(ticket: Ticket) -> list[OutgoingMessage]:
    """Let the worker do what is waiting about the ticket; return its e-mails, oldest first."""
    for message_id in ticket.messages.order_by("pk").values_list("pk", flat=True):
        tell_person(message_id)
    return list(OutgoingMessage.objects.filter(about=f"tickets.ticket:{ticket.pk}").order_by("pk"))


def link_in(mail: OutgoingMessage) -> str:
    [link] = set(re.findall(r"https?://\S+/consultas/s/[\w-]{43}/", mail.text))
    return str(link)


def test_the_acknowledgement_says_what_happens_next_and_what_it_is_not(ticket: Ticket) -> None:
    with time_machine.travel(MONDAY, tick=False):
        [mail] = told(ticket)

    assert (mail.to, mail.person, mail.kind) == (ticket.person.email, ticket.person, "tickets.acknowledgement")
    assert mail.subject == f"Consulta {ticket.reference}: No aparece mi certificado"
    for text in (mail.text, mail.html):
        assert ticket.reference in text
        assert "antes del 3 de marzo de 2026 a las 12:00" in text
        assert "no es un asiento de registro. No presenta ninguna solicitud ni detiene ningún plazo" in text
        assert "Al firmar no sale ningún certificado en la lista." in text
        assert "31 de mayo de 2026" in text  # until when the link works
        assert team_of(ticket.organisation).name in text
    assert link_in(mail) in mail.html
    assert mail.headers["Auto-Submitted"] == "auto-generated"


def test_without_a_term_the_acknowledgement_promises_none(organisation: Organisation) -> None:
    ticket = make.ticket(organisation)
    Ticket.objects.update(due_at=None)

    [mail] = told(ticket)

    assert "lo antes posible" in mail.text


def test_the_answer_comes_first_and_belongs_to_the_thread(ticket: Ticket, agent: User) -> None:
    [acknowledgement] = told(ticket)
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.\n\nDespués, <reinicie>.")

    _first, mail = told(ticket)

    assert mail.text.startswith("Instale el certificado.\n\nDespués, <reinicie>.\n")
    assert "Después, &lt;reinicie&gt;." in mail.html
    assert mail.subject == f"Re: Consulta {ticket.reference}: No aparece mi certificado"
    assert (mail.in_reply_to, mail.references) == (acknowledgement.message_id, acknowledgement.message_id)
    assert f"{agent.name}, {team_of(ticket.organisation).name}" in mail.text
    assert "Auto-Submitted" not in mail.headers
    assert Message.objects.get(author=agent).email_id == mail.message_id


def test_an_answer_with_format_reads_well_as_text_and_as_html(ticket: Ticket, agent: User, settings: Settings) -> None:
    settings.UNDO_SEND_SECONDS = 0
    canned.save_signature(agent, ticket.organisation, "Marta, de soporte")
    text = "Hola:\n\n1. Abra [esta página](articulo:no-va).\n2. Pulse **Firmar**.\n\n<script>alert(1)</script>"
    desk_replies.submit(ticket, author=agent, text=text, key="k")

    mail = told(ticket)[-1]

    page = ticket.organisation.link("help_centre:article", slug="no-va", language="es")
    assert mail.text.startswith(f"Hola:\n\n1. Abra esta página ({page}).\n2. Pulse Firmar.\n")
    assert f'<a href="{page}" rel="noopener">esta página</a>' in mail.html
    assert "<strong>Firmar</strong>" in mail.html
    assert "<script>" not in mail.html
    for part in (mail.text, mail.html):
        assert f"Marta, de soporte, {team_of(ticket.organisation).name}" in part


def test_the_thread_of_a_long_conversation_fits_into_a_header(ticket: Ticket, agent: User) -> None:
    for number in range(22):
        tickets.reply_as_desk(ticket, author=agent, text=f"Paso {number}.")

    mails = told(ticket)

    assert mails[-1].references.split() == [mail.message_id for mail in mails[-21:-1]]
    assert mails[-1].in_reply_to == mails[-2].message_id


def test_each_email_has_its_own_link_and_only_hashes_are_kept(ticket: Ticket, agent: User) -> None:
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")

    links = [link_in(mail) for mail in told(ticket)]

    assert len(set(links)) == 2
    tokens = [link.rstrip("/").rpartition("/")[2] for link in links]
    assert set(TicketLink.objects.values_list("token_hash", flat=True)) == {token_hash(token) for token in tokens}


def test_a_link_works_for_ninety_days(ticket: Ticket) -> None:
    with time_machine.travel(MONDAY, tick=False):
        token = tickets.new_private_link(ticket)

    link = TicketLink.objects.get(token_hash=token_hash(token))
    assert (link.created_at, link.expires_at) == (MONDAY, after(days=90))


def test_a_job_that_runs_twice_writes_one_email(ticket: Ticket) -> None:
    [event] = ticket.messages.filter(kind="event")

    tell_person(event.pk)
    tell_person(event.pk)

    assert OutgoingMessage.objects.count() == 1


def test_a_job_about_something_gone_does_nothing(organisation: Organisation) -> None:
    tell_person(999_999)

    assert OutgoingMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "address"), [("es", "/consultas/s/"), ("ca", "/ca/consultas/s/"), ("eu", "/eu/consultas/s/")]
)
def test_it_is_written_and_linked_in_the_persons_language(
    organisation: Organisation, language: str, address: str
) -> None:
    ticket = make.ticket(organisation, language=language)

    [mail] = told(ticket)

    assert mail.language == language
    assert re.search(rf"https?://[^/]+{address}", mail.text)


def test_a_language_that_is_not_offered_is_not_used(organisation: Organisation) -> None:
    ticket = make.ticket(organisation, language="fr")

    [mail] = told(ticket)

    assert (mail.language, '<html lang="es">' in mail.html) == ("es", True)


def test_the_resolution_names_the_article_and_the_way_back(ticket: Ticket, agent: User) -> None:
    article = make.article(ticket.organisation, title="Instalar el certificado")
    tickets.resolve(ticket, author=agent, article=article)

    mail = told(ticket)[-1]

    assert mail.kind == "tickets.resolved"
    assert "Instalar el certificado" in mail.text
    assert f"/ayuda/articulo/{article.slug}/" in mail.text
    assert "Si no está resuelta, díganoslo" in mail.text
    assert f"/ayuda/articulo/{article.slug}/" in mail.html


def test_an_article_that_was_taken_back_is_not_named(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent, article=make.article(ticket.organisation, is_published=False))

    assert "/ayuda/articulo/" not in told(ticket)[-1].text


def test_a_resolution_that_was_undone_tells_nobody(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)
    tickets.reopen(ticket, author=agent)

    assert [mail.kind for mail in told(ticket)] == ["tickets.acknowledgement"]


def test_of_two_resolutions_only_the_one_that_holds_is_told(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)
    tickets.reopen(ticket, author=agent)
    tickets.resolve(ticket, author=agent)

    assert [mail.kind for mail in told(ticket)] == ["tickets.acknowledgement", "tickets.resolved"]


def test_an_answer_that_resolves_says_so_in_one_email(ticket: Ticket, agent: User) -> None:
    tickets.reply_and_resolve(ticket, author=agent, text="Instálelo así.")
    answer = Message.objects.get(author=agent, kind="public")

    tell_person(answer.pk)

    [mail] = OutgoingMessage.objects.all()
    assert mail.text.startswith("Instálelo así.")
    assert "Damos su consulta por resuelta" in mail.text


def test_events_the_persons_words_and_notes_are_told_to_nobody(ticket: Ticket, agent: User) -> None:
    tickets.assign(ticket, author=agent, to=agent)
    tickets.write_note(ticket, author=agent, text="Ya llamó ayer.")
    tickets.reply_as_person(ticket, text="¿Hola?", channel=Channel.WEB)

    assert [mail.kind for mail in told(ticket)] == ["tickets.acknowledgement"]


def test_nobody_is_written_to_whose_address_is_gone(ticket: Ticket, agent: User) -> None:
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    ticket.person.email = ""
    ticket.person.save()

    assert told(ticket) == []


def test_nothing_is_told_about_erased_words(organisation: Organisation) -> None:
    ticket = make.ticket(organisation)
    tickets.reply_as_desk(ticket, author=agent_of(organisation), text="Instale el certificado.")
    retention.erase_words(ticket)

    assert told(ticket) == []
