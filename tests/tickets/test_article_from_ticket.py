"""From a ticket that others will have too to an article that saves them asking."""

from html import unescape

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.audit.models import Event
from mostrador.help_centre.models import Article
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions.tickets import classify, reply_as_desk, write_note
from mostrador.tickets.models import Ticket
from tests import make
from tests.tickets.desk import agent_of

NEW = "/gestion/articulos/nuevo/"


@pytest.fixture
def writer(client: Client, organisation: Organisation) -> User:
    """An agent who also edits articles, signed in."""
    user = agent_of(organisation)
    Membership.objects.create(organisation=organisation, user=user, role=Role.EDITOR)
    client.force_login(user)
    return user


def beside(ticket: Ticket) -> str:
    return f"/gestion/consultas/{ticket.reference}/para-articulo/"


def test_an_article_begins_with_what_tells_nothing_of_the_person(
    client: Client, writer: User, organisation: Organisation
) -> None:
    ticket = make.ticket(organisation, subject="Falla la firma", error_code="SAF_09", language="ca")
    classify(ticket, author=writer, topic=make.topic(organisation, slug="firma"), procedure=None)

    page = unescape(client.get(f"/gestion/consultas/{ticket.reference}/").content.decode())

    address = f"{NEW}?titulo=Falla+la+firma&tema=firma&codigo=SAF_09&idioma=ca&consulta={ticket.reference}"
    assert f'href="{address}"' in page
    form = client.get(address).content.decode()
    assert 'value="Falla la firma"' in form
    assert 'value="SAF_09"' in form


def test_who_does_not_edit_articles_is_not_offered_to(client: Client, ticket: Ticket, agent: User) -> None:
    client.force_login(agent)

    assert NEW not in client.get(f"/gestion/consultas/{ticket.reference}/").content.decode()


def test_the_question_and_its_answer_stand_beside_the_article(client: Client, writer: User, ticket: Ticket) -> None:
    reply_as_desk(ticket, author=writer, text="Pruebe otra cosa.")
    reply_as_desk(ticket, author=writer, text="Instale el certificado raíz.")
    write_note(ticket, author=writer, text="Es la señora de siempre.")

    page = client.get(beside(ticket), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert "Al firmar no sale ningún certificado en la lista." in page
    assert "Instale el certificado raíz." in page
    assert "Pruebe otra cosa." not in page
    assert "la señora de siempre" not in page
    assert ticket.person.name not in page
    assert "<html" in client.get(beside(ticket)).content.decode()


def test_it_stays_beside_until_the_article_is_written(
    client: Client, writer: User, ticket: Ticket, organisation: Organisation
) -> None:
    topic = make.topic(organisation)
    first = client.get(f"{NEW}?consulta={ticket.reference}").content.decode()
    assert f'hx-get="{beside(ticket)}"' in first
    assert f'action="{NEW}?consulta={ticket.reference}"' in first

    begun = client.post(
        f"{NEW}?consulta={ticket.reference}",
        {"title": "Falla la firma", "kind": "faq", "topic": topic.pk, "language": "es", "code": ""},
    )

    article = Article.objects.get()
    assert begun["Location"] == f"/gestion/articulos/{article.pk}/es/?consulta={ticket.reference}"
    assert f'hx-get="{beside(ticket)}"' in client.get(begun["Location"]).content.decode()


@pytest.mark.parametrize("reference", ["", "no-es-una", "<script>", "777-777-777"])
def test_what_is_no_reference_shows_nothing(client: Client, writer: User, reference: str) -> None:
    page = client.get(NEW, {"consulta": reference})

    assert page.status_code == 200
    assert "para-articulo" not in page.content.decode()


def test_strangers_do_not_read_it(client: Client, ticket: Ticket) -> None:
    client.force_login(make.user(make.organisation(), Role.EDITOR))
    assert client.get(beside(ticket)).status_code == 404

    other = make.ticket(make.organisation())
    client.force_login(make.user(ticket.organisation, Role.EDITOR))
    assert client.get(beside(other)).status_code == 404


def test_reading_it_is_recorded(client: Client, writer: User, ticket: Ticket) -> None:
    client.get(beside(ticket))

    assert Event.objects.filter(verb="tickets.viewed", actor_id=writer.pk).count() == 1
