"""Loading the sample office and taking it away."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.audit.models import Event
from mostrador.feedback.models import Survey
from mostrador.help_centre.choices import ArticleKind, Audience, DraftStep, FixState, NotUsefulReason, Part
from mostrador.help_centre.models import (
    Adaptation,
    Article,
    ArticleDraft,
    ArticleVersion,
    ArticleVote,
    DailyReading,
    DailySearch,
    ReviewComment,
)
from mostrador.help_centre.queries.search import search
from mostrador.metrics import queries as metrics
from mostrador.metrics.actions import roll_up_what_changed
from mostrador.metrics.rules import Period
from mostrador.organisations.models import Organisation, Topic
from mostrador.people.models import Person, PossibleDuplicate
from mostrador.sample.actions import remove_sample
from mostrador.tickets.choices import Channel, RoutingMode, State
from mostrador.tickets.models import (
    Attachment,
    CustomField,
    LegalTerm,
    Mention,
    Message,
    QualityReview,
    Rule,
    SavedView,
    Task,
    TeamRouting,
    Ticket,
    Watcher,
)

pytestmark = pytest.mark.smoke


def test_the_sample_shows_every_role_state_channel_and_language(sample: Organisation) -> None:
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert set(Ticket.objects.values_list("state", flat=True)) == set(State.values)
    assert set(Ticket.objects.values_list("channel", flat=True)) >= {
        Channel.WEB,
        Channel.EMAIL,
        Channel.PHONE,
        Channel.IN_PERSON,
    }
    assert set(Ticket.objects.values_list("language", flat=True)) == {"es", "ca", "gl", "eu", "en"}
    assert Organisation.objects.filter(is_sample=True).count() == 3
    assert Organisation.objects.filter(time_zone="Atlantic/Canary").count() == 1
    assert Article.objects.count() >= 24
    assert Attachment.objects.count() >= 3


def test_the_sample_shows_the_work_on_articles_at_every_step(sample: Organisation) -> None:
    published = ArticleVersion.objects.filter(state="published")

    assert set(ArticleDraft.objects.values_list("step", flat=True)) == set(DraftStep.values)
    assert ReviewComment.objects.count() == 2
    assert published.filter(stale_since__isnull=False).count() == 1
    assert Article.objects.filter(superseded_by__isnull=False).count() == 1
    assert Article.objects.filter(audience=Audience.STAFF).count() == 1
    assert {row.organisation.short_name: row.is_hidden for row in Adaptation.objects.all()} == {
        "Olmedilla": False,
        "Puerto Calima": True,
    }
    assert set(Article.objects.values_list("kind", flat=True)) == set(ArticleKind.values)
    assert set(Article.objects.values_list("fix_state", flat=True)) == {"", *FixState.values}
    assert published.filter(parts_html__has_key=Part.EASY_READ).exists()
    assert set(ArticleVote.objects.values_list("reason", flat=True)) == {"", *NotUsefulReason.values}
    assert DailySearch.objects.filter(without_result__gt=0).exists()
    assert DailyReading.objects.exclude(readers_lost={}).exists()
    assert Topic.objects.filter(parent__isnull=False).count() == 24


def test_the_sample_shows_the_work_of_the_desk(sample: Organisation) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert Ticket.objects.filter(incident__ended_at=None, incident__isnull=False).count() == 3
    assert Ticket.objects.open().filter(person_deadline_on=tomorrow).count() == 1
    assert LegalTerm.objects.filter(ticket__in=Ticket.objects.open()).count() == 1
    assert Ticket.objects.filter(merged_into__isnull=False).count() == 1
    assert [(row.name, row.depends_value) for row in CustomField.objects.order_by("position")] == [
        ("Qué dice FACe", ""),
        ("Código del error", "error"),
    ]
    assert len(Ticket.objects.exclude(custom={}).get().custom) == 2
    assert {task.done_at is None for task in Task.objects.all()} == {True, False}
    assert set(TeamRouting.objects.values_list("mode", flat=True)) == set(RoutingMode.values)
    assert Rule.objects.filter(is_active=True).count() > 2
    assert SavedView.objects.filter(owner=None, created_by__isnull=False).count() == 2
    assert {review.reviewer is None for review in QualityReview.objects.all()} == {True, False}
    assert PossibleDuplicate.objects.exists()
    assert Watcher.objects.count() == 3
    assert Mention.objects.get(read_at=None).user.name == "Carmen Ficticia Vidal"


def test_links_between_articles_of_the_sample_lead_somewhere(sample: Organisation) -> None:
    there = set(Article.objects.values_list("slug", flat=True))
    html = "".join(f"{version.html}{version.parts_html}" for version in ArticleVersion.objects.all())

    linked = set(re.findall(r'href="/ayuda/articulo/([^"/#]+)/', html))

    assert linked - there == set()
    assert 'href="articulo:' not in html
    assert len(linked) > 30


def test_nothing_in_the_sample_happens_in_the_future_or_out_of_order(sample: Organisation) -> None:
    for ticket in Ticket.objects.all():
        moments = list(ticket.messages.order_by("pk").values_list("written_at", flat=True))
        assert moments == sorted(moments), ticket.external_reference
        assert moments
        assert ticket.imported_at is not None
        assert ticket.last_activity_at <= ticket.imported_at


def test_every_measure_of_the_sample_shows_something(sample: Organisation) -> None:
    roll_up_what_changed()
    whole = Period(
        *sorted(
            [
                Ticket.objects.order_by("opened_at")[0].opened_at.date(),
                Ticket.objects.order_by("-opened_at")[0].opened_at.date(),
            ]
        )
    )

    sums = metrics.merged(metrics.sums_by_day(Organisation.objects.all(), whole).values())

    assert min(sums.responded, sums.unanswered, sums.spam) > 0
    assert 0 < sums.resolved_at_first_contact < sums.resolved
    assert sums.provisional > 0
    assert 0 < sums.answers < sums.surveyed
    assert metrics.use_rows(Organisation.objects.all(), whole)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("no me sale mi certificado al firmar", "certificado-no-aparece"),
        ("me da error SAF 09", "firma-documento"),
        ("me ha llegado un sms raro de correos", "fraude"),
        ("no em deixa adjuntar el projecte", "registro-adjuntos"),
        ("I forgot the PIN of my DNI", "dnie"),
    ],
)
def test_people_find_the_topic_in_their_own_words(sample: Organisation, question: str, topic: str) -> None:
    language = {"no em": "ca", "I for": "en"}.get(question[:5], "es")

    found = search(sample, question, language, limit=3)

    assert topic in [each.topic_slug for each in found]


def test_taking_the_sample_away_leaves_only_the_record(sample: Organisation) -> None:
    events = Event.objects.count()

    removed = remove_sample()

    assert removed == 3
    for model in (Organisation, User, Person, Ticket, Message, Survey, Article):
        assert not model._default_manager.exists(), model.__name__
    assert Event.objects.count() == events + 3


def test_loading_twice_is_refused_with_the_way_out(sample: Organisation) -> None:
    with pytest.raises(CommandError, match="sample --remove"):
        call_command("sample", stdout=StringIO())


def test_the_command_prints_who_can_sign_in(db: None) -> None:
    out = StringIO()

    call_command("sample", stdout=out)

    first, *lines = out.getvalue().splitlines()
    assert first == "Password of everybody in the sample office: mostrador de muestra"
    assert len(lines) == 13
    assert "marta@diputacionvaldelmar.example" in out.getvalue()
