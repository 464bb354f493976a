"""The search follows what is published."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from mostrador.help_centre.actions.articles import supersede, withdraw
from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.actions.index import (
    count_again,
    index_what_changed,
    index_what_is_missing,
    merge_counts,
    refresh_popularity,
)
from mostrador.help_centre.actions.searches import keep_search, led_to_ticket, open_result
from mostrador.help_centre.jobs import refresh_search
from mostrador.help_centre.models import (
    Article,
    ArticleVersion,
    ArticleVote,
    DailyReading,
    SearchDocument,
    SearchPosting,
    SearchWord,
)
from mostrador.help_centre.queries.search import find, search
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation, Procedure
from tests import make


def slugs(organisation: Organisation, question: str) -> list[str]:
    return [found.slug for found in search(organisation, question, "es")]


def counts(word: str) -> list[int]:
    return list(SearchWord.objects.filter(word=word).order_by("pk").values_list("documents", flat=True))


def test_publishing_again_changes_the_words_by_which_an_article_is_found(organisation: Organisation) -> None:
    article = make.article(organisation, title="Tacógrafo")
    write_and_publish(article, "es", ArticleText("Pasarela", "Otra cosa.", "Otra."), author=None)

    assert slugs(organisation, "tacógrafo") == []
    assert slugs(organisation, "pasarela") == ["tacografo"]
    assert SearchDocument.objects.count() == 1
    assert counts("tacografo") == [1, -1]
    assert counts("") == [1]


def test_what_is_withdrawn_or_superseded_leaves_nothing_behind(organisation: Organisation) -> None:
    withdrawn, old = make.article(organisation, title="Retirado"), make.article(organisation, title="Antiguo")
    new = make.article(organisation, title="Moderno")
    withdraw(withdrawn.versions.get(), author=None)
    supersede(old, by=new, author=None)
    merge_counts()

    assert list(SearchDocument.objects.values_list("subject_id", flat=True)) == [new.pk]
    assert set(SearchPosting.objects.values_list("subject_id", flat=True)) == {new.pk}
    assert (counts("retirado"), counts("moderno"), counts("")) == ([], [1], [1])


def test_counts_are_merged_into_one_row_that_keeps_what_finds_mistyped_words(organisation: Organisation) -> None:
    for _number in range(3):
        make.article(organisation, title="Tacógrafo")
    before = counts("tacografo")
    merge_counts()

    assert (before, counts("tacografo")) == ([1, 1, 1], [3])
    assert find(organisation, "tacografp", "es").did_you_mean == "tacografo"


def test_counts_are_put_right_when_articles_go_away_with_their_rows(organisation: Organisation) -> None:
    make.article(organisation, title="Tacógrafo").delete()
    count_again()
    merge_counts()

    assert SearchWord.objects.count() == 0


def test_a_job_indexes_what_nobody_told_us_of(organisation: Organisation) -> None:
    make.article(organisation, title="Tacógrafo")
    make.procedure(organisation, sia_code="1234567", name="Licencia de obras")
    SearchDocument.objects.all().delete()

    assert (index_what_is_missing(), index_what_is_missing()) == (2, 0)
    assert slugs(organisation, "tacógrafo") == ["tacografo"]


def test_a_topic_that_changes_its_name_and_a_procedure_that_ends_are_noticed(organisation: Organisation) -> None:
    article = make.article(organisation, title="Tacógrafo")
    procedure = make.procedure(organisation, sia_code="1234567", name="Licencia de obras")
    index_what_is_missing()
    unchanged = index_what_changed()
    article.topic.names = {"es": "Transportes especiales"}
    article.topic.save()
    Procedure.objects.filter(pk=procedure.pk).update(is_active=False)

    assert (unchanged, index_what_changed(), index_what_changed()) == (0, 2, 0)
    assert slugs(organisation, "transportes") == ["tacografo"]
    assert find(organisation, "licencia de obras", "es").procedures == []


def test_what_is_read_and_liked_most_comes_first_among_equals(organisation: Organisation) -> None:
    make.article(organisation, title="Certificado uno", summary="Igual.", body="Igual.")
    other = make.article(organisation, title="Certificado dos", summary="Igual.", body="Igual.")
    before = slugs(organisation, "certificado")
    DailyReading.objects.create(article=other, on=timezone.localdate(), language="es", readings=500)
    ArticleVote.objects.create(version=other.versions.get(), useful=True, voted_at=timezone.now())
    refresh_popularity()

    assert (before, slugs(organisation, "certificado")) == (
        ["certificado-uno", "certificado-dos"],
        ["certificado-dos", "certificado-uno"],
    )


def popularity(article: Article) -> float:
    refresh_popularity()
    return SearchDocument.objects.get(version__article=article).popularity


def test_what_is_chosen_among_the_results_comes_before_what_is_passed_over(organisation: Organisation) -> None:
    first, second = (make.article(organisation, title=f"Certificado {name}") for name in ("uno", "dos"))
    before = slugs(organisation, "certificado")
    for number in range(60):
        key = keep_search(organisation, "certificado", "es", find(organisation, "certificado", "es"))
        if number % 2:
            open_result(organisation, key, article_id=second.pk, place=2)

    both = popularity(first), popularity(second)

    assert before == ["certificado-uno", "certificado-dos"]
    assert both == (0.1, 0.1)  # as often as is usual at each place: nothing is known yet
    for _number in range(60):
        key = keep_search(organisation, "certificado", "es", find(organisation, "certificado dos", "es"))
        open_result(organisation, key, article_id=second.pk, place=1)
    assert popularity(second) > 0.1 > popularity(first)
    assert slugs(organisation, "certificado") == ["certificado-dos", "certificado-uno"]


def test_an_article_after_which_people_ask_is_not_chosen(organisation: Organisation) -> None:
    article = make.article(organisation)
    for _number in range(20):
        key = keep_search(organisation, "certificado", "es", find(organisation, "certificado", "es"))
        open_result(organisation, key, article_id=article.pk, place=1)
        led_to_ticket(key)

    assert popularity(article) == 0.0  # fresh, and opened each time in vain


def test_what_was_written_long_ago_counts_less(organisation: Organisation) -> None:
    article = make.article(organisation)

    ages = []
    for days in (0, 400, 4000):
        ArticleVersion.objects.update(updated_at=timezone.now() - timedelta(days=days))
        ages.append(popularity(article))

    assert ages == [0.1, 0.05, 0.0]


@pytest.mark.django_db
def test_the_nightly_job_may_run_any_number_of_times(organisation: Organisation) -> None:
    make.article(organisation, title="Tacógrafo")
    refresh_search(0)
    refresh_search(0)

    assert (counts("tacografo"), slugs(organisation, "tacógrafo")) == ([1], ["tacografo"])


def test_everything_can_be_indexed_anew(organisation: Organisation) -> None:
    make.article(organisation, title="Tacógrafo")
    make.procedure(organisation, sia_code="1234567", name="Licencia de obras")
    SearchPosting.objects.all().delete()
    said = StringIO()
    call_command("reindex_search", stdout=said)

    assert said.getvalue() == "2 texts and procedures can be found\n"
    assert slugs(organisation, "tacógrafo") == ["tacografo"]
    assert counts("tacografo") == [1]
