"""What is asked about what people are still typing."""

from itertools import groupby

from django.utils import timezone
from django.utils.crypto import salted_hmac

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation, Procedure
from mostrador.people.rules import name_key
from mostrador.shared.tokens import token_hash
from mostrador.tickets.models import DraftFile, Ticket, TicketDraft


def draft_behind(organisation: Organisation, token: str) -> TicketDraft | None:
    """Return the draft to which a token leads, sent ones included; None when there is none or its time is over."""
    if not token:
        return None
    drafts = TicketDraft.objects.filter(organisation=organisation, token_hash=token_hash(token))
    return drafts.filter(expires_at__gt=timezone.now()).select_related("ticket__person").first()


def desk_reply_key(ticket: Ticket, author: User) -> str:
    """Return where the files of one's unsent answer to a ticket wait; nobody without the secret key can name it."""
    return salted_hmac("tickets.desk_reply", f"{ticket.pk}:{author.pk}", algorithm="sha256").hexdigest()


def files_of_desk_reply(ticket: Ticket, author: User) -> list[DraftFile]:
    """Return the files that wait for one's answer to a ticket, as they were chosen. One query."""
    waiting = DraftFile.objects.filter(
        draft__token_hash=desk_reply_key(ticket, author), draft__expires_at__gt=timezone.now()
    )
    return list(waiting.order_by("pk"))


def procedure_choices(organisation: Organisation) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the procedures in use here and in the organisations above, in the current language, by organisation.

    Each group is the organisation's name and its procedures (key, name) in alphabetical order; one's own come first.
    """
    rows = Procedure.objects.filter(organisation__in=organisation.lineage, is_active=True)
    nearest_first = sorted(
        rows.select_related("organisation"),
        key=lambda row: (-organisation.lineage.index(row.organisation_id), name_key(row.name), row.pk),
    )
    return [
        (owner, [(str(row.pk), row.name) for row in group])
        for owner, group in groupby(nearest_first, key=lambda row: row.organisation.name)
    ]
