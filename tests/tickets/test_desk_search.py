"""The desk's search over the words of all tickets."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import searching, tickets
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import Ticket, TicketWords
from mostrador.tickets.queries import desk
from mostrador.tickets.queries.searching import tickets_with_words
from mostrador.tickets.rules.searching import bucket, first_windows, half_typed
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(organisation: Organisation, agent: User) -> Access:
    return access_of(agent, organisation)


def found(text: str, access: Access) -> list[str]:
    ids = tickets_with_words(text, access, limit=30).ticket_ids
    references = dict(Ticket.objects.in_bulk(ids).items())
    return [references[pk].reference for pk in ids]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("No me llegan las notificaciones de la sede", "notificación"),
        ("No me llegó la notificación", "notificaciones"),
        ("no me llego la NOTIFICACION", "notificación"),
        ("Está caducado el certificado electrónico", "certificados electronicos"),
        ("El año fiscal", "año"),
        ("Sale SAF_09 al firmar", "saf_09"),
        ("Bötticher escribió", "botticher"),
        ("Queda pendiente la firma del acta", '"firma del acta"'),
        ("Instalé AutoFirma ayer", "autofir"),
        ("Vaya a https://sede.example/tramite", "sede.example"),
    ],
)
def test_words_are_found_in_any_form(organisation: Organisation, access: Access, said: str, asked: str) -> None:
    wanted = make.ticket(organisation, text=said)
    make.ticket(organisation, text="Otra cosa distinta")

    assert found(asked, access) == [wanted.reference]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("El ano fiscal", "año"),
        ("El acta de la firma", '"firma del acta"'),
        ("Certificado de empadronamiento", "certificado -empadronamiento"),
        ("Firma", "firma certificado"),
    ],
)
def test_what_says_something_else_is_not_found(
    organisation: Organisation, access: Access, said: str, asked: str
) -> None:
    make.ticket(organisation, subject="Consulta", text=said)

    assert found(asked, access) == []


def test_answers_notes_and_subjects_are_searched_also_when_closed(organisation: Organisation, access: Access) -> None:
    ticket = make.ticket(organisation, subject="Problema con la pasarela")
    tickets.write_note(ticket, author=access.user, text="Hablado con sistemas sobre el cortafuegos")
    tickets.reply_and_resolve(ticket, author=access.user, text="Pruebe en una ventana de incógnito")
    tickets.close(ticket)

    assert [found(text, access) for text in ("pasarela", "cortafuegos", "incognito")] == [[ticket.reference]] * 3


def test_events_are_not_words(organisation: Organisation, access: Access) -> None:
    ticket = make.ticket(organisation)
    tickets.assign(ticket, author=access.user, to=access.user)

    assert found("assigned", access) == []


def test_the_newest_come_first_and_old_ones_are_reached(organisation: Organisation, access: Access) -> None:
    """Five years lie between them, so that the search has to go back window by window."""
    old, new = (make.ticket(organisation, text="El lector de tarjetas no responde") for _ in range(2))
    Ticket.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(days=5 * 365))
    searching.keep_words([old.pk])

    assert found("lector", access) == [new.reference, old.reference]


def test_strangers_tickets_and_restricted_ones_are_not_found(organisation: Organisation, access: Access) -> None:
    make.ticket(make.organisation(), text="El lector de tarjetas")
    restricted = make.ticket(organisation, text="El lector de tarjetas")
    Ticket.objects.filter(pk=restricted.pk).update(is_restricted=True, team=make.team(organisation))

    assert found("lector", access) == []


def test_a_team_finds_what_it_has_elsewhere(organisation: Organisation) -> None:
    """A team of the body above handles a ticket of a body below where its member has no role."""
    below = make.organisation(parent=organisation)
    team = make.team(organisation)
    elsewhere = make.organisation()
    member = make.user(elsewhere, Role.AGENT, teams=(team,))
    ticket = make.ticket(below, text="El lector de tarjetas")
    Ticket.objects.filter(pk=ticket.pk).update(team=team)

    assert found("lector", access_of(member, elsewhere)) == [ticket.reference]


def test_a_misspelt_word_finds_what_was_meant(organisation: Organisation, access: Access) -> None:
    wanted = [make.ticket(organisation, subject="Asunto", text="El certificado caducó") for _ in range(3)]
    searching.learn_lexemes()

    page = desk.search("certifcado", access)

    assert [row.reference for row in page.rows] == [ticket.reference for ticket in reversed(wanted)]
    assert page.corrected == "certific"


def test_an_import_is_indexed_afterwards(organisation: Organisation, access: Access) -> None:
    ticket = make.ticket(organisation, text="El lector de tarjetas")
    TicketWords.objects.all().delete()

    assert (found("lector", access), searching.index_what_is_missing()) == ([], 1)
    assert (found("lector", access), searching.index_what_is_missing()) == ([ticket.reference], 0)


def test_a_very_long_ticket_is_searched_as_far_as_it_goes(organisation: Organisation, access: Access) -> None:
    text = "principio " + " ".join(f"palabra{number}" for number in range(200_000))

    ticket = make.ticket(organisation, text=text)

    assert found("principio", access) == [ticket.reference]


@pytest.mark.parametrize("text", ["", "   ", "de la", "'", '"', "a & | !", "\\", "%", "(((", "-", "🙂", "x" * 200])
def test_nothing_that_is_typed_breaks_it(organisation: Organisation, access: Access, text: str) -> None:
    make.ticket(organisation)

    assert found(text, access) == []


def test_the_bucket_that_is_kept_is_the_one_that_is_looked_for(organisation: Organisation) -> None:
    ticket = make.ticket(organisation, channel=Channel.PHONE)
    for moment in (datetime(2019, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)):
        Ticket.objects.filter(pk=ticket.pk).update(opened_at=moment)
        searching.keep_words([ticket.pk])

        assert TicketWords.objects.get(ticket=ticket).bucket == bucket(organisation.pk, moment.date())


def test_windows_grow_and_are_left_out_for_very_many_bodies() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    looked_at = first_windows(frozenset({7}), day)

    assert [len(window) for window in looked_at] == [2, 12]
    assert looked_at[0] == [bucket(7, day), bucket(7, day) - 1]
    assert [len(window) for window in first_windows(frozenset(range(1, 2001)), day)] == [4000]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("certif", ("", "certif")),
        ("firma certif", ("firma", "certif")),
        ("firma de", ("", "")),
        ('"firma"', ("", "")),
        ("", ("", "")),
        ("a-b", ("", "")),
    ],
)
def test_only_plain_words_may_be_half_typed(text: str, parts: tuple[str, str]) -> None:
    assert half_typed(text) == parts
