"""What is asked about opinions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.feedback.models import Survey
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.people.rules import Entry, PersonalData
from mostrador.shared.formats import number
from mostrador.shared.tokens import token_hash
from mostrador.tickets.choices import ContactBy, State
from mostrador.tickets.models import VISIBLE, Ticket, TicketQuerySet, visible_values
from mostrador.tickets.queries.condition_fields import Field
from mostrador.tickets.rules.conditions import Kind

# A worker that was away for longer asks nobody: the opinion would be about something forgotten.
ASK_WITHIN = timedelta(days=7)
PAGE = 50
# Who reads what people said of the help they got.
READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMINISTRATOR)


def tickets_without_survey(now: datetime) -> TicketQuerySet:
    """Return the tickets whose person is to be asked now, the oldest resolution first.

    Resolved since SURVEY_DELAY_MINUTES (at once in a sample organisation) and less than seven days ago, still resolved,
    with an e-mail address, answered by somebody, not imported already resolved, never asked before.
    """
    patience = now - timedelta(minutes=settings.SURVEY_DELAY_MINUTES)
    return (
        Ticket.objects
        # All organisations, named one by one: so the index by organisation and resolution serves.
        .filter(organisation__in=list(Organisation.objects.values_list("pk", flat=True)))
        .filter(resolved_at__gt=now - ASK_WITHIN, resolved_at__lte=now)
        .filter(Q(resolved_at__lte=patience) | Q(organisation__is_sample=True))
        .filter(state__in=[State.RESOLVED, State.CLOSED], contact_by=ContactBy.EMAIL, public_replies__gt=0)
        .filter(Q(imported_at__isnull=True) | Q(resolved_at__gt=F("imported_at")))
        .filter(erased_at__isnull=True, person__erased_at__isnull=True, merged_into__isnull=True)
        .exclude(person__email="")
        .filter(~Exists(Survey.objects.filter(ticket=OuterRef("pk"))))
        .order_by("resolved_at", "pk")
    )


def satisfaction_field() -> Field:
    """Return what views and rules of tickets may ask for: the score, from 1 to 5, that the person gave."""
    return Field("score", Kind.SCORE, _("Satisfacción, de 1 a 5"), beside=(Survey, "ticket"))


def survey_of_link(organisation: Organisation, token: str) -> Survey | None:
    """Return the survey that a private link belongs to, answered or expired ones included, with its ticket."""
    surveys = Survey.objects.select_related("ticket").filter(organisation=organisation)
    return surveys.filter(token_hash=token_hash(token)).first()


@dataclass(frozen=True)
class Answers:
    """A page of what people answered, newest first; `older` is the key from which the next page continues."""

    surveys: list[Survey]
    older: int | None


def answers(access: Access, *, before: int | None = None) -> Answers:
    """Return fifty answers given to the organisations that this user watches over, with their tickets."""
    given = Survey.objects.filter(organisation__in=access.organisation_ids(*READERS), answered_at__isnull=False)
    if before is not None and (last := given.filter(pk=before).values_list("answered_at", flat=True).first()):
        given = given.filter(Q(answered_at__lt=last) | Q(answered_at=last, pk__lt=before))
    rows = list(given.select_related("ticket", "organisation").order_by("-answered_at", "-pk")[: PAGE + 1])
    return Answers(surveys=rows[:PAGE], older=rows[PAGE - 1].pk if len(rows) > PAGE else None)


def personal_data_of(person: Person) -> PersonalData:
    """Return every survey that the person was sent, with what they answered."""
    surveys = Survey.objects.filter(ticket__person=person).select_related("ticket").order_by("sent_at", "pk")
    return PersonalData(records=[_record(survey) for survey in surveys], labels=LABELS)


def entries(person: Person, access: Access) -> list[Entry]:
    """Return what a person answered to surveys about tickets that this access may see, newest first. One query.

    Comments are only for those who watch over the help; the score is for everybody who sees the ticket.
    """
    seen = Survey.objects.filter(ticket__in=Ticket.objects.visible_to(access).filter(person=person))
    answered = seen.filter(answered_at__isnull=False).select_related("ticket").order_by("-answered_at", "-pk")
    watched = access.organisation_ids(*READERS)
    return [
        Entry(
            text=survey.comment if survey.organisation_id in watched and survey.comment else survey.ticket.reference,
            href=reverse("tickets:ticket_detail", args=[survey.ticket.reference]),
            note=gettext("%(score)s de 5") % {"score": survey.score},
        )
        for survey in answered[:PAGE]
    ]


# Written out: the page of a ticket asks for it all day.
_GIVEN = f"""
SELECT avg(survey.score), count(*)
FROM tickets_ticket AS t JOIN feedback_survey AS survey ON survey.ticket_id = t.id
WHERE t.person_id = %(person)s AND survey.answered_at IS NOT NULL AND {VISIBLE}
"""  # noqa: S608 - a constant


def signals(person: Person, access: Access) -> list[tuple[str, str]]:
    """Return how satisfied a person was with the tickets that this access may see. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, {"person": person.pk} | visible_values(access))
        mean, count = cursor.fetchone() or (Decimal(0), 0)
    if not count:
        return []
    opinions = ngettext("%(count)s opinión", "%(count)s opiniones", count) % {"count": count}
    return [
        (
            gettext("Satisfacción"),
            gettext("%(mean)s de 5, en %(opinions)s")
            % {
                "mean": number(mean, 1),
                "opinions": opinions,
            },
        )
    ]


LABELS = {
    "ticket": _("Consulta"),
    "asked_at": _("Le preguntamos"),
    "answered_at": _("Contestó"),
    "score": _("Puntuación, de 1 a 5"),
    "comment": _("Comentario"),
}


def _record(survey: Survey) -> dict[str, Any]:
    return {
        "ticket": survey.ticket.reference,
        "asked_at": survey.sent_at,
        "answered_at": survey.answered_at,
        "score": survey.score,
        "comment": survey.comment,
    }
