"""What happens to opinions."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.audit.actions import record
from mostrador.feedback.choices import Score
from mostrador.feedback.models import Survey
from mostrador.feedback.queries import tickets_without_survey
from mostrador.notifications.actions import send_email
from mostrador.notifications.queries import thread_about
from mostrador.notifications.rules import about
from mostrador.people.models import Person
from mostrador.shared.errors import ActionRefused
from mostrador.shared.tokens import new_token, token_hash
from mostrador.tickets.models import Ticket


def ask_opinions() -> int:
    """Ask everybody whose ticket was resolved some time ago; return how many were asked."""
    waiting = list(tickets_without_survey(timezone.now()).values_list("pk", flat=True)[:1000])
    return sum(ask_opinion(ticket_id) is not None for ticket_id in waiting)


@transaction.atomic
def ask_opinion(ticket_id: int) -> Survey | None:
    """Send the one e-mail that asks for an opinion about a ticket, in the language in which it was dealt with.

    Looks again under a lock: None when the ticket was reopened meanwhile, or somebody else has just asked.
    """
    now = timezone.now()
    # First the lock, then the question: asked together, the answer could be older than the lock. A ticket that
    # somebody is changing right now is left for the next time.
    if not Ticket.objects.select_for_update(skip_locked=True).filter(pk=ticket_id).values_list("pk").first():
        return None
    waiting = tickets_without_survey(now).filter(pk=ticket_id)
    ticket = waiting.select_related("organisation", "person", "team").first()
    if ticket is None:
        return None
    token = new_token()
    survey = Survey.objects.create(
        organisation=ticket.organisation,
        ticket=ticket,
        token_hash=token_hash(token),
        sent_at=now,
        expires_at=now + timedelta(days=settings.SURVEY_VALID_DAYS),
    )
    _send(survey, token)
    record("feedback.asked", survey)
    return survey


@transaction.atomic
def answer_survey(survey: Survey, *, score: int, comment: str = "") -> Survey:
    """Keep an opinion and spend its link.

    Args:
        survey: The one of the private link.
        score: 1 to 5.
        comment: What the person wants to add; at most 2 000 characters.

    Raises:
        ActionRefused: The link was used before, or it has expired.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    now = timezone.now()
    if survey.answered_at is not None:
        raise ActionRefused(_("Ya recibimos su opinión con este enlace. Gracias."))
    if survey.expires_at <= now:
        raise ActionRefused(_("Este enlace ha caducado y ya no recoge opiniones."))
    survey.score, survey.comment, survey.answered_at = score, comment.strip(), now
    survey.save(update_fields=["score", "comment", "answered_at"])
    record("feedback.answered", survey, details={"score": score})
    return survey


def forget_old_comments() -> int:
    """Clear comments older than SURVEY_COMMENT_RETENTION_DAYS; scores stay. Return how many."""
    limit = timezone.now() - timedelta(days=settings.SURVEY_COMMENT_RETENTION_DAYS)
    return Survey.objects.filter(answered_at__lt=limit).exclude(comment="").update(comment="")


def erase_personal_data(person: Person) -> dict[str, int]:
    """Clear what a person wrote; scores stay. Links that are not used yet stop working. In the caller's transaction."""
    theirs = Survey.objects.filter(ticket__person=person)
    now = timezone.now()
    theirs.filter(answered_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    return {"comments": theirs.exclude(comment="").update(comment="")}


def _send(survey: Survey, token: str) -> None:
    ticket, organisation = survey.ticket, survey.organisation
    language = organisation.offered(ticket.language)
    address = organisation.link("feedback:opinion", token=token, language=language)
    thread = thread_about(ticket)
    send_email(
        organisation=organisation,
        to=ticket.addressee.email or ticket.person.email,
        kind="feedback.survey",
        template="feedback/email/survey",
        context={
            "ticket": ticket,
            "name": ticket.addressee.name,
            "choices": [(score.label, f"{address}?valor={score.value}") for score in reversed(Score)],
            "expires_at": survey.expires_at,
        },
        language=language,
        person=ticket.addressee,
        about=about(ticket),
        in_reply_to=thread[-1] if thread else "",
        references=" ".join(thread),
        team_signature=ticket.team.signature if ticket.team else "",
        sender=ticket.sender,
    )
