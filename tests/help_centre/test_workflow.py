"""A text on its way to readers: written by one, reviewed and published by another, scheduled, taken away."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.help_centre.actions import articles, drafts
from mostrador.help_centre.choices import DraftStep, PublicationState
from mostrador.help_centre.jobs import expire_due, publish_due
from mostrador.help_centre.models import Article, ArticleDraft, ArticleRevision, ArticleVersion, ReviewComment
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def text(title: str = "No puedo firmar", body: str = "1. Actualice Autofirma.") -> ArticleText:
    return ArticleText(title, "Actualice Autofirma.", body)


def address(article: Article, end: str = "revision/", language: str = "es") -> str:
    return f"/gestion/articulos/{article.pk}/{language}/{end}"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def verbs(article: Article) -> list[str]:
    events = Event.objects.filter(subject_type="help_centre.article", subject_id=article.pk)
    return [*events.order_by("pk").values_list("verb", flat=True)]


@pytest.fixture
def writer(organisation: Organisation) -> User:
    return make.user(organisation, Role.EDITOR)


@pytest.fixture
def reviewer(organisation: Organisation) -> User:
    return make.user(organisation, Role.EDITOR)


@pytest.fixture
def article(organisation: Organisation) -> Article:
    """Not published yet."""
    return make.article(organisation, title="No puedo firmar", is_published=False)


@pytest.fixture
def draft(article: Article, writer: User) -> ArticleDraft:
    return drafts.save_draft(article, "es", text(), author=writer)


def test_a_second_person_reviews_and_publishes(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    article = draft.version.article

    asked = signed_in(writer).post(address(article, "pedir-revision/"), follow=True)
    shown = signed_in(reviewer).get(address(article)).text
    signed_in(reviewer).post(address(article, "publicar/"), {"edits": draft.edits})

    revision = ArticleRevision.objects.get()
    assert "Se ha pedido la revisión" in asked.text
    assert f"Puede hacerla: {reviewer.name}" in asked.text
    assert "Actualice Autofirma" in shown
    assert "/publicar/" in shown
    assert (revision.written_by, revision.reviewed_by, revision.published_by) == (writer, reviewer, reviewer)
    assert article.versions.get().state == PublicationState.PUBLISHED
    assert not ArticleDraft.objects.exists()
    assert Client().get(f"/ayuda/articulo/{article.slug}/").status_code == 200
    assert verbs(article) == ["help_centre.article_created", "help_centre.review_asked", "help_centre.published"]
    assert [*OutgoingMessage.objects.order_by("pk").values_list("kind", "to")] == [
        ("help_centre.review_asked", reviewer.email),
        ("help_centre.published", writer.email),
    ]


def test_nobody_publishes_alone_what_they_wrote(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    article, client = draft.version.article, signed_in(writer)

    answer = client.post(address(article, "publicar/"), {"edits": draft.edits}, follow=True)

    assert "pida a otra persona que lo revise" in answer.text
    assert "Publicar sin revisión" not in answer.text
    assert client.post(address(article, "publicar/"), {"without_review": "yes"}).status_code == 403
    assert article.versions.get().state == PublicationState.DRAFT


def test_the_only_editor_publishes_without_a_review(draft: ArticleDraft, writer: User) -> None:
    article, client = draft.version.article, signed_in(writer)

    shown = client.get(address(article)).text
    client.post(address(article, "publicar/"), {"edits": draft.edits})

    revision = ArticleRevision.objects.get()
    assert "Pedir revisión" not in shown
    assert (revision.reviewed_by, revision.published_by) == (None, writer)
    assert not OutgoingMessage.objects.exists()


def test_an_administrator_publishes_without_review_and_the_record_says_so(
    organisation: Organisation, article: Article, writer: User
) -> None:
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    drafts.save_draft(article, "es", text(), author=administrator)
    client = signed_in(administrator)

    assert "Publicar sin revisión" in client.get(address(article)).text
    client.post(address(article, "publicar/"), {"without_review": "yes"})

    assert ArticleRevision.objects.get().reviewed_by is None
    assert Event.objects.get(verb="help_centre.published").details == {
        "language": "es",
        "revision": 1,
        "without_review": True,
    }


def test_changes_are_asked_with_words_that_reach_the_writer(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    article, client = draft.version.article, signed_in(reviewer)
    drafts.submit_for_review(draft, author=writer)

    empty = client.post(address(article, "pedir-cambios/"), {"changes": ""})
    client.post(address(article, "pedir-cambios/"), {"changes": "Falta el paso de reiniciar."})
    again = client.post(address(article, "pedir-cambios/"), {"changes": "Y otra cosa."}, follow=True)

    draft.refresh_from_db()
    letter = OutgoingMessage.objects.get(kind="help_centre.changes_asked")
    comment = ReviewComment.objects.get()
    assert empty.status_code == 422
    assert "ya no espera una revisión" in again.text
    assert (draft.step, draft.reviewed_by) == (DraftStep.CHANGES_ASKED, reviewer)
    assert (letter.to, "Falta el paso de reiniciar." in letter.text) == (writer.email, True)
    assert (comment.text, comment.author) == ("Falta el paso de reiniciar.", reviewer)


def test_a_comment_quotes_the_text_and_is_attended_to(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    article = draft.version.article
    comment = {"quote": "Actualice", "text": "¿Desde dónde?"}

    signed_in(reviewer).post(address(article, "revision/comentar/"), comment)
    before = signed_in(writer).get(address(article)).text
    found = ReviewComment.objects.get()
    signed_in(writer).post(address(article, "revision/atender/"), {"comment": found.pk})
    signed_in(writer).post(address(article, "revision/atender/"), {"comment": found.pk})

    found.refresh_from_db()
    assert "¿Desde dónde?" in before
    assert (found.quote, found.settled_by) == ("Actualice", writer)
    assert verbs(article)[-2:] == ["help_centre.commented", "help_centre.comment_settled"]


def test_a_comment_without_words_comes_back_with_its_quote(draft: ArticleDraft, reviewer: User) -> None:
    answer = signed_in(reviewer).post(
        address(draft.version.article, "revision/comentar/"), {"quote": "Actualice", "text": ""}
    )

    assert answer.status_code == 422
    assert 'value="Actualice"' in answer.text
    assert not ReviewComment.objects.exists()


def test_whoever_corrects_a_text_in_review_hands_it_on(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    drafts.submit_for_review(draft, author=writer)
    drafts.save_draft(draft.version.article, "es", text(body="1. Actualice ya."), author=reviewer)

    with pytest.raises(ActionRefused, match="Lo ha escrito usted"):
        drafts.publish(draft, publisher=reviewer)
    drafts.publish(draft, publisher=writer)

    assert (ArticleRevision.objects.get().written_by, ArticleRevision.objects.get().reviewed_by) == (reviewer, writer)


def test_what_changed_after_it_was_read_is_not_published_unread(
    draft: ArticleDraft, writer: User, reviewer: User
) -> None:
    article, seen = draft.version.article, draft.edits
    drafts.save_draft(article, "es", text(body="Otra cosa."), author=writer)

    answer = signed_in(reviewer).post(address(article, "publicar/"), {"edits": seen}, follow=True)

    assert "El texto ha cambiado desde que abrió la página" in answer.text
    assert not ArticleRevision.objects.exists()


def test_of_two_who_publish_at_once_the_second_is_told(
    draft: ArticleDraft, reviewer: User, organisation: Organisation
) -> None:
    third = make.user(organisation, Role.EDITOR)
    drafts.publish(draft, publisher=reviewer)

    with pytest.raises(ActionRefused, match="acaba de publicar o descartar"):
        drafts.publish(draft, publisher=third)
    answer = signed_in(third).post(address(draft.version.article, "publicar/"), {"edits": 1}, follow=True)

    assert "acaba de publicar o descartar" in answer.text
    assert ArticleRevision.objects.count() == 1


def test_an_unfinished_text_goes_nowhere(article: Article, writer: User, reviewer: User) -> None:
    draft = drafts.save_draft(article, "es", ArticleText("Título", "", ""), author=writer)

    answer = signed_in(writer).post(address(article, "pedir-revision/"), follow=True)

    draft.refresh_from_db()
    assert "Escriba el título" in answer.text
    assert draft.step == DraftStep.WRITING


@time_machine.travel(NOW, tick=False)
def test_a_text_is_published_when_its_moment_comes(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    article, client = draft.version.article, signed_in(reviewer)
    drafts.submit_for_review(draft, author=writer)

    client.post(address(article, "fecha/"), {"publish_at": "2026-11-24T08:30", "edits": draft.edits})
    draft.refresh_from_db()
    publish_due(timestamp=0)
    before = article.versions.get().state
    with time_machine.travel(datetime(2026, 11, 24, 7, 30, tzinfo=UTC), tick=False):  # 8:30 in Madrid
        publish_due(timestamp=0)
        publish_due(timestamp=0)

    revision = ArticleRevision.objects.get()
    assert (draft.step, draft.publish_at) == (DraftStep.SCHEDULED, datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    assert (before, article.versions.get().state) == (PublicationState.DRAFT, PublicationState.PUBLISHED)
    assert (revision.written_by, revision.reviewed_by, revision.published_by) == (writer, reviewer, None)
    assert verbs(article)[-2:] == ["help_centre.scheduled", "help_centre.published"]
    assert OutgoingMessage.objects.filter(kind="help_centre.published").values_list("to", flat=True)[0] == writer.email


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("moment", ["2026-11-23T09:00", "mañana", ""])
def test_a_moment_that_has_passed_or_is_none_is_refused(draft: ArticleDraft, reviewer: User, moment: str) -> None:
    answer = signed_in(reviewer).post(address(draft.version.article, "fecha/"), {"publish_at": moment})

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert draft.step == DraftStep.WRITING


@time_machine.travel(NOW, tick=False)
def test_writing_on_or_taking_the_date_away_stops_the_publication(
    draft: ArticleDraft, writer: User, reviewer: User
) -> None:
    article = draft.version.article
    drafts.submit_for_review(draft, author=writer)
    tomorrow = NOW + timedelta(days=1)

    drafts.schedule(draft, publisher=reviewer, at=tomorrow)
    signed_in(writer).post(address(article, "fecha/quitar/"))
    draft.refresh_from_db()
    without_date = draft.step
    drafts.schedule(draft, publisher=reviewer, at=tomorrow)
    drafts.save_draft(article, "es", text(body="Otra cosa."), author=writer)
    with time_machine.travel(tomorrow, tick=False):
        publish_due(timestamp=0)

    draft.refresh_from_db()
    assert (without_date, draft.step, draft.publish_at) == (DraftStep.IN_REVIEW, DraftStep.WRITING, None)
    assert not ArticleRevision.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_saving_the_same_words_changes_nothing(draft: ArticleDraft, writer: User, reviewer: User) -> None:
    drafts.submit_for_review(draft, author=writer)
    drafts.schedule(draft, publisher=reviewer, at=NOW + timedelta(days=1))

    drafts.save_draft(draft.version.article, "es", text(), author=reviewer)

    kept = ArticleDraft.objects.get()
    assert (kept.step, kept.written_by, kept.edits) == (DraftStep.SCHEDULED, writer, draft.edits)


@time_machine.travel(NOW, tick=False)
def test_a_scheduled_text_that_is_refused_says_why_and_does_not_hold_up_others(
    organisation: Organisation, draft: ArticleDraft, writer: User, reviewer: User
) -> None:
    article, other = draft.version.article, make.article(organisation, title="Otro", is_published=False)
    tomorrow = NOW + timedelta(days=1)
    drafts.schedule(draft, publisher=reviewer, at=tomorrow)
    drafts.schedule(other.versions.get().draft, publisher=reviewer, at=tomorrow + timedelta(minutes=1))
    articles.change_article(article, {"visible_until": NOW + timedelta(hours=1)}, author=writer)

    with time_machine.travel(tomorrow + timedelta(minutes=1), tick=False):
        publish_due(timestamp=0)
        shown = signed_in(reviewer).get(address(article)).text

    assert "No se ha podido publicar en su fecha" in shown
    assert "La fecha «visible hasta» del artículo es anterior" in shown
    assert [*ArticleRevision.objects.values_list("version__article__slug", flat=True)] == ["otro"]


@time_machine.travel(NOW, tick=False)
def test_an_article_whose_last_moment_passes_is_taken_away_once(organisation: Organisation, writer: User) -> None:
    article = make.article(organisation, details={"visible_until": NOW + timedelta(days=1)})
    lasting = make.article(organisation, title="Siempre")

    expire_due(timestamp=0)
    before = states()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        expire_due(timestamp=0)
        expire_due(timestamp=0)
        after = states()
        shown = signed_in(writer).get(address(article)).text
        again = signed_in(writer).post(address(article, "volver-a-mostrar/"), follow=True).text

    assert before == {article.pk: "published", lasting.pk: "published"}
    assert after == {article.pk: "archived", lasting.pk: "published"}
    assert "Dejó de mostrarse el 24 de noviembre de 2026" in shown
    assert "Cámbiela antes de volver a mostrarlo" in again
    assert verbs(article) == ["help_centre.article_created", "help_centre.published", "help_centre.expired"]


def states() -> dict[int, str]:
    return dict(ArticleVersion.objects.values_list("article", "state"))


def test_what_is_withdrawn_is_shown_again(organisation: Organisation, writer: User) -> None:
    article, client, reader = make.article(organisation), signed_in(writer), Client()

    taken_away = client.post(address(article, "retirar/"), follow=True).text
    withdrawn = reader.get(f"/ayuda/articulo/{article.slug}/").status_code
    twice = client.post(address(article, "retirar/"), follow=True).text
    client.post(address(article, "volver-a-mostrar/"))
    shown = reader.get(f"/ayuda/articulo/{article.slug}/").status_code

    assert "Volver a mostrarlo" in taken_away
    assert "Los lectores ya no ven este texto" in twice
    assert (withdrawn, shown) == (404, 200)
    assert verbs(article)[-2:] == ["help_centre.withdrawn", "help_centre.shown_again"]


def test_an_article_takes_the_place_of_another_but_never_in_a_circle(organisation: Organisation, writer: User) -> None:
    old, new = make.article(organisation, title="Firmar en 2020"), make.article(organisation, title="Firmar hoy")
    client = signed_in(writer)

    offered = client.get(address(old, "sustituir/") + "?titulo=firmar").text
    client.post(address(old, "sustituir/"), {"by": new.pk})
    shown = client.get(address(old)).text
    circle = client.post(address(new, "sustituir/"), {"by": old.pk}, follow=True).text
    old.refresh_from_db()
    replaced = old.superseded_by
    client.post(address(old, "sustituir/"), {})

    old.refresh_from_db()
    new.refresh_from_db()
    assert "Firmar hoy" in offered
    assert "va a «Firmar hoy»" in shown
    assert "Ese artículo ya lleva a este" in circle
    assert (replaced, old.superseded_by, new.superseded_by) == (new, None, None)


def test_a_draft_is_kept_as_a_file_and_discarded(organisation: Organisation, writer: User) -> None:
    article, client = make.article(organisation, body="Lo publicado."), signed_in(writer)
    drafts.save_draft(article, "es", text(body="Lo que escribo."), author=writer)

    file = client.get(address(article, "borrador/"))
    client.post(address(article, "borrador/descartar/"))
    again = client.post(address(article, "borrador/descartar/"), follow=True).text

    assert file["Content-Disposition"] == f'attachment; filename="{article.slug}-es.md"'
    assert file.text == "# No puedo firmar\n\nActualice Autofirma.\n\nLo que escribo.\n"
    assert article.versions.get().body == "Lo publicado."
    assert client.get(address(article, "borrador/")).status_code == 404
    assert "acaba de publicar o descartar" in again


def test_the_review_shows_what_changes_and_advises(organisation: Organisation, writer: User) -> None:
    article = make.article(organisation, body="Abra el programa.")
    body = "Abra Autofirma.\n\n![](imagen:abc) [Vea](articulo:no-existe) [esto](articulo:firma)\n\n" + "palabra " * 40
    make.article(organisation, title="Firma")
    drafts.save_draft(article, "es", text(body=body), author=writer)

    shown = signed_in(writer).get(address(article)).text

    assert '<del><span class="unseen">[quitado: </span>el programa' in shown
    assert "1 imagen no dice con palabras lo que muestra" in shown
    assert "Enlaza a un artículo que no se puede leer: no-existe." in shown
    assert "no se puede leer: firma" not in shown
    assert "Una frase muy larga" in shown
    assert "No tiene equipo responsable." in shown


@pytest.mark.parametrize(
    "end",
    [
        *("revision/", "revision/comentar/", "revision/atender/", "pedir-revision/", "pedir-cambios/", "publicar/"),
        *("fecha/", "fecha/quitar/", "borrador/", "borrador/descartar/", "retirar/", "volver-a-mostrar/"),
        *("sustituir/", "sigue-valiendo/", "al-dia/", "historia/", "historia/diferencia/", "historia/recuperar/"),
    ],
)
def test_the_texts_of_others_do_not_exist(organisation: Organisation, writer: User, end: str) -> None:
    theirs, ours = make.article(make.organisation()), make.article(organisation)
    agent = signed_in(make.user(organisation, Role.AGENT))
    writing = signed_in(writer)

    assert {writing.get(address(theirs, end)).status_code, writing.post(address(theirs, end)).status_code} <= {404, 405}
    assert {agent.get(address(ours, end)).status_code, agent.post(address(ours, end)).status_code} <= {403, 405}
    assert ours.versions.get().state == PublicationState.PUBLISHED


def test_a_number_that_is_none_names_no_comment_and_no_term(draft: ArticleDraft, reviewer: User) -> None:
    article, client = draft.version.article, signed_in(reviewer)
    drafts.comment(draft.version, author=reviewer, text="¿Desde dónde?")

    client.post(address(article, "revision/atender/"), {"comment": "²"})
    refused = client.post(address(article, "al-dia/"), {"months": "7"}, follow=True).text
    missing = client.post(address(article, "sustituir/"), {"by": "9" * 18})

    article.refresh_from_db()
    assert "Elija cuándo hay que volver a revisarlo" in refused
    assert missing.status_code == 404
    assert (ReviewComment.objects.get().settled_at, article.review_by) == (None, None)


@pytest.mark.parametrize("comments", [1, 3])
def test_the_review_asks_the_same_number_of_queries(
    draft: ArticleDraft, reviewer: User, django_assert_num_queries: DjangoAssertNumQueries, comments: int
) -> None:
    client = signed_in(reviewer)
    for number in range(comments):
        drafts.comment(draft.version, author=reviewer, text=f"Comentario {number}")
    client.get(address(draft.version.article))

    with django_assert_num_queries(9):
        client.get(address(draft.version.article))


def test_an_article_found_up_to_date_is_looked_at_again_later(organisation: Organisation, writer: User) -> None:
    article = make.article(organisation, details={"review_by": timezone.localdate()})

    with time_machine.travel(datetime(2026, 8, 31, 10, 0, tzinfo=UTC), tick=False):
        signed_in(writer).post(address(article, "al-dia/"), {"months": "6"})

    article.refresh_from_db()
    assert str(article.review_by) == "2027-02-28"
    assert verbs(article)[-1] == "help_centre.found_up_to_date"
