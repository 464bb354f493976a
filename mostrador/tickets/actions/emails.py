"""What the person is told by e-mail: that we have their matter, what we answer, and that it is resolved."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from markupsafe import Markup

from mostrador.help_centre.queries.readers import published_versions
from mostrador.notifications.actions import FileToSend, send_email
from mostrador.notifications.models import Sender
from mostrador.notifications.queries.senders import sender_for
from mostrador.notifications.rules import about, fit_in_email
from mostrador.organisations.models import Organisation
from mostrador.shared.markdown import markdown_as_text, render_markdown
from mostrador.tickets.actions.steps import may_be_emailed
from mostrador.tickets.actions.tickets import new_private_link
from mostrador.tickets.choices import AuthorKind, Channel, EventCode, MessageKind, State
from mostrador.tickets.models import Attachment, Merge, Message, Ticket
from mostrador.tickets.queries.deliveries import where_mail_came_from
from mostrador.tickets.queries.follow_up import first_words
from mostrador.tickets.queries.levels import acknowledgement
from mostrador.tickets.queries.participants import copies_of
from mostrador.tickets.queries.replies import signature_of
from mostrador.tickets.queries.terms import legal_term
from mostrador.tickets.rules import LINKS_LAST, UNDO_WITHIN, event_parts
from mostrador.tickets.rules.kinds import rule_of

LONGEST_THREAD = 20
RESOLUTIONS = {EventCode.RESOLVED, EventCode.RESOLVED_WITH}


@transaction.atomic
def tell_person(message_id: int) -> None:
    """Write the e-mail about a message into the outbox, once: the message keeps the Message-ID under which it left.

    Nothing is written when the person no longer wants or has e-mail, or when a resolution was undone meanwhile. Each
    e-mail carries a private link of its own, unless somebody is in copy, and belongs to the thread of those before it.
    Files go with it up to a limit.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related(
            "author",
            "ticket__organisation",
            "ticket__person",
            "ticket__representative",
            "ticket__team",
            "ticket__sender",
        )
        .filter(pk=message_id, email_id="")
        .first()
    )
    if message is None or message.ticket.erased_at is not None or not may_be_emailed(message.ticket):
        return
    template = _template(message)
    context = _context(message, template) if template else None
    if context is None:
        return
    ticket = message.ticket
    language, thread = ticket.organisation.offered(ticket.language), _thread(ticket)
    is_answer = template == "reply"
    copies = copies_of(message) if is_answer and message.author_kind == AuthorKind.STAFF else []
    files = files_to_send(message.attachments.order_by("pk")) if is_answer else []
    sender = sender_of_ticket(ticket)
    automatic = not is_answer or message.author_kind == AuthorKind.SYSTEM
    is_reaction = automatic and _is_reaction(message)
    sent = send_email(
        organisation=ticket.organisation,
        to=ticket.addressee.email,
        kind=f"tickets.{template}",
        template=f"tickets/email/{template}",
        context=context
        | {
            # It opens the whole matter: whoever is in copy gets none.
            "link": "" if copies else _private_link(ticket, language),
            "find_link": ticket.organisation.link("tickets:find", language=language),
            "expires_at": timezone.now() + LINKS_LAST,
            "are_attached": bool(files),
            "takes_mail": takes_mail(ticket, sender),
        },
        language=language,
        person=ticket.addressee,
        about=about(ticket),
        in_reply_to=thread[-1] if thread else "",
        references=" ".join(thread),
        team_signature=_signature(message),
        automatic=automatic,
        sender=sender,
        cc=copies,
        files=files,
        is_reaction=is_reaction,
        goes_on_from=where_mail_came_from(ticket) if is_reaction else (),
    )
    message.email_id = sent.message_id
    message.save(update_fields=["email_id"])


def sender_of_ticket(ticket: Ticket) -> Sender | None:
    """Return from which address a ticket's e-mails leave; None is the organisation's. At most one query."""
    return ticket.sender or sender_for(ticket.organisation, team_id=ticket.team_id)


def takes_mail(ticket: Ticket, sender: Sender | None) -> bool:
    """Tell whether somebody reads what arrives at the address from which a ticket's e-mails leave, as far as we know.

    The person wrote there, or its server gives us back answers by their message.
    """
    return ticket.sender_id is not None or (sender is not None and sender.has_plus)


def files_to_send(files: Iterable[Attachment]) -> list[FileToSend]:
    """Return files as they go with an e-mail; none where they are too much together (EMAIL_FILES_MAX_BYTES)."""
    known = list(files)
    if not fit_in_email(file.size_bytes for file in known):
        return []
    return [FileToSend(str(file.file.name), file.name, file.content_type, file.size_bytes) for file in known]


def _private_link(ticket: Ticket, language: str) -> str:
    return ticket.organisation.link("tickets:follow_up", token=new_private_link(ticket), language=language)


