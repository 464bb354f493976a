"""E-mail all the way round with real servers: a citizen's mail becomes a ticket, is answered, and comes back."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import sign_in, speak
from tests.journeys.faults import faults
from tests.journeys.post_office import PostOffice, post_office
from tests.journeys.product import Product, running_product, wait_for
from tests.mailbox import servers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("mail journeys"), pytest.mark.timeout(600)]

DESK = "soporte@correo.diputacionvaldelmar.example"
SECONDS_TO_BECOME_A_TICKET = 10
OF_PAGES = {"region", "landmark-one-main", "page-has-heading-one"}  # rules for pages, which a letter is not
# Brings the mailbox into the product as its page would, and prints nothing.
_OPEN_MAILBOX = """
import sys, django
from mostrador.config.installation import Installation, adopt
installation = Installation()
installation.prepare()
adopt(installation.environment())
django.setup()
from django.utils import timezone
from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation
address, user, password, port = sys.argv[1:]
organisation, now = Organisation.objects.get(parent=None), timezone.now()
sender = Sender.objects.create(organisation=organisation, address=address, has_plus=True)
Mailbox.objects.create(
    organisation=organisation, name="Correo de prueba", address=address, way="imap", language="es", sender=sender,
    host="127.0.0.1", port=int(port), security="none", user=user, password_sealed=sealed(password),
    created_at=now, changed_at=now,
)
"""


@dataclass(frozen=True)
class Words:
    """What is said in one language."""

    address: str
    subject: str
    question: str
    answer: str
    thanks: str
    attribution: str  # as a mail program writes it above a quote
    returned: str  # what the desk reads about a message that came back


SPANISH = Words(
    "amalia.inventada@buzon.example",
    "No consigo firmar la solicitud",
    "Buenos días:\n\nAl firmar la solicitud me sale un error de Autofirma. ¿Qué puedo hacer?\n\nGracias.",
    "Cierre el navegador y actualice Autofirma.",
    "Muchas gracias, ya he podido firmar.",
    "El vie, 27 nov 2026 a las 9:30, Soporte ({desk}) escribió:",
    "devuelto",
)
BASQUE = Words(
    "ane.asmatua@postontzia.example",
    "Ezin dut eskaera sinatu",
    "Egun on:\n\nEskaera sinatzen dudanean Autofirma programak errorea ematen du. Zer egin dezaket?\n\nEskerrik asko.",
    "Itxi nabigatzailea eta eguneratu Autofirma.",
    "Eskerrik asko, sinatu ahal izan dut eta dena ondo dago.",
    "2026(e)ko aza. 27(a), or. (9:30), Soporte ({desk}) erabiltzaileak hau idatzi zuen:",
    "itzulita",
)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    """The mail system."""
    with servers.dovecot() as dovecot, post_office(dovecot) as opened:
        yield opened


@pytest.fixture(scope="module")
def product(office: PostOffice) -> Iterator[Product]:
    """The product that looks into its mailbox and sends through the office."""
    account = office.open_mailbox(DESK)
    with running_product(
        SMTP_HOST="127.0.0.1", SMTP_PORT=office.port, SMTP_SECURITY="none", UNDO_SEND_SECONDS=1
    ) as running:
        server = account.imap()
        subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", _OPEN_MAILBOX, DESK, server.user, server.password, str(server.port)],
            env=running.environment | {"DJANGO_SETTINGS_MODULE": "mostrador.config.settings"},
            check=True,
        )
        looked = "SELECT 1 FROM mailbox_mailbox WHERE address = %s AND last_fetch_at IS NOT NULL"
        wait_for(lambda: bool(running.rows(looked, DESK)))
        yield running


def written(words: Words, text: str, **headers: str) -> EmailMessage:
    """A mail of the citizen's."""
    message = EmailMessage()
    message["From"] = f"Amalia Inventada <{words.address}>"
    message["Subject"] = words.subject
    message["Message-ID"] = f"<{time.time_ns()}@{words.address.partition('@')[2]}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def body(letter: EmailMessage, kind: str) -> str:
    """One of the two forms of a letter."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def looks_right(browser: Browser, letter: EmailMessage, words: str) -> None:
    """Open the formatted form of a letter as mail programs do, on a telephone and on a computer."""
    for width in (360, 1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.set_content(body(letter, "html"))
        expect(page.get_by_text(words)).to_be_visible()
        mark = page.get_by_text(re.compile("ref:[a-z2-7]{24}"))
        assert (
            mark.evaluate("mark => mark.getBoundingClientRect().height") <= 1
        )  # brought back by quotes, seen by nobody
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert [fault for fault in faults(page) if fault[1] not in OF_PAGES] == []
        page.close()


def bounce_of(words: Words) -> EmailMessage:
    """What the citizen's server writes when the mailbox is no longer there (RFC 3464)."""
    raw = f"""From: Mail Delivery System <MAILER-DAEMON@buzon.example>
Subject: Undelivered Mail Returned to Sender
Message-ID: <{time.time_ns()}@mx.buzon.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

<{words.address}>: 550 5.1.1 User unknown

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.buzon.example

Final-Recipient: rfc822; {words.address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--x--
"""
    notice = message_from_string(raw, policy=default)
    assert isinstance(notice, EmailMessage)
    return notice


