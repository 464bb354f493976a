"""Colours, logos, legal texts and topics: what organisations show of themselves."""

from typing import Any

import pytest

from mostrador.organisations import actions, queries
from mostrador.organisations.choices import LegalPageKind, Typeface
from mostrador.organisations.jobs import compute_calendars
from mostrador.organisations.models import CalendarYear, Organisation
from mostrador.organisations.rules.logos import kind_of_logo
from mostrador.organisations.rules.themes import stylesheet, verdicts
from mostrador.shared.colours import contrast
from tests import make

PRIVACY = LegalPageKind.PRIVACY


@pytest.mark.parametrize("accent", ["#1f4f8f", "#ffd700", "#000000", "#ffffff", "#ff0000", "#8a3b12"])
def test_colour_used_always_reaches_what_is_asked(accent: str) -> None:
    for verdict in verdicts(accent):
        assert verdict.reached_now >= (7 if verdict.for_citizens else 4.5)
        assert verdict.is_corrected is (verdict.reached < (7 if verdict.for_citizens else 4.5))


def test_dark_blue_is_used_as_it_is_on_light_pages() -> None:
    on_light = [verdict for verdict in verdicts("#1f4f8f") if verdict.scheme == "light"]

    assert [(verdict.used, verdict.is_corrected) for verdict in on_light] == [("#1f4f8f", False)] * 2
    assert on_light[0].reached == min(contrast("#1f4f8f", "#ffffff"), on_light[0].reached)


def test_stylesheet_sets_a_typeface_only_when_it_is_not_ours() -> None:
    assert "--theme-font" not in stylesheet("#1f4f8f", Typeface.INTER)
    assert "--theme-font: system-ui;" in stylesheet("#1f4f8f", Typeface.SYSTEM)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "jpg"),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 20, "webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"GIF89a" + b"\0" * 20, None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_logo_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert kind_of_logo(content) == kind


@pytest.mark.django_db
class TestLegalTexts:
    def write(self, organisation: Organisation, language: str, body: str) -> None:
        actions.write_legal_page(organisation, PRIVACY, language, body=body, actor=None)

    def read(self, organisation: Organisation, language: str) -> tuple[str, str] | None:
        text = queries.legal_text(organisation, PRIVACY, language)
        return (text.body, text.language) if text else None

    def test_own_language_then_main_language_then_any(self, organisation: Organisation) -> None:
        self.write(organisation, "gl", "Galego")
        assert self.read(organisation, "eu") == ("Galego", "gl")

        self.write(organisation, "es", "Español")
        assert self.read(organisation, "eu") == ("Español", "es")

        self.write(organisation, "eu", "Euskara")
        assert self.read(organisation, "eu") == ("Euskara", "eu")

    def test_own_text_in_another_language_comes_before_that_of_the_body_above(self, organisation: Organisation) -> None:
        town = make.organisation(parent=organisation)
        self.write(organisation, "ca", "De la diputació")
        assert self.read(town, "ca") == ("De la diputació", "ca")

        self.write(town, "es", "Del ayuntamiento")
        assert self.read(town, "ca") == ("Del ayuntamiento", "es")

    def test_emptied_text_is_no_text(self, organisation: Organisation) -> None:
        self.write(organisation, "es", "Español")

        self.write(organisation, "es", "")

        assert self.read(organisation, "es") is None


@pytest.mark.django_db
def test_topics_of_the_body_above_are_used_too_unless_replaced(
    organisation: Organisation, django_assert_num_queries: Any
) -> None:
    town = make.organisation(parent=organisation)
    shared, replaced = make.topic(organisation, slug="firma"), make.topic(organisation, slug="clave")
    own = make.topic(town, slug="clave")

    with django_assert_num_queries(1):
        topics = queries.topics_of(town)

    assert set(topics) == {shared, own}
    assert replaced not in topics


@pytest.mark.django_db
def test_body_may_retire_for_itself_a_topic_of_the_body_above(organisation: Organisation) -> None:
    town = make.organisation(parent=organisation)
    topic = make.topic(organisation, slug="clave")
    own = make.topic(town, slug="clave")

    actions.retire_topic(own, actor=None)

    assert (queries.topics_of(town), queries.topics_of(organisation)) == ([], [topic])


@pytest.mark.django_db
def test_calendars_of_the_next_year_are_computed_by_themselves(organisation: Organisation, time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T10:00:00+01:00")
    without = make.organisation()
    actions.compute_year(organisation, 2026, actor=None)
    actions.confirm_year(organisation, 2026, source="BOP", actor=None)

    compute_calendars(0)
    compute_calendars(0)

    years = CalendarYear.objects.filter(organisation=organisation).order_by("year")
    assert [(row.year, row.confirmed_at is not None) for row in years] == [(2026, True), (2027, False)]
    assert not CalendarYear.objects.filter(organisation=without).exists()