def _is_reaction(message: Message) -> bool:
    """Tell whether nobody at the desk had a hand in it: the system answers what came by e-mail."""
    if message.author_kind != AuthorKind.SYSTEM:
        return False
    said = message.ticket.messages.filter(kind=MessageKind.PUBLIC, author_kind=AuthorKind.PERSON)
    return said.order_by("-pk").values_list("channel", flat=True).first() == Channel.EMAIL


def _template(message: Message) -> str | None:
    """Return which e-mail is due, or None when the reason for it is gone."""
    if message.kind == MessageKind.PUBLIC and message.author_kind in {AuthorKind.STAFF, AuthorKind.SYSTEM}:
        return "reply"
    if message.kind != MessageKind.EVENT:
        return None
    code, _values = event_parts(message.text)
    if code == EventCode.ACKNOWLEDGED:
        return "acknowledgement"
    if code == EventCode.MERGED_HERE:
        return "merged"
    return "resolved" if code in RESOLUTIONS and _still_resolved(message) else None


def _merges_to_tell(event: Message) -> list[Merge]:
    """Return what was joined in a row and still is, the first one first, if this event is of the last of them.

    So the person is written to once when several of their tickets are joined one after the other. Those undone since
    count in the row, as the ones before have left it to them to tell.
    """
    row: list[Merge] = []
    for merge in Merge.objects.filter(target=event.ticket).select_related("source").order_by("merged_at", "pk"):
        if row and merge.merged_at - row[-1].merged_at > UNDO_WITHIN:
            if row[-1].merged_at == event.written_at:
                break
            row = []
        row.append(merge)
    is_last = bool(row) and row[-1].merged_at == event.written_at
    return [merge for merge in row if merge.undone_at is None] if is_last else []


def _still_resolved(event: Message) -> bool:
    """Tell whether this resolution, and not a later one, still holds."""
    ticket = event.ticket
    return ticket.state in {State.RESOLVED, State.CLOSED} and ticket.resolved_at == event.written_at


def _context(message: Message, template: str) -> dict[str, Any] | None:
    """Return what an e-mail says, or None when nothing is left to tell."""
    ticket = message.ticket
    context: dict[str, Any] = {"ticket": ticket, "name": ticket.addressee.name}
    if template == "merged":
        merged = [merge.source.reference for merge in _merges_to_tell(message)]
        return context | {"merged": merged} if merged else None
    if template == "acknowledgement":
        language = ticket.organisation.offered(ticket.language)
        with override(language):
            words = acknowledgement(ticket.organisation, ticket.kind, language)
        return context | {
            "text": _first_words(ticket),
            "rule": rule_of(ticket.kind),
            "acknowledgement": words,
            "term": legal_term(ticket),
        }
    if template == "reply":
        files = list(message.attachments.order_by("pk").values_list("name", flat=True))
        return context | _words(message) | {"files": files, "resolved": ticket.state == State.RESOLVED}
    return context | {"article": _article(ticket)}


def _words(message: Message) -> dict[str, Any]:
    """Return what was answered, as text and as HTML."""
    if not message.is_rich:
        return {"text": message.text, "html": None}
    return in_email(message.text, message.ticket.organisation, message.ticket.language)


def in_email(text: str, organisation: Organisation, language: str) -> dict[str, Any]:
    """Return Markdown as an e-mail carries it, as "text" and "html": links of ours are whole addresses."""
    language = organisation.offered(language)
    home = organisation.link("portal:home", language=language).rstrip("/")

    def address(path: str) -> str:
        return home + path

    html = render_markdown(text, language=language, breaks=True)
    return {
        "text": markdown_as_text(text, address=address),
        "html": Markup(str(html).replace('href="/', f'href="{home}/')),  # noqa: S704 - cleaned when it was rendered
    }


def _thread(ticket: Ticket) -> list[str]:
    """Return the Message-IDs of the e-mails before this one, oldest first: the last twenty, as headers have an end."""
    known = ticket.messages.exclude(email_id="").exclude(kind=MessageKind.NOTE)  # the person has not seen those
    sent = known.order_by("-pk").values_list("email_id", flat=True)
    return list(sent[:LONGEST_THREAD])[::-1]


def _first_words(ticket: Ticket) -> str:
    return first_words(ticket).text


def _article(ticket: Ticket) -> dict[str, str] | None:
    if ticket.solved_by_id is None:
        return None
    versions = published_versions(ticket.organisation, ticket.language).filter(article=ticket.solved_by_id)
    version = versions.first()
    if version is None:
        return None
    href = ticket.organisation.link("help_centre:article", slug=version.article.slug, language=ticket.language)
    return {"title": version.title, "href": href}


def _signature(message: Message) -> str:
    team = message.ticket.team
    if message.author is None or message.kind != MessageKind.PUBLIC:
        return (team.signature or team.name) if team else ""
    return signature_of(message.author, message.ticket)
