"""Every address, for every role, from every organisation: who gets in, who is told what, and nobody else's rows.

The rules that the views declare (`view.access`) are taken at their word and tried: an address that is added is tried by
itself; one that takes parameters says in `ROWS` which row of an organisation they name.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from mostrador.accounts.actions import invite, remove_member
from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.accounts.queries import access_of
from mostrador.audit.actions import record
from mostrador.feedback.models import Survey
from mostrador.help_centre.actions.exchange import check_archive, run_export, start_export, write_archive
from mostrador.help_centre.models import Article, ArticlePicture
from mostrador.help_centre.rules.synonyms import shipped_groups
from mostrador.mailbox.models import FilterRule, MailboxCheck, MailImport
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.rules import about
from mostrador.organisations.actions import calendars, hours
from mostrador.organisations.choices import DayScope
from mostrador.organisations.models import HostName, Organisation
from mostrador.organisations.rules.working_time import Shift
from mostrador.people.actions.merging import merge
from mostrador.people.actions.representations import note_representation
from mostrador.people.actions.requests import ask_for_copy
from mostrador.people.choices import IdentityCheck, TitleKind
from mostrador.people.models import Assistance, PossibleDuplicate
from mostrador.service_status.actions import open_incident
from mostrador.shared.tokens import token_hash
from mostrador.tickets.actions.bulk import ask as ask_for_bulk
from mostrador.tickets.actions.canned import save_canned_reply
from mostrador.tickets.actions.fields import create_field
from mostrador.tickets.actions.incidents import ask_reply
from mostrador.tickets.actions.service_levels import save_level
from mostrador.tickets.actions.tickets import new_private_link
from mostrador.tickets.models import (
    Attachment,
    IncidentReply,
    Participant,
    PendingReply,
    QualityReview,
    QualitySample,
    Rule,
    SavedView,
    ThirdPartyRequest,
)
from tests import make

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

SIGN_IN = "/cuenta/entrar/"
OUR_OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
# Where somebody has their role, seen from the organisation that they visit ("own").
REACHING = ("own", "above, with descendants")
NOT_REACHING = ("above", "below", "sibling", "stranger")
PLACES = (*REACHING, *NOT_REACHING)


class Rows:
    """One organisation with a row of every kind that some address names."""

    def __init__(self, *, parent: Organisation | None = None, host: str | None = None) -> None:
        self.organisation = organisation = make.organisation(parent=parent, host=host)
        self.member = make.user(organisation)
        self.administrator = make.user(organisation, Role.ADMINISTRATOR)
        self.dependent = make.organisation(parent=organisation)
        self.team = make.team(organisation)
        self.topic = make.topic(organisation)
        self.procedure = make.procedure(organisation, sia_code=str(organisation.pk), name="Licencia")
        self.article = make.article(organisation, topic=self.topic, title=f"Pregunta {organisation.pk}")
        self.written = make.article(organisation, topic=self.topic, is_published=False)
        self.lent = Article.objects.filter(organisation=parent).first() if parent else self.article
        self.lent = self.lent or make.article(parent or organisation)
        self.picture = self._picture()
        self.export = start_export(organisation, author=self.administrator)
        run_export(self.export)
        archive = BytesIO()
        write_archive(organisation, archive)
        file = SimpleUploadedFile("a.zip", archive.getvalue())
        self.archive = check_archive(organisation, file, author=self.administrator)
        self.message = make.email(organisation)
        self.address = AddressHealth.objects.create(organisation=organisation, address="ana@casa.example")
        self.person = make.person(organisation)
        self._around_person()
        self.ticket = make.ticket(organisation, person=self.person)
        self.ticket_token = new_private_link(self.ticket)
        self.attachment = self._attachment()
        self.participant = Participant.objects.create(
            ticket=self.ticket, address="luis@casa.example", added_at=timezone.now()
        )
        self.email = make.email(organisation)
        OutgoingMessage.objects.filter(pk=self.email.pk).update(about=about(self.ticket))
        self.bulk = ask_for_bulk(
            organisation,
            access=access_of(self.member, organisation),
            kind="spam",
            values={},
            words="Marcar",
            ticket_ids=[self.ticket.pk],
            idempotency_key="",
        )
        self.view = SavedView.objects.create(organisation=organisation, name="Vista de todos")
        self.rule = Rule.objects.create(
            organisation=organisation, name="Una", happening="opened", deeds=[{"deed": "release"}]
        )
        self.survey_token = self._survey()
        self.task_list = make.task_list(organisation)
        self.canned = save_canned_reply(organisation, author=None, title="Hola", shortcut="hola", texts={"es": "Hola."})
        now = timezone.now()
        self.pending = PendingReply.objects.create(
            ticket=self.ticket,
            author=self.member,
            text="Hola.",
            key="k",
            created_at=now,
            send_at=now + timedelta(days=1),
        )
        self.third_party_token = f"tercero-{organisation.pk:035}"
        self.asked = ThirdPartyRequest.objects.create(
            ticket=self.ticket,
            author=self.member,
            name="FNMT",
            email="soporte@fnmt.example",
            text="¿Y esto?",
            token_hash=token_hash(self.third_party_token),
            key="k",
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        self.asked.files.add(self.attachment)
        self.host = HostName.objects.create(organisation=organisation, name=f"otra{organisation.pk}.example")
        self.timetable = hours.save_timetable(
            organisation,
            [Shift(1, time(9), time(14))],
            name="Verano",
            starts_on=date(2026, 7, 1),
            ends_on=date(2026, 8, 31),
            actor=None,
        )
        self.day = calendars.add_day(
            organisation, date(2026, 9, 8), names={"es": "Patrona"}, scope=DayScope.LOCAL, actor=None
        )
        self.invitation, link = invite(
            organisation, email=f"n{organisation.pk}@sede.example", name="N", roles=["agent"], by=self.administrator
        )
        self.invitation_token = link.rstrip("/").rpartition("/")[2]
        self.sample, self.review = self._sample()
        self.departure = remove_member(organisation, make.user(organisation), by=self.administrator)
        self.event = record("tickets.replied", self.ticket)
        self.incident = open_incident(organisation, title="No se puede firmar", author=self.member)
        self.incident_reply = self._incident_reply()
        self.level = save_level(organisation, {"first_response_minutes": 60}, actor=None)
        self.field = create_field(organisation, {"names": {"es": "Expediente"}, "kind": "text"}, actor=None)
        self._mail()
        self._mail_of_ticket()
        self.passkey = Authenticator.objects.create(user=self.member, type="webauthn", data={"name": "Llave"})

    def _around_person(self) -> None:
        organisation, agent = self.organisation, self.member
        self.other_person = make.person(organisation)
        self.pair = PossibleDuplicate.objects.create(
            organisation=organisation,
            first=self.person,
            second=self.other_person,
            reason="name",
            found_at=timezone.now(),
        )
        self.merge = merge(make.person(organisation), make.person(organisation), by=agent)
        self.data_request = ask_for_copy(self.person, by=self.administrator, identity_check=IdentityCheck.DOCUMENT)
        self.representation = note_representation(self.person, self.other_person, title=TitleKind.PRIVATE, by=agent)
        self.assistance = Assistance.objects.create(
            organisation=organisation,
            person=self.person,
            scope="Pedir una ayuda",
            official=agent,
            consented_at=timezone.now(),
            consent_by="paper",
            language="es",
            text="Consiento",
            text_version="1",
            scan=ContentFile(b"firmado", name="firmado.pdf"),
            scan_name="firmado.pdf",
            scan_type="application/pdf",
            key=str(organisation.pk),
        )

    def _mail(self) -> None:
        self.mailbox = make.mailbox(self.organisation, hook_secret_sealed=sealed("secreto"))
        self.mail = make.taken_in(self.mailbox, make.raw_mail(to=self.mailbox.address))
        self.mail_filter = FilterRule.objects.create(mailbox=self.mailbox, sender="@casa.example", action="drop")
        now, by = timezone.now(), self.administrator
        self.mail_check = MailboxCheck.objects.create(
            mailbox=self.mailbox, step="send", started_by=by, started_at=now, step_at=now
        )
        self.mail_import = MailImport.objects.create(
            mailbox=self.mailbox, folder="INBOX", started_by=by, started_at=now
        )

    def _mail_of_ticket(self) -> None:
        address = f"consultas@{self.organisation.host}"
        raw = make.raw_mail(to=address, html="<p>Hola</p>")
        self.ticket_mail = make.taken_in(make.mailbox(self.organisation, address=address), raw)

    def _attachment(self) -> Attachment:
        return Attachment.objects.create(
            message=self.ticket.messages.earliest("pk"),
            file=ContentFile(b"texto", name="nota.txt"),
            name="nota.txt",
            content_type="text/plain",
            size_bytes=5,
            sha256="0" * 64,
        )

    def _picture(self) -> ArticlePicture:
        return ArticlePicture.objects.create(
            article=self.article,
            key=f"{self.organisation.pk:032}",
            file=ContentFile(b"", name="picture"),
            content_type="image/webp",
            width=1,
            height=1,
            size_bytes=0,
            added_at=timezone.now(),
        )

    def _sample(self) -> tuple[QualitySample, QualityReview]:
        today, now = timezone.localdate(), timezone.now()
        sample = QualitySample.objects.create(
            organisation=self.organisation, since=today, until=today, drawn_at=now, drawn_by=self.administrator
        )
        return sample, QualityReview.objects.create(sample=sample, ticket=self.ticket, agent=self.member)

    def _incident_reply(self) -> IncidentReply:
        return ask_reply(
            self.incident,
            author=self.member,
            tickets=[],
            texts={"es": "Ya está."},
            resolves=True,
            ends_incident=True,
            idempotency_key="una",
        )

    def _survey(self) -> str:
        token, now = f"opinion-{self.organisation.pk}", timezone.now()
        Survey.objects.create(
            organisation=self.organisation,
            ticket=self.ticket,
            token_hash=token_hash(token),
            sent_at=now,
            expires_at=now + timedelta(days=14),
        )
        return token


Values = dict[str, Any]
Naming = Callable[[Rows], Values]


def by_pk(name: str) -> Naming:
    return lambda rows: {"pk": getattr(rows, name).pk}


def by_key(parameter: str, name: str) -> Naming:
    return lambda rows: {parameter: getattr(rows, name).pk}


def of_ticket(rows: Rows) -> Values:
    return {"reference": rows.ticket.reference}


def of_mail(rows: Rows) -> Values:
    assert rows.ticket_mail.ticket is not None
    return {"reference": rows.ticket_mail.ticket.reference, "pk": rows.ticket_mail.pk}


def of_link(rows: Rows) -> Values:
    return {"token": rows.ticket_token}


def of_article(rows: Rows) -> Values:
    return {"slug": rows.article.slug}


def of_version(rows: Rows) -> Values:
    return {"pk": rows.article.pk, "language": "es"}


def nobodys(**values: Any) -> Naming:
    """Parameters that name no row of an organisation."""
    return lambda rows: values


# Which row the parameters of an address name. An exact name, or the beginning of several with a star.
ROWS: dict[str, Naming] = {
    "portal:theme_stylesheet": lambda rows: {"pk": rows.organisation.pk, "version": 1},
    "portal:theme_logo": lambda rows: {"pk": rows.organisation.pk, "version": 1},
    "portal:move": by_pk("dependent"),
    "portal:team*": by_pk("team"),
    "portal:timetable*": by_pk("timetable"),
    "portal:topic*": by_pk("topic"),
    "portal:procedure*": by_pk("procedure"),
    "portal:host_*": by_pk("host"),
    "portal:day_remove": lambda rows: {"year": 2026, "pk": rows.day.pk},
    "portal:calendar*": nobodys(year=2026),
    "portal:legal_page_edit": nobodys(kind="privacy", language="es"),
    "feedback:opinion": lambda rows: {"token": rows.survey_token},
    "tickets:attachment": lambda rows: {"token": rows.ticket_token, "pk": rows.attachment.pk},
    "tickets:staff_attachment": by_pk("attachment"),
    "tickets:follow_up": of_link,
    "tickets:solved": of_link,
    "tickets:not_solved": of_link,
    "tickets:quality_sample": by_pk("sample"),
    "tickets:quality_review": by_pk("review"),
    "tickets:routing_team": by_pk("team"),
    "tickets:routing_agent": by_pk("member"),
    "tickets:bulk*": by_pk("bulk"),
    "tickets:rule_*": by_pk("rule"),
    "tickets:third_party_file": lambda rows: {"token": rows.third_party_token, "pk": rows.attachment.pk},
    "tickets:third_party": lambda rows: {"token": rows.third_party_token},
    "tickets:canned_put": lambda rows: of_ticket(rows) | {"pk": rows.canned.pk},
    "tickets:canned_pick": of_ticket,
    "tickets:canned_*": by_pk("canned"),
    "tickets:forward": lambda rows: of_ticket(rows) | {"pk": rows.attachment.message_id},
    "tickets:copy_remove": lambda rows: of_ticket(rows) | {"pk": rows.participant.pk},
    "tickets:email_resend": lambda rows: of_ticket(rows) | {"pk": rows.email.pk},
    "tickets:pending_*": lambda rows: of_ticket(rows) | {"pk": rows.pending.pk},
    "tickets:*_article": lambda rows: of_ticket(rows) | {"pk": rows.article.pk},
    "tickets:for_article": of_ticket,
    "tickets:incident_reply*": lambda rows: {"pk": rows.incident.pk, "reply": rows.incident_reply.pk},
    "tickets:incident*": by_pk("incident"),
    "tickets:kind": nobodys(slug="queja"),
    "tickets:level": by_pk("level"),
    "tickets:level_*": by_pk("level"),
    "tickets:field": by_pk("field"),
    "tickets:field_*": by_pk("field"),
    "tickets:view_*": by_pk("view"),
    "tickets:task_list": by_pk("task_list"),
    "tickets:task_list_remove": by_pk("task_list"),
    "tickets:*": of_ticket,
    "help_centre:reason": nobodys(signed="inventado"),
    "help_centre:topic": lambda rows: {"slug": rows.topic.slug},
    "help_centre:article": of_article,
    "help_centre:vote": of_article,
    "help_centre:reading": of_article,
    "help_centre:easy_read": of_article,
    "help_centre:code": nobodys(code="SAF_09"),
    "help_centre:sitemap_articles": by_key("first", "article"),
    "help_centre:read": by_pk("article"),
    "help_centre:article_*": by_pk("article"),
    "help_centre:add_picture": by_pk("article"),
    "help_centre:export_*": by_pk("export"),
    "help_centre:import_detail": by_pk("archive"),
    "help_centre:picture": lambda rows: {"key": rows.picture.key},
    "help_centre:adaptation": by_pk("lent"),
    "help_centre:hide": by_pk("lent"),
    "help_centre:draft_file": lambda rows: {"pk": rows.written.pk, "language": "es"},
    "help_centre:board_list": nobodys(which="sin-resultado"),
    "help_centre:synonym*": nobodys(key=shipped_groups()[0].key),
    "help_centre:*": of_version,
    "notifications:allow_again": by_pk("address"),
    "mailbox:ticket_mail*": of_mail,
    "mailbox:hook*": by_key("key", "mailbox"),
    "mailbox:mail": by_pk("mail"),
    "mailbox:mail_*": by_pk("mail"),
    "mailbox:filter_new": by_pk("mailbox"),
    "mailbox:filter_*": by_pk("mail_filter"),
    "mailbox:check": by_pk("mail_check"),
    "mailbox:import_*": by_pk("mail_import"),
    "mailbox:*": by_pk("mailbox"),
    "notifications:*": by_key("message_id", "message"),
    "people:merge": lambda rows: {"person_id": rows.person.pk, "other_id": rows.other_person.pk},
    "people:tell_apart": by_key("pair_id", "pair"),
    "people:undo_merge": by_key("merge_id", "merge"),
    "people:request_*": by_key("request_id", "data_request"),
    "people:end_representation": by_key("representation_id", "representation"),
    "people:assistance_*": by_key("assistance_id", "assistance"),
    "people:revoke": by_key("assistance_id", "assistance"),
    "people:*": by_key("person_id", "person"),
    "accounts:accept_invitation": lambda rows: {"token": rows.invitation_token},
    "accounts:accept_with_provider": lambda rows: {"token": rows.invitation_token, "provider": "ninguno"},
    "accounts:*_invitation": by_pk("invitation"),
    "accounts:restore_member": by_pk("departure"),
    "accounts:record_line": by_pk("event"),
    "accounts:*": by_pk("member"),
    "mfa_*": by_pk("passkey"),
    "account_reset_password_from_key": nobodys(uidb36="1", key="c0ffee-0123456789abcdef"),
    "openid_*": nobodys(provider_id="ninguno"),
    "saml_*": nobodys(organization_slug="ninguno"),
}
# What must stand in the query for the page to make sense.
QUERIES = {"tickets:desk_news": "?desde=2026-01-01T00:00:00%2B00:00", "tickets:ticket_news": "?desde=1"}
# Rows that are nobody's secret: colours and logo of a body, seen on every page of it; pictures, by a key without end.
PUBLIC_ROWS = {"portal:theme_stylesheet", "portal:theme_logo", "help_centre:picture"}
# An ancestor's articles and topics show in its descendants' help centres (docs/developing/architecture.md).
INHERITED = {
    *("help_centre:article", "help_centre:easy_read", "help_centre:vote", "help_centre:reading", "help_centre:topic"),
    *("help_centre:sitemap_articles", "help_centre:read"),
}
# What descendants do with them is theirs.
ADAPTED = {"help_centre:adaptation", "help_centre:hide"}
# A body's administrators arrange the tree below it: its rows of this kind are theirs too.
ARRANGED_FROM_ABOVE = {"portal:move"}


@dataclass(frozen=True)
class Address:
    """One address of the product, with the rule that its view declares."""

    name: str
    access: str
    takes_parameters: bool

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that a page of the desk names; all of them when it names none."""
        named = self.access.removeprefix("staff: ")
        return frozenset(Role) if named == "any role" else frozenset(Role(role) for role in named.split(", "))

    @property
    def naming(self) -> Naming | None:
        """Which row its parameters name."""
        if self.name in ROWS:
            return ROWS[self.name]
        fitting = (naming for pattern, naming in ROWS.items() if _fits(pattern, self.name))
        return next(fitting, None)

    @property
    def names_a_row(self) -> bool:
        """Whether other organisations have other rows under this address."""
        return self.takes_parameters and self.name not in PUBLIC_ROWS

    def of(self, rows: Rows) -> str:
        """The address of this organisation's row."""
        values = self.naming(rows) if self.takes_parameters and self.naming else {}
        return reverse(self.name, kwargs=values) + QUERIES.get(self.name, "")


