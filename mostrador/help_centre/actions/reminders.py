"""Reminding those who look after articles to look at them again."""

from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mostrador.accounts.models import TeamMembership, User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.letters import tell_to_check
from mostrador.help_centre.models import Article
from mostrador.help_centre.queries.editing import people_to_tell
from mostrador.help_centre.queries.lists import articles_to_check, best_titles
from mostrador.help_centre.rules.publication import REMIND_BEFORE
from mostrador.organisations.models import Organisation


def remind_to_check() -> int:
    """Remind everybody who looks after articles of those to check, once for each date; return how many messages."""
    latest = timezone.localdate() + REMIND_BEFORE + timedelta(days=1)  # somewhere it may be tomorrow
    due = Article.objects.filter(review_by__lte=latest, review_reminded_on__isnull=True)
    return sum(
        remind_at(organisation) for organisation in Organisation.objects.filter(pk__in=due.values("organisation"))
    )


@transaction.atomic
def remind_at(organisation: Organisation) -> int:
    """Send one message to each person who looks after articles to check that nobody was reminded of.

    Those of the owner team who edit; where none does, everybody who could review a text. Where nobody edits at all,
    the articles wait for somebody.

    Returns:
        How many messages were written.
    """
    with timezone.override(organisation.time_zone):
        today = timezone.localdate()
    due = list(
        articles_to_check(organisation, today)
        .filter(review_reminded_on__isnull=True)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("review_by", "pk")
    )
    if not due:
        return 0
    editors = people_to_tell(organisation, without=set())
    lists = _by_person(due, editors)
    titles = best_titles(due)
    for person, articles in lists.items():
        tell_to_check(organisation, person, [(article, titles[article.pk]) for article in articles])
    if lists:
        Article.objects.filter(pk__in=[article.pk for article in due]).update(review_reminded_on=today)
        details = {"articles": len(due), "people": len(lists)}
        record("help_centre.review_reminded", organisation, organisation=organisation, details=details)
    return len(lists)


def _by_person(articles: list[Article], editors: list[User]) -> dict[User, list[Article]]:
    teams: defaultdict[int, set[int]] = defaultdict(set)
    for team, user in TeamMembership.objects.filter(user__in=editors).values_list("team", "user"):
        teams[team].add(user)
    lists: defaultdict[User, list[Article]] = defaultdict(list)
    for article in articles:
        members = teams.get(article.owner_team_id or 0, set())
        for person in editors:
            if not members or person.pk in members:
                lists[person].append(article)
    return lists