@pytest.mark.parametrize(("language", "words"), [("es", SPANISH), ("eu", BASQUE)], ids=["es", "eu"])
def test_mail_comes_in_is_answered_and_comes_back(
    product: Product,
    office: PostOffice,
    window: Callable[..., Page],
    browser: Browser,
    language: str,
    words: Words,
) -> None:
    office.open_mailbox(words.address)
    agent = window()
    sign_in(agent, "supervisor")
    speak(agent, language)

    def ticket() -> list[tuple[object, ...]]:
        return product.rows("SELECT reference, language FROM tickets_ticket WHERE subject = %s", words.subject)

    # The citizen writes, and has a ticket within seconds.
    question = written(words, words.question, To=DESK)
    office.send(question, to=DESK)
    wait_for(lambda: bool(ticket()), seconds=SECONDS_TO_BECOME_A_TICKET, pause=0.1)
    [(reference, ticket_language)] = ticket()
    assert ticket_language == language

    # An agent answers.
    agent.goto(f"/gestion/consultas/{reference}/")
    expect(agent.locator("#conversation")).to_contain_text("Autofirma")
    assert faults(agent) == []
    agent.locator("#reply_text").fill(words.answer)
    agent.locator("#reply-send").click()

    def answers() -> list[EmailMessage]:
        return [letter for letter in office.letters(words.address) if words.answer in body(letter, "plain")]

    wait_for(lambda: bool(answers()), seconds=60, pause=0.3)
    [letter] = answers()
    assert str(question["Message-ID"]) in str(letter["References"])
    assert DESK in str(letter["From"])
    looks_right(browser, letter, words.answer)

    # The answer to it comes back into the thread, without the quote.
    quote = "\n".join(f"> {line}" for line in body(letter, "plain").splitlines())
    text = f"{words.thanks}\n\n{words.attribution.format(desk=DESK)}\n{quote}\n"
    reply_to = str(letter["Reply-To"])
    office.send(
        written(words, text, To=reply_to, In_Reply_To=str(letter["Message-ID"]), References=str(letter["Message-ID"])),
        to=reply_to.strip("<>"),
    )

    def last_words() -> list[str]:
        rows = product.rows(
            "SELECT text FROM tickets_message AS said JOIN tickets_ticket AS t ON t.id = said.ticket_id"
            " WHERE t.reference = %s AND said.kind = 'public' AND said.author_kind = 'person' ORDER BY said.id",
            reference,
        )
        return [str(row[0]).strip() for row in rows]

    wait_for(lambda: len(last_words()) == 2, seconds=SECONDS_TO_BECOME_A_TICKET, pause=0.1)
    assert last_words()[1] == words.thanks
    assert len(ticket()) == 1
    agent.goto(f"/gestion/consultas/{reference}/")
    expect(agent.locator("#conversation")).to_contain_text(words.thanks)

    # What comes back undelivered shows on the message.
    bounced_to = office.senders[str(letter["Message-ID"])]
    assert re.fullmatch(r"soporte\+b\.[a-z2-7]{24}@.*", bounced_to)
    office.send(bounce_of(words), to=bounced_to, sender="")
    returned = "SELECT 1 FROM notifications_outgoingmessage WHERE message_id = %s AND state = 'bounced'"
    wait_for(lambda: bool(product.rows(returned, str(letter["Message-ID"]))), seconds=20, pause=0.3)
    agent.goto(f"/gestion/consultas/{reference}/")
    expect(agent.locator("#conversation")).to_contain_text(words.returned, ignore_case=True)
    assert faults(agent) == []