def _fits(pattern: str, name: str) -> bool:
    start, star, end = pattern.partition("*")
    return bool(star) and name.startswith(start) and name.endswith(end)


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, namespace: str = "", parameters: bool = False
) -> Iterator[Address]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        takes = parameters or bool(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry.url_patterns, inner, takes)
        else:
            yield Address(f"{namespace}{entry.name}", getattr(entry.callback, "access", ""), takes)


ALL = sorted(addresses(), key=lambda address: address.name)
STAFF = [address for address in ALL if address.access.startswith("staff")]
OWN_ACCOUNT = [address for address in ALL if address.access == "own account"]
OPEN = [address for address in ALL if address.access.startswith(("public", "citizen"))]


@pytest.fixture
def own(db: None, settings: Settings, tmp_path: Path) -> Rows:
    """The organisation that is visited, below a parent and above a child."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    parent = make.organisation()
    return Rows(parent=parent, host="testserver")


@pytest.fixture
def elsewhere(own: Rows) -> dict[str, Organisation]:
    parent = own.organisation.parent
    assert parent is not None
    return {
        "own": own.organisation,
        "above, with descendants": parent,
        "above": parent,
        "below": own.dependent,
        "sibling": make.organisation(parent=parent),
        "stranger": make.organisation(),
    }


def signed_in(user: User) -> Client:
    client = Client(headers=OUR_OWN_PAGE)
    client.force_login(user)
    return client


def with_roles(organisation: Organisation, roles: frozenset[Role], *, deep: bool) -> User:
    first, *others = sorted(roles)
    user = make.user(organisation, first, with_descendants=deep)
    for role in others:
        Membership.objects.create(organisation=organisation, user=user, role=role, with_descendants=deep)
    return user


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a request changes is not there for the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, address: str, method: str = "") -> "_MonkeyPatchedWSGIResponse":
    """Open the address, or post nothing to it where it only takes posts."""
    with undone():
        answer = client.post(address) if method == "post" else client.get(address)
        if answer.status_code == 405 and not method:
            answer = client.post(address)
        if answer.streaming:
            b"".join(answer)  # read to its end, a file is closed
        return answer


def goes_to_sign_in(answer: "_MonkeyPatchedWSGIResponse") -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)


def test_every_address_with_parameters_says_which_row_they_name() -> None:
    assert [address.name for address in ALL if address.takes_parameters and address.naming is None] == [], "see ROWS"


def test_every_address_declares_a_rule_that_is_tried_here() -> None:
    assert {address.name for address in ALL} == {address.name for address in [*STAFF, *OWN_ACCOUNT, *OPEN]}
    assert STAFF
    assert OWN_ACCOUNT
    assert OPEN


def test_strangers_are_sent_to_sign_in_from_everything_that_is_not_for_everybody(own: Rows) -> None:
    wrong = []
    for address in [*STAFF, *OWN_ACCOUNT]:
        for method in ("get", "post"):
            answer = ask(Client(), address.of(own), method)
            if not goes_to_sign_in(answer) and answer.status_code != 405:
                wrong.append(f"{method} {address.name}: {answer.status_code}")
            with undone():
                fragment = getattr(Client(headers={"HX-Request": "true"}), method)(address.of(own))
            if not fragment.get("HX-Redirect", "").startswith(SIGN_IN) and fragment.status_code != 405:
                wrong.append(f"{method} {address.name} by htmx: {fragment.status_code}")

    assert wrong == []


def test_what_is_for_everybody_asks_nobody_to_sign_in(own: Rows) -> None:
    wrong = [
        (address.name, answer.status_code)
        for address in OPEN
        if goes_to_sign_in(answer := ask(Client(headers=OUR_OWN_PAGE), address.of(own)))
        # Steps of signing in lead back to its beginning when nobody has begun.
        and not address.name.startswith(("mfa_", "account_"))
    ]

    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_the_desk_is_for_those_whose_role_reaches_it(own: Rows, elsewhere: dict[str, Organisation], place: str) -> None:
    """Each role opens what it may; all roles together that may not are refused (a role never closes anything)."""
    deep = place == "above, with descendants"
    client = functools.cache(lambda roles: signed_in(with_roles(elsewhere[place], roles, deep=deep)))
    wrong = []
    for address in STAFF:
        opening = address.roles if place in REACHING else frozenset[Role]()
        for role in sorted(opening):
            answer = ask(client(frozenset({role})), address.of(own))
            if answer.status_code in {403, 404, 405} or goes_to_sign_in(answer):
                wrong.append(f"{address.name} for {role}: {answer.status_code}")
        if refused := frozenset(Role) - opening:
            answer = ask(client(refused), address.of(own))
            if answer.status_code != (403 if opening else 404):
                wrong.append(f"{address.name} for {', '.join(sorted(refused))}: {answer.status_code}")

    assert wrong == []


@pytest.mark.parametrize("whose", ["above", "below", "sibling", "stranger"])
def test_rows_of_other_organisations_are_not_found(own: Rows, elsewhere: dict[str, Organisation], whose: str) -> None:
    theirs = Rows(parent={"below": own.organisation, "stranger": None}.get(whose, own.organisation.parent))
    if whose == "above":
        theirs = _rows_above(own)
    client = {role: signed_in(make.user(own.organisation, role)) for role in Role}
    wrong = []
    for address in STAFF:
        if not address.names_a_row or address.of(theirs) == address.of(own):
            continue
        if whose == "below" and address.name in ARRANGED_FROM_ABOVE:
            continue
        if whose == "above" and address.name in INHERITED | ADAPTED:
            continue
        for role in sorted(address.roles):
            for method in ("get", "post"):
                answer = ask(client[role], address.of(theirs), method)
                if answer.status_code not in {404, 405}:
                    wrong.append(f"{method} {address.name} for {role}: {answer.status_code}")

    assert wrong == []


@pytest.mark.parametrize("whose", ["above", "below", "sibling", "stranger"])
def test_citizens_links_work_only_where_they_belong(own: Rows, whose: str) -> None:
    theirs = Rows(parent={"below": own.organisation, "stranger": None}.get(whose, own.organisation.parent))
    if whose == "above":
        theirs = _rows_above(own)
    wrong = []
    for address in OPEN:
        if not address.names_a_row or address.of(theirs) == address.of(own):
            continue
        if whose == "above" and address.name in INHERITED:
            continue
        for method in ("get", "post"):
            answer = ask(Client(headers=OUR_OWN_PAGE), address.of(theirs), method)
            if answer.status_code not in {404, 405, 410}:
                wrong.append(f"{method} {address.name}: {answer.status_code}")

    assert wrong == []


def test_what_is_in_an_account_is_its_owners_alone(own: Rows) -> None:
    client = Client()
    other = make.user(own.organisation)
    client.post(reverse("account_login"), {"login": other.email, "password": "una contraseña larga"})
    wrong = []
    for address in OWN_ACCOUNT:
        if address.names_a_row:
            for method in ("get", "post"):
                answer = ask(client, address.of(own), method)
                if answer.status_code not in {404, 405}:
                    wrong.append(f"{method} {address.name}: {answer.status_code}")

    assert wrong == []


def _rows_above(own: Rows) -> Rows:
    """Rows of a body that the visited one depends on."""
    above = Rows()
    visited = own.organisation
    Organisation.objects.filter(pk=visited.pk).update(
        parent=above.organisation, path=f"{above.organisation.path}{visited.pk}/"
    )
    visited.refresh_from_db()
    return above
