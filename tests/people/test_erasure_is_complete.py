"""A word that only one person said, in every place where something of theirs may be: after erasing it is nowhere."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from psycopg import sql
from pytest_django import Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.feedback.models import Survey
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.actions import erase_person, find_or_create_person
from mostrador.people.actions.assistance import Consent, record_assistance
from mostrador.people.actions.merging import find_duplicates, merge
from mostrador.people.actions.persons import hold_person
from mostrador.people.actions.representations import note_representation
from mostrador.people.actions.requests import ask_for_copy, run_request
from mostrador.people.choices import ConsentBy, IdentityCheck, TitleKind
from mostrador.people.models import Person
from mostrador.people.queries.export import export_of
from mostrador.people.rules import keepers
from mostrador.shared.uploads import check_upload
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.contacts import Contact, log_contact
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import AuthorKind, Channel, ContactBy, MessageKind, State
from mostrador.tickets.models import Attachment, DraftFile, Message, Ticket, TicketDraft
from tests import make

WORD = "zanahoriamarciana"
NUMBER = "12345678Z"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + WORD.encode()


def places_in_the_database(words: tuple[str, ...]) -> set[str]:
    """The tables that hold one of the words anywhere, whichever app they are of."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(sql.Identifier(table)))
            rows = " ".join(row[0] for row in cursor.fetchall()).lower()
            found |= {table for word in words if word.lower() in rows}
    return found


def places_in_files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()}


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def agent(organisation: Organisation) -> User:
    return make.user(organisation, Role.ADMINISTRATOR)


@pytest.fixture
def ana(
    organisation: Organisation,
    agent: User,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Person:
    """Somebody whose every word, everywhere, is the word."""
    person = find_or_create_person(
        organisation, name=f"Ana {WORD}", email=f"{WORD}@casa.example", phone="600112233", identity=NUMBER
    )
    Person.objects.filter(pk=person.pk).update(notes=WORD)
    person.refresh_from_db()
    hold_person(person, by=agent, until=timezone.localdate(), reason=WORD)
    ticket = _ticket(organisation, person, agent)
    _call(organisation, person, agent)
    other = make.person(organisation, name=f"Ana {WORD}", email=f"otra-{WORD}@casa.example")
    make.ticket(organisation, person=other, subject=WORD, text=WORD)
    make.person(organisation, phone=person.phone)
    find_duplicates()
    merge(person, other, by=agent, from_gone=["name", "email"])
    person.refresh_from_db()
    scan = check_upload(SimpleUploadedFile(f"{WORD}.pdf", PDF))
    consent = Consent(None, WORD, ConsentBy.PAPER, office=WORD, ticket_reference=ticket.reference, scan=scan)
    record_assistance(person, consent, official=agent, key="k")
    note_representation(person, make.person(organisation), title=TitleKind.LEGAL, by=agent, evidence=WORD)
    make.email(organisation, to=person.email)
    _mail(organisation, person)
    run_request(ask_for_copy(person, by=agent, identity_check=IdentityCheck.DOCUMENT).pk)
    return person


def _ticket(organisation: Organisation, person: Person, agent: User) -> Ticket:
    ticket = make.ticket(
        organisation,
        person=person,
        subject=WORD,
        text=WORD,
        error_code=WORD,
        page_url=f"https://sede.example/{WORD}",
        device=WORD,
    )
    Ticket.objects.filter(pk=ticket.pk).update(component=WORD, custom={"campo": WORD}, tags=[WORD])
    tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party=WORD)
    tickets.write_note(ticket, author=agent, text=WORD)
    answer = tickets.reply_as_desk(ticket, author=agent, text=WORD)
    tell_person(answer.pk)
    now = timezone.now()
    Message.objects.create(
        ticket=ticket,
        kind=MessageKind.PUBLIC,
        author_kind=AuthorKind.THIRD,
        author_name=WORD,
        text=WORD,
        written_at=now,
    )
    Attachment.objects.create(
        message=ticket.messages.earliest("pk"),
        file=ContentFile(WORD.encode(), name="nota.txt"),
        name=f"{WORD}.txt",
        content_type="text/plain",
        size_bytes=5,
        sha256="0" * 64,
    )
    draft = TicketDraft.objects.create(
        organisation=organisation,
        token_hash=WORD[:10],
        answers={"text": WORD},
        created_at=now,
        expires_at=now,
        ticket=ticket,
    )
    DraftFile.objects.create(
        draft=draft,
        file=ContentFile(WORD.encode(), name="borrador.txt"),
        name=WORD,
        content_type="text/plain",
        size_bytes=5,
        sha256="0" * 64,
    )
    Survey.objects.create(
        organisation=organisation,
        ticket=ticket,
        token_hash="c",
        sent_at=now,
        expires_at=now,
        score=5,
        comment=WORD,
        answered_at=now,
    )
    return ticket


def _call(organisation: Organisation, person: Person, agent: User) -> None:
    contact = Contact(
        channel=Channel.IN_PERSON,
        name=person.name,
        phone=person.phone,
        email=person.email,
        contact_by=ContactBy.EMAIL,
        language="es",
        subject=WORD,
        text=WORD,
        topic=None,
        procedure=None,
        person=person,
        answer=WORD,
        is_resolved=True,
        minutes=3,
        office=WORD,
    )
    log_contact(organisation, contact, author=agent, key="llamada")


def _mail(organisation: Organisation, person: Person) -> None:
    """What came by e-mail: a question with a quote and a file, and a robot that speaks for the person."""
    mailbox = make.mailbox(organisation)
    sender = f"Ana {WORD} <{person.email}>"
    text = f"{WORD}\n\nEl lunes, 2 de marzo de 2026, Soporte escribió:\n> {WORD}\n"
    words: dict[str, Any] = {"sender": sender, "subject": WORD, "to": f"{mailbox.address}, {WORD}@otra.example"}
    kept = make.taken_in(
        mailbox,
        make.raw_mail(text, files={f"{WORD}.pdf": PDF}, Message_ID=f"<{WORD}@casa.example>", **words),
        envelope_from=person.email,
    )
    assert kept.ticket is not None
    make.taken_in(mailbox, make.raw_mail(WORD, Auto_Submitted="auto-replied", **words))


def test_the_word_was_in_every_app_and_is_nowhere_after_erasing(
    ana: Person, agent: User, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = places_in_the_database((WORD, NUMBER))
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(ana, by=agent)

    apps = {keeper.name for keeper in keepers()}
    assert {app for app in apps if any(table.startswith(app) for table in before)} == apps
    assert places_in_the_database((WORD, NUMBER)) == set()
    assert places_in_files(media) == set()
    assert list((media / "copies").glob("*")) == []  # compressed, so no word is found in it
    assert OutgoingMessage.objects.count() == 0


def test_the_copy_has_the_word_of_every_app(ana: Person) -> None:
    with export_of(ana) as archive:
        content = archive.read()

    for keeper in keepers():
        data = keeper.export_function()(ana)
        assert WORD in str(data.records), keeper.name
    assert content


def test_the_figures_stay(ana: Person, agent: User) -> None:
    erase_person(ana, by=agent)

    ticket = Ticket.objects.filter(person=ana).earliest("pk")
    assert (ticket.public_replies, ticket.channel, ticket.messages.count() > 3) == (1, "web", True)
    assert ticket.first_reply_at is not None
    assert Survey.objects.get().score == 5
    assert Ticket.objects.get(channel="in_person").minutes_spent == 3
