"""Writing articles: begin one, its text in each language, two people at once, and what is said of it."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.help_centre.actions.drafts import discard_draft, publish, save_draft, write_and_publish
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleDraft, ArticleVersion
from mostrador.help_centre.queries.writing import source_of, writing_of
from mostrador.help_centre.rules.texts import ArticleText, text_of
from mostrador.organisations.models import Organisation
from tests import make

NEW = "/gestion/articulos/nuevo/"


@pytest.fixture
def user(organisation: Organisation) -> User:
    return make.user(organisation, Role.EDITOR)


@pytest.fixture
def editor(client: Client, user: User) -> Client:
    """Signed in."""
    client.force_login(user)
    return client


def address(article: Article, language: str = "es", act: str = "") -> str:
    return f"/gestion/articulos/{article.pk}/{language}/{act}"


def typed(article: Article, language: str = "es", **changes: Any) -> dict[str, Any]:
    """What an editor has filled in, having opened the page just now."""
    writing = writing_of(article, language)
    return {
        "title": "No puedo firmar",
        "summary": "Actualice Autofirma.",
        "body": "1. Descárguela.\r\n2. Instálela.",
        "stand": writing.draft.stand,
    } | changes


def said(article: Article, **changes: Any) -> dict[str, Any]:
    """What an editor says of an article as a whole."""
    return {
        "kind": "faq",
        "topic": article.topic_id,
        "audience": "public",
        "source_language": "es",
        "codes": "",
        "affects": "",
    } | changes


# --- Beginning --------------------------------------------------------------------------------------------


def test_a_new_article_is_a_draft_that_only_the_team_sees(editor: Client, organisation: Organisation) -> None:
    topic = make.topic(organisation)

    response = editor.post(
        NEW, {"kind": "tutorial", "title": "No puedo firmar", "topic": topic.pk, "language": "gl", "code": "SAF_09"}
    )

    article = Article.objects.get()
    version = article.versions.get()
    assert response["Location"] == address(article, "gl")
    assert (article.slug, article.kind, article.topic, article.codes, article.source_language) == (
        *("no-puedo-firmar", "tutorial", topic),
        *(["SAF_09"], "gl"),
    )
    assert (version.title, version.language, version.state) == ("No puedo firmar", "gl", PublicationState.DRAFT)
    assert Client().get("/ayuda/articulo/no-puedo-firmar/").status_code == 404
    assert [*Event.objects.filter(verb__startswith="help_centre").values_list("verb", flat=True)] == [
        "help_centre.article_created"
    ]


def test_an_article_begins_with_what_the_link_says(editor: Client, organisation: Organisation) -> None:
    topic = make.topic(organisation, slug="firma")

    page = editor.get(f"{NEW}?titulo=No+puedo+%3Cfirmar%3E&idioma=ca&tema=firma&codigo=SAF_09").text
    other = editor.get(f"{NEW}?idioma=xx&tema=zz&titulo={'a' * 900}")

    assert 'value="No puedo &lt;firmar&gt;"' in page
    assert f'<option value="{topic.pk}" selected>' in page
    assert '<option value="ca" selected>' in page
    assert 'name="code" id="id_code" value="SAF_09"' in page
    assert other.status_code == 200


def test_an_article_without_title_is_asked_for_it(editor: Client, organisation: Organisation) -> None:
    response = editor.post(NEW, {"kind": "faq", "title": " ", "topic": make.topic(organisation).pk, "language": "es"})

    assert response.status_code == 422
    assert not Article.objects.exists()


def test_only_editors_begin_articles(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(organisation, Role.AGENT))
    stranger = Client()
    stranger.force_login(make.user(make.organisation(), Role.EDITOR))

    assert [each.get(NEW).status_code for each in (client, stranger)] == [403, 404]


# --- The text ---------------------------------------------------------------------------------------------


def test_what_is_saved_is_a_draft_and_readers_keep_what_they_have(
    editor: Client, user: User, organisation: Organisation
) -> None:
    article = make.article(organisation, details={"kind": "tutorial"}, parts={"cause": "Se conserva"})

    response = editor.post(
        address(article),
        typed(
            article,
            part_before="Su DNI",
            part_easy_read="Es fácil.",
            video_url="https://video.example/firma",
            video_kind="captioned",
            note="Versión nueva",
            is_minor="on",
        ),
    )

    version = article.versions.get()
    assert response["Location"] == address(article)
    assert text_of(
        version.draft, ("title", "summary", "body", "parts", "video_url", "video_kind", "note", "is_minor")
    ) == (
        ArticleText(
            title="No puedo firmar",
            summary="Actualice Autofirma.",
            body="1. Descárguela.\n2. Instálela.",
            parts={"cause": "Se conserva", "before": "Su DNI", "easy_read": "Es fácil."},
            video_url="https://video.example/firma",
            video_kind="captioned",
            note="Versión nueva",
            is_minor=True,
        )
    )
    assert version.draft.written_by == user
    assert (version.title, version.state) == ("No aparece mi certificado", PublicationState.PUBLISHED)


def test_another_language_is_another_version_of_the_same_article(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)

    editor.post(address(article, "ca"), typed(article, "ca", title="No puc signar"))

    assert dict(article.versions.values_list("language", "state")) == {"es": "published", "ca": "draft"}
    assert article.versions.get(language="ca").title == "No puc signar"


def test_an_unfinished_text_is_saved_too_and_lists_keep_its_last_title(
    editor: Client, organisation: Organisation
) -> None:
    article = make.article(organisation, is_published=False)

    response = editor.post(address(article), typed(article, title="", summary="", body=""))

    assert response.status_code == 302
    assert ArticleDraft.objects.get().title == ""
    assert article.versions.get().title == "No aparece mi certificado"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title": "x" * 201}, "201"),
        ({"body": "x" * 50_001}, "50001"),
        ({"video_url": "javascript:alert(1)"}, "URL"),
        ({"video_url": "http://video.example/"}, "URL"),
        ({"video_url": "https://video.example/"}, "lengua de signos o lleva subtítulos"),
    ],
)
def test_a_form_with_a_mistake_comes_back_filled(
    editor: Client, organisation: Organisation, wrong: dict[str, str], why: str
) -> None:
    article = make.article(organisation)

    response = editor.post(address(article), typed(article, summary="Lo que he escrito") | wrong)

    assert response.status_code == 422
    assert "Lo que he escrito" in response.text
    assert why in response.text
    assert not ArticleDraft.objects.exists()


def test_only_the_parts_of_the_kind_are_asked_for(editor: Client, organisation: Organisation) -> None:
    kinds = ("faq", "tutorial", "guide", "known_error", "news")
    parts = ("before", "symptom", "cause", "workaround", "easy_read")
    shown = {}
    for kind in kinds:
        page = editor.get(address(make.article(organisation, details={"kind": kind}))).text
        shown[kind] = [part for part in parts if f'name="part_{part}"' in page]

    assert shown == {
        "faq": ["easy_read"],
        "tutorial": ["before", "easy_read"],
        "guide": ["easy_read"],
        "known_error": ["symptom", "cause", "workaround", "easy_read"],
        "news": ["easy_read"],
    }


def test_the_preview_is_what_readers_would_see_and_saves_nothing(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation, details={"kind": "tutorial", "minutes": 5})
    text = typed(
        article,
        title="<script>Firmar</script>",
        body="::: warning\nNo cierre.\n:::\n\n[mal](javascript:alert(1)) [bien](articulo:otro)\n\n<img src=x>",
        part_before="Su **DNI**",
        part_easy_read="Frases cortas.",
        video_url="todavía no",
    )

    fragment = editor.post(address(article, act="vista-previa/"), text, headers={"HX-Request": "true"}).text
    page = editor.post(address(article, act="vista-previa/"), text).text

    for shown in (fragment, page):
        assert "&lt;script&gt;Firmar&lt;/script&gt;" in shown
        assert '<div class="callout callout-warning"' in shown
        assert "<strong>DNI</strong>" in shown
        assert "Frases cortas." in shown
        assert "Se tarda unos 5 minutos." in shown
        assert 'href="/ayuda/articulo/otro/"' in shown
        assert 'href="javascript' not in shown
        assert "<img" not in shown
    assert "<html" not in fragment
    assert "<html" in page
    assert not ArticleDraft.objects.exists()


def test_a_javascript_link_in_the_text_is_harmless_once_published(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)
    editor.post(address(article), typed(article, body="[a](javascript:alert(1)) [b](data:text/html;base64,PHM+)"))

    publish(ArticleDraft.objects.get(), publisher=None)

    html = article.versions.get().html
    assert "href" not in html


# --- Saving while writing ---------------------------------------------------------------------------------


def test_the_page_saves_by_itself_and_says_when(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)

    with time_machine.travel("2026-11-23T09:42:00Z", tick=False):
        first = editor.post(address(article, act="guardar/"), typed(article))
        second = editor.post(address(article, act="guardar/"), typed(article, body="Más", stand=first.json()["stand"]))

    draft = ArticleDraft.objects.get()
    assert first.status_code == 200
    assert second.json() == {"words": "Guardado a las 10:42", "stand": draft.stand}
    assert (draft.body, draft.edits) == ("Más", 2)
    assert not Event.objects.filter(verb="help_centre.text_saved").exists()


def test_what_cannot_be_saved_is_told_in_words(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)

    answer = editor.post(address(article, act="guardar/"), typed(article, title="x" * 201))

    assert answer.status_code == 422
    assert answer.json()["is_conflict"] is False
    assert answer.json()["words"].startswith("No se ha guardado. Pregunta o título: ")


def test_saving_after_the_session_has_ended_leads_to_sign_in_and_saves_nothing(organisation: Organisation) -> None:
    article = make.article(organisation)

    answer = Client().post(address(article, act="guardar/"), typed(article), headers={"HX-Request": "true"})

    assert answer["HX-Redirect"].startswith("/cuenta/entrar/")
    assert not ArticleDraft.objects.exists()


# --- Two people at once -----------------------------------------------------------------------------------


def test_who_saves_over_anothers_words_sees_both_and_goes_on_with_either(
    editor: Client, organisation: Organisation
) -> None:
    article = make.article(organisation)
    marta = make.user(organisation, Role.EDITOR)
    mine = typed(article, body="Descargue la versión nueva.")
    save_draft(article, "es", ArticleText("No puedo firmar", "De Marta", "Descargue la versión vieja."), author=marta)

    kept = editor.post(address(article, act="guardar/"), mine)
    page = editor.post(address(article), mine)

    draft = ArticleDraft.objects.get()
    assert kept.status_code == 422
    assert kept.json() == {
        "words": "Otra persona ha guardado este texto mientras usted escribía. Compare los dos y elija.",
        "is_conflict": True,
    }
    assert draft.body == "Descargue la versión vieja."
    assert page.status_code == 422
    assert f"Lo guardó {marta.name}" in page.text
    assert '<ins><span class="unseen">[añadido: </span>nueva' in page.text
    assert '<del><span class="unseen">[quitado: </span>vieja' in page.text
    assert "De Marta" in page.text
    assert 'type="hidden" name="title"' in page.text  # both say the same
    assert f'name="stand" id="id_stand" value="{draft.stand}"' in page.text

    merged = editor.post(address(article), mine | {"body": "Las dos.", "stand": draft.stand})

    draft.refresh_from_db()
    assert (merged.status_code, draft.body) == (302, "Las dos.")


def test_who_saved_in_another_window_is_told_so(editor: Client, user: User, organisation: Organisation) -> None:
    article = make.article(organisation)
    mine = typed(article)
    save_draft(article, "es", ArticleText("Otro", "", ""), author=user)

    assert "Lo guardó usted, en otra ventana" in editor.post(address(article), mine).text


@pytest.mark.parametrize("end", ["published", "discarded", "published and begun again"])
def test_a_draft_that_is_gone_meanwhile_is_not_brought_back_unseen(
    editor: Client, user: User, organisation: Organisation, end: str
) -> None:
    article = make.article(organisation)
    save_draft(article, "es", ArticleText("De Marta", "Sí", "Sí"), author=None)
    mine = typed(article)
    if end == "discarded":
        discard_draft(ArticleDraft.objects.get(), author=user)
    else:
        publish(ArticleDraft.objects.get(), publisher=None)
    if end == "published and begun again":
        save_draft(article, "es", ArticleText("Tercera", "Sí", "Sí"), author=None)  # saved once, as the one before

    answer = editor.post(address(article), mine)

    assert answer.status_code == 422
    assert ("El borrador se ha publicado o se ha descartado" in answer.text) == (end != "published and begun again")
    assert "Actualice Autofirma." in answer.text


def test_words_published_meanwhile_are_not_lost_by_the_first_save(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)
    mine = typed(article)
    write_and_publish(article, "es", ArticleText("No puedo firmar", "Publicado por otra", "Sí"), author=None)

    answer = editor.post(address(article), mine)

    assert answer.status_code == 422
    assert "Publicado por otra" in answer.text


def test_two_who_write_the_same_do_not_disturb_each_other(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)
    mine = typed(article)

    answers = [editor.post(address(article, act="guardar/"), mine).status_code for _time in range(2)]

    assert answers == [200, 200]


# --- Translations -----------------------------------------------------------------------------------------


def test_a_translation_stands_beside_its_source(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation, body="Cierre el navegador.")

    page = editor.get(address(article, "ca")).text

    assert "Original: Texto" in page
    assert '<div class="as-typed" lang="es">Cierre el navegador.</div>' in page
    assert "Ha cambiado desde que se tradujo" not in page
    assert "Original:" not in editor.get(address(article)).text


def test_what_changed_in_the_source_since_it_was_translated_is_marked(
    editor: Client, organisation: Organisation
) -> None:
    article = make.article(organisation, body="Cierre el navegador.")
    write_and_publish(article, "ca", ArticleText("No surt", "Comprovi", "Tanqui el navegador."), author=None)
    write_and_publish(
        article,
        "es",
        ArticleText(
            "No aparece mi certificado", "Compruebe que está instalado en este navegador.", "Cierre la ventana."
        ),
        author=None,
    )

    source = source_of(article, writing_of(article, "ca").draft)
    page = editor.get(address(article, "ca")).text

    assert source is not None
    assert {name: [(piece.change, piece.text) for piece in pieces] for name, pieces in source.changes.items()} == {
        "body": [("equal", "Cierre "), ("removed", "el navegador"), ("added", "la ventana"), ("equal", ".")]
    }
    assert page.count("Ha cambiado desde que se tradujo") == 1
    assert "El original ha cambiado desde que se tradujo" in page


def test_the_first_text_of_an_article_is_translated_before_it_is_published(organisation: Organisation) -> None:
    article = make.article(organisation, body="Todavía un borrador.", is_published=False)

    source = source_of(article, writing_of(article, "eu").draft)

    assert source is not None
    assert (source.text.body, source.changes) == ("Todavía un borrador.", {})


# --- Data -------------------------------------------------------------------------------------------------


def test_the_data_of_an_article_are_changed_together(editor: Client, organisation: Organisation) -> None:
    article, other = make.article(organisation), make.article(organisation, title="Otro")
    topic, second = make.topic(organisation), make.topic(organisation)
    procedure = make.procedure(organisation, sia_code="2012345", name="Empadronarse")
    team = make.team(organisation)

    response = editor.post(
        f"/gestion/articulos/{article.pk}/datos/",
        said(
            article,
            kind="known_error",
            topic=topic.pk,
            also_in=[second.pk],
            procedures=[procedure.pk],
            owner_team=team.pk,
            audience="teams",
            audience_teams=[team.pk],
            codes=" SAF_09 \r\n\r\nNo se puede firmar",
            related=[other.pk],
            minutes="12",
            fix_state="open",
            affects="macOS 15",
            visible_until="2027-03-01T10:30",
            review_by="2027-02-01",
            source_language="eu",
        ),
    )

    article.refresh_from_db()
    assert response.status_code == 302
    assert (article.kind, article.topic, article.owner_team, article.audience) == ("known_error", topic, team, "teams")
    assert (article.codes, article.affects) == (["SAF_09", "No se puede firmar"], ["macOS 15"])
    assert (article.minutes, article.fix_state, article.source_language) == (12, "open", "eu")
    assert article.for_descendants is False
    assert str(article.visible_until) == "2027-03-01 09:30:00+00:00"
    assert str(article.review_by) == "2027-02-01"
    assert [
        *article.also_in.all(),
        *article.procedures.all(),
        *article.audience_teams.all(),
        *article.related.all(),
    ] == [*(second, procedure, team, other)]
    shown = editor.get(f"/gestion/articulos/{article.pk}/datos/").text
    assert 'value="2027-03-01T10:30"' in shown
    assert f'<option value="{procedure.pk}" selected>Empadronarse (2012345)</option>' in shown
    assert f'<option value="{other.pk}" selected>Otro</option>' in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "poema"},
        {"topic": "9" * 30},
        {"audience": "teams"},
        {"minutes": "0"},
        {"related": ["x"]},
        {"related": ["9" * 30]},
        {"source_language": "zz"},
        {"review_by": "mañana"},
    ],
)
def test_data_with_a_mistake_come_back_filled(
    editor: Client, organisation: Organisation, wrong: dict[str, Any]
) -> None:
    article = make.article(organisation)

    response = editor.post(f"/gestion/articulos/{article.pk}/datos/", said(article, codes="LO_ESCRITO") | wrong)

    article.refresh_from_db()
    assert response.status_code == 422
    assert "LO_ESCRITO" in response.text
    assert article.codes == []


def test_an_article_keeps_to_the_topics_teams_articles_and_languages_of_its_own_organisation(
    organisation: Organisation,
) -> None:
    child = make.organisation(parent=organisation, host="hija.example")
    Organisation.objects.filter(pk=child.pk).update(languages=["es", "gl"])
    article, topic_above, team_above = make.article(child), make.topic(organisation), make.team(organisation)
    lent, kept = make.article(organisation), make.article(organisation, details={"for_descendants": False})
    editor = Client()
    editor.force_login(make.user(organisation, Role.EDITOR, with_descendants=True))
    data = f"/gestion/articulos/{article.pk}/datos/"

    shown = editor.get(data).text
    inherited = editor.post(data, said(article, topic=topic_above.pk, related=[lent.pk]))
    foreign = [
        editor.post(data, said(article) | changes).status_code
        for changes in ({"owner_team": team_above.pk}, {"related": [kept.pk]}, {"related": [article.pk]})
    ]

    article.refresh_from_db()
    assert '<option value="gl">Galego</option>' in shown
    assert "Català</option>" not in shown
    assert (inherited.status_code, article.topic_id) == (302, topic_above.pk)
    assert foreign == [422, 422, 422]
    assert editor.get(address(article, "gl")).status_code == 200
    assert editor.get(address(article, "ca")).status_code == 404


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("firmar", ["No puedo firmar", "Puedo firmar mañana"]),
        ("FIRMAR puedo", ["No puedo firmar", "Puedo firmar mañana"]),
        ("manana", ["Puedo firmar mañana"]),
        ("", ["No puedo firmar", "Puedo firmar mañana"]),
        ("zzz", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ("🙂 " * 500, []),
    ],
)
def test_other_articles_are_found_by_words_of_their_titles(
    editor: Client, organisation: Organisation, words: str, titles: list[str]
) -> None:
    article = make.article(organisation, title="El mío: firmar")
    topic = make.topic(organisation)
    make.article(organisation, title="Puedo firmar mañana", is_published=False, topic=topic)
    found = make.article(organisation, title="No puedo firmar", topic=topic)
    write_and_publish(found, "ca", ArticleText("No puc firmar", "Sí", "Sí"), author=None)
    make.article(make.organisation(), title="De otra entidad: firmar")

    answer = editor.get(f"/gestion/articulos/{article.pk}/otros/", {"q": words}).json()["found"]

    assert [row["label"] for row in answer] == titles
    if titles[:1] == ["No puedo firmar"]:
        assert answer[0] == {
            "value": found.pk,
            "slug": found.slug,
            "label": "No puedo firmar",
            "note": topic.name,
        }
        assert answer[1]["note"] == "sin publicar"


# --- Who gets in, and how much it costs --------------------------------------------------------------------


@pytest.mark.parametrize("act", ["es/", "es/guardar/", "es/vista-previa/", "datos/", "otros/", "imagenes/"])
def test_the_article_of_another_organisation_does_not_exist(
    editor: Client, organisation: Organisation, act: str
) -> None:
    article = make.article(make.organisation())
    method = editor.get if act == "otros/" else editor.post

    response = method(f"/gestion/articulos/{article.pk}/{act}", typed(article))

    assert response.status_code == 404
    assert ArticleVersion.objects.get().state == PublicationState.PUBLISHED
    assert not ArticleDraft.objects.exists()


def test_who_does_not_edit_gets_in_nowhere(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation)
    client.force_login(make.user(organisation, Role.AGENT))

    assert client.get(address(article)).status_code == 403
    assert client.post(address(article, act="guardar/"), typed(article)).status_code == 403
    assert client.get(f"/gestion/articulos/{article.pk}/datos/").status_code == 403


@pytest.mark.parametrize("language", ["xx", "datos2", "es-AR"])
def test_a_language_that_the_organisation_does_not_offer_is_not_written(
    editor: Client, organisation: Organisation, language: str
) -> None:
    assert editor.get(address(make.article(organisation), language)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_the_same_number_of_queries(
    editor: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    article = make.article(organisation)
    for number in range(rows):
        make.article(organisation, title=f"Artículo {number}")
        article.procedures.add(make.procedure(organisation, sia_code=str(number), name="Licencia"))
        article.also_in.add(make.topic(organisation))
    article.related.set(Article.objects.exclude(pk=article.pk))
    editor.get(address(article, "ca"))

    with django_assert_num_queries(12):
        editor.get(address(article, "ca"))
    with django_assert_num_queries(20):
        editor.get(f"/gestion/articulos/{article.pk}/datos/")
    with django_assert_num_queries(6):
        editor.get(f"/gestion/articulos/{article.pk}/otros/?q=articulo")
