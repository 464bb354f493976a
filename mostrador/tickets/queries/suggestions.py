"""What may help with a ticket: articles, similar matters and what solved them, what the person had read."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from mostrador.accounts.permissions import Access
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.help_centre.queries.readers import published_versions, words_of_search
from mostrador.help_centre.queries.search import Found, find
from mostrador.help_centre.rules.words import fold
from mostrador.organisations.models import Organisation
from mostrador.service_status.models import Incident
from mostrador.shared.formats import day
from mostrador.tickets.choices import MessageKind, State
from mostrador.tickets.models import Ticket

LOOKED_AT = 2000  # newest resolved tickets of the organisation among which similar ones are looked for
COMPARED = 80
SHOWN = 5
ARTICLES = 6
SHORTEST_WORD = 4  # letters


@dataclass(frozen=True, slots=True)
class Similar:
    """A resolved matter like this one.

    Attributes:
        solved_by: Title of the article that solved it; empty when none is known.
        solved_by_id: Its key.
    """

    reference: str
    subject: str
    when: str
    solved_by: str
    solved_by_id: int | None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Everything that the panel of a ticket shows.

    Attributes:
        read: Titles of what the person is known to have read before writing.
        searched: What they had searched in the help centre; "" when they had not, or it is no longer kept.
    """

    articles: list[Found]
    similar: list[Similar]
    read: list[str]
    searched: str
    incidents: list[Incident]


def suggestions(ticket: Ticket, access: Access) -> Suggestions:
    """Return what may help with a ticket; a constant number of queries."""
    return Suggestions(
        articles=articles_about(ticket, what_it_is_about(ticket), access),
        similar=similar_resolved(ticket, access),
        read=titles_of(ticket.articles_read, ticket.language),
        searched=words_of_search(ticket.organisation, ticket.search_key) if ticket.search_key else "",
        incidents=running_incidents(ticket.organisation),
    )


def articles_about(ticket: Ticket, question: str, access: Access, *, limit: int = ARTICLES) -> list[Found]:
    """Return the articles that answer a question, in the language of the ticket's person; those the public reads."""
    found = find(ticket.organisation, question, ticket.language, limit=limit, with_procedures=False)
    return found.found


def what_it_is_about(ticket: Ticket) -> str:
    """Return the words of a ticket in which answers are looked for. One query."""
    words = ticket.messages.filter(kind=MessageKind.PUBLIC).order_by("pk").values_list("text", flat=True)[:1]
    return " ".join([ticket.error_code, ticket.subject, *words])


def similar_resolved(ticket: Ticket, access: Access) -> list[Similar]:
    """Return resolved tickets about the same, the most alike first, at most five. Two queries.

    Alike are the error code, the procedure, the topic and words of the subject, among the newest 2000 of the
    organisation.
    """
    resolved = Ticket.objects.filter(organisation=ticket.organisation_id, resolved_at__isnull=False)
    recent = resolved.order_by("-resolved_at").values("pk")[:LOOKED_AT]
    alike = Q(pk__in=[])
    if ticket.error_code:
        alike |= Q(error_code__iexact=ticket.error_code)
    if ticket.procedure_id:
        alike |= Q(procedure=ticket.procedure_id)
    if ticket.topic_id:
        alike |= Q(topic=ticket.topic_id)
    words = _words(ticket.subject)
    for word in sorted(words, key=len, reverse=True)[:3]:
        alike |= Q(subject__icontains=word)
    rows = (
        Ticket.objects.visible_to(access)
        .filter(alike, pk__in=recent, state__in=[State.RESOLVED, State.CLOSED], merged_into__isnull=True)
        .exclude(pk=ticket.pk)
        .exclude(subject="")
        .order_by("-resolved_at")
        .only("reference", "subject", "resolved_at", "error_code", "procedure", "topic", "solved_by")[:COMPARED]
    )
    scored = sorted(((_likeness(row, ticket, words), row) for row in rows), key=lambda pair: -pair[0])
    best = [row for score, row in scored[:SHOWN] if score >= 2]
    titles = dict(_titles([row.solved_by_id for row in best if row.solved_by_id], ticket.language))
    return [
        Similar(
            reference=row.reference,
            subject=row.subject,
            when=day(row.resolved_at) if row.resolved_at else "",
            solved_by=titles.get(row.solved_by_id or 0, ""),
            solved_by_id=row.solved_by_id,
        )
        for row in best
    ]


def _likeness(row: Ticket, ticket: Ticket, words: set[str]) -> int:
    same_code = bool(ticket.error_code) and row.error_code.lower() == ticket.error_code.lower()
    same_procedure = ticket.procedure_id is not None and row.procedure_id == ticket.procedure_id
    same_topic = ticket.topic_id is not None and row.topic_id == ticket.topic_id
    shared = len(words & _words(row.subject))
    return 4 * same_code + 2 * same_procedure + same_topic + shared + (row.solved_by_id is not None)


def _words(text: str) -> set[str]:
    return {word for word in fold(text).split() if len(word) >= SHORTEST_WORD}


def titles_of(articles: Sequence[int], language: str) -> list[str]:
    """Return the titles of articles in their order; those that are gone are left out. One query, none for none."""
    titles = dict(_titles(articles, language))
    return [titles[key] for key in articles if key in titles]


def _titles(articles: Sequence[int], language: str) -> list[tuple[int, str]]:
    if not articles:
        return []
    rows = ArticleVersion.objects.filter(article__in=list(articles), state=PublicationState.PUBLISHED)
    found = rows.values_list("article_id", "language", "title")
    order = {language: 2, "es": 1}
    return [(key, title) for key, code, title in sorted(found, key=lambda row: order.get(row[1], 0))]


def running_incidents(organisation: Organisation) -> list[Incident]:
    """Return the incidents that go on now, here and in the bodies above, newest first. One query."""
    running = Incident.objects.running().filter(organisation__in=organisation.lineage)
    return list(running.order_by("-began_at")[:SHOWN])


def version_to_send(ticket: Ticket, article_id: int) -> ArticleVersion | None:
    """Return an article that everybody may read, in the language of the ticket's person or the nearest. One query."""
    return published_versions(ticket.organisation, ticket.language).filter(article=article_id).first()


def article_by_slug(organisation: Organisation, slug: str) -> Article | None:
    """Return an article of an organisation's help centre that everybody may read. One query."""
    return Article.objects.served_to(organisation).public().filter(slug=slug).first()
