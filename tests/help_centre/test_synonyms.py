"""Words that mean the same: the list, changes to it, and their effect before they are saved."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.help_centre.actions.synonyms import forget_synonyms, save_synonyms, use_synonyms
from mostrador.help_centre.errors import WordElsewhere
from mostrador.help_centre.models import DailySearch, SynonymGroup
from mostrador.help_centre.queries.search import search
from mostrador.help_centre.queries.synonyms import Origin, in_use, synonym_group, synonym_groups, synonym_list
from mostrador.help_centre.rules.synonym_words import repeated, shared_words, words_in_lines
from mostrador.help_centre.rules.synonyms import Group, shipped_groups
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make

ADDRESS = "/gestion/sinonimos/"


@pytest.fixture
def editor(client: Client, organisation: Organisation) -> Client:
    """Signed in."""
    client.force_login(make.user(organisation, Role.EDITOR))
    return client


def typed(**changes: Any) -> dict[str, Any]:
    """What an editor fills in."""
    return {"words_es": "tacógrafo\ndisco del camión\n", "words_eu": "takografoa", "language": "es"} | changes


def verbs() -> list[str]:
    return [*Event.objects.filter(verb__startswith="help_centre.syn").order_by("pk").values_list("verb", flat=True)]


def test_lines_become_words_and_repeated_ones_are_found_whatever_their_spelling() -> None:
    assert words_in_lines(" auto   firma \r\n\n\tAutofirma\n") == ["auto firma", "Autofirma"]
    assert repeated(["Certificación", "firma", "certificacion"]) == "certificacion"
    assert repeated(["firma", "firmar"]) == ""


def test_a_word_shared_before_is_not_held_against_a_group() -> None:
    other = Group("otro", {"es": ["Clave"], "eu": ["gakoa"]})

    assert shared_words({"es": ["clave", "pin"], "ca": ["gakoa"]}, [other], before={}) == [("clave", other)]
    assert shared_words({"es": ["clave", "pin"]}, [other], before={"es": ["clave"]}) == []


def test_a_new_group_is_kept_and_recorded(editor: Client, organisation: Organisation) -> None:
    answer = editor.post(f"{ADDRESS}nuevo/", typed())

    group = SynonymGroup.objects.get()
    assert answer["Location"] == f"{ADDRESS}tacografo/"
    assert (group.organisation, group.key, group.is_active) == (organisation, "tacografo", True)
    assert group.words == {"es": ["tacógrafo", "disco del camión"], "eu": ["takografoa"]}
    assert verbs() == ["help_centre.synonyms_saved"]


def test_a_group_of_the_products_list_is_changed_switched_off_and_brought_back(
    editor: Client, organisation: Organisation
) -> None:
    shipped = shipped_groups()[0]
    address = f"{ADDRESS}{shipped.key}/"
    seen = []

    for step, answers in (("", typed()), ("uso/", {"use": "no"}), ("uso/", {"use": "yes"}), ("original/", {})):
        editor.post(address + step, answers)
        row = synonym_group(organisation, shipped.key)
        assert row
        seen.append((row.origin, row.words.get("es"), row.is_active))

    ours = ["tacógrafo", "disco del camión"]
    assert seen == [
        (Origin.CHANGED, ours, True),
        (Origin.CHANGED, ours, False),
        (Origin.CHANGED, ours, True),
        (Origin.PRODUCT, shipped.words["es"], True),
    ]
    assert verbs() == [f"help_centre.synonyms_{end}" for end in ("saved", "left", "used", "forgotten")]


def test_a_group_of_the_products_list_can_be_switched_off_without_a_change(organisation: Organisation) -> None:
    shipped = shipped_groups()[0]
    row = synonym_group(organisation, shipped.key)
    assert row

    use_synonyms(organisation, row, is_active=False, author=None)

    assert shipped.key not in {group.key for group in in_use(synonym_groups(organisation))}
    assert shipped.key in {group.key for group in in_use(synonym_groups(make.organisation()))}

    use_synonyms(organisation, row, is_active=True, author=None)

    assert synonym_group(organisation, shipped.key) == row
    assert not SynonymGroup.objects.exists()


def test_a_group_of_ones_own_can_be_taken_away(editor: Client, organisation: Organisation) -> None:
    group = save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"]}, author=None)

    answer = editor.post(f"{ADDRESS}{group.key}/original/")
    forget_synonyms(organisation, group.key, author=None)

    assert answer["Location"] == ADDRESS
    assert not SynonymGroup.objects.exists()
    assert Event.objects.order_by("-pk")[0].details == {"words": {"es": ["tacógrafo", "disco"]}}


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("", "al menos dos palabras"),
        (" \n\n ", "al menos dos palabras"),
        ("sola", "al menos dos palabras"),
        ("tarjeta\nTARJETA", "está dos veces"),
        ("\n".join(f"palabra {number}" for number in range(31)), "Caben 30 palabras"),
        ("corta\n" + "x" * 61, "más de 60 letras"),
    ],
)
def test_words_that_are_no_group_are_refused_and_come_back(
    editor: Client, organisation: Organisation, words: str, refusal: str
) -> None:
    for extra in ({}, {"try": "1", "question": "tarjeta"}):
        answer = editor.post(f"{ADDRESS}nuevo/", {"words_es": words, "language": "es"} | extra)

        assert answer.status_code == 422
        assert refusal in answer.text
        assert words.strip().splitlines()[-1:] == [] or words.strip().splitlines()[-1] in answer.text
    assert not SynonymGroup.objects.exists()


def test_a_word_of_another_group_is_refused_with_the_way_there(editor: Client, organisation: Organisation) -> None:
    save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"]}, author=None)

    answer = editor.post(f"{ADDRESS}nuevo/", typed(words_es="camión\nTacografo"))

    assert answer.status_code == 422
    assert "«Tacografo» ya está en el grupo «tacografo»" in answer.text
    assert f'href="{ADDRESS}tacografo/"' in answer.text
    with pytest.raises(WordElsewhere):
        save_synonyms(organisation, "", {"es": ["camión", "disco"]}, author=None)


def test_the_same_word_may_mean_another_thing_in_another_language(organisation: Organisation) -> None:
    save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"]}, author=None)
    save_synonyms(organisation, "", {"ca": ["disco", "discoteca"]}, author=None)

    assert SynonymGroup.objects.count() == 2


def test_two_groups_that_begin_alike_have_keys_of_their_own(organisation: Organisation) -> None:
    first = save_synonyms(organisation, "", {"es": ["nuevo", "reciente"]}, author=None)
    second = save_synonyms(organisation, "", {"ca": ["nuevo", "recent"]}, author=None)
    third = save_synonyms(organisation, "", {"en": ["¿?", "recent"]}, author=None)

    assert [first.key, second.key, third.key] == ["nuevo-2", "nuevo-3", "grupo"]


def test_groups_in_a_circle_widen_a_search_by_one_step_only(organisation: Organisation) -> None:
    make.article(organisation, title="Tacógrafo", summary="Uno.", body="Uno.")
    make.article(organisation, title="Camión", summary="Dos.", body="Dos.")
    make.article(organisation, title="Furgoneta", summary="Tres.", body="Tres.")
    for words in (["tacógrafo", "camión"], ["kamioia", "furgoneta"], ["furgona", "tacografoa"]):
        save_synonyms(organisation, "", {"es": words}, author=None)
    circle = [
        Group("a", {"es": ["tacógrafo", "camión"]}),
        Group("b", {"es": ["camión", "furgoneta"]}),
        Group("c", {"es": ["furgoneta", "tacógrafo"]}),
    ]
    chain = [Group("a", {"es": ["ñandú", "camión"]}), Group("b", {"es": ["camión", "furgoneta"]})]

    assert {found.slug for found in search(organisation, "tacógrafo", "es", groups=circle)} >= {"tacografo", "camion"}
    assert {found.slug for found in search(organisation, "ñandú", "es", groups=chain)} == {"camion"}


def test_trying_words_shows_what_they_change_and_saves_nothing(editor: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Tarjeta de tacógrafo", summary="Pídala.", body="Pídala.")

    page = editor.post(f"{ADDRESS}nuevo/", typed(**{"try": "1", "question": "disco del camión"})).text

    assert page.index("No encuentra nada.") < page.index("Con estas palabras") < page.index("Tarjeta de")
    assert '<span class="badge badge-good">nuevo</span>' in page
    assert not SynonymGroup.objects.exists()


def test_trying_words_needs_a_question(editor: Client, organisation: Organisation) -> None:
    answer = editor.post(f"{ADDRESS}nuevo/", typed(**{"try": "1"}))

    assert answer.status_code == 422
    assert "Escriba una pregunta, o elija una" in answer.text


def test_a_search_in_vain_begins_a_group(editor: Client, organisation: Organisation) -> None:
    page = editor.get(f"{ADDRESS}nuevo/", {"pregunta": "takografoa", "idioma": "eu"}).text

    assert page.count("takografoa") == 2  # among the Basque words, and to try them with
    assert '<option value="eu" selected>' in page


def test_what_readers_searched_is_offered_to_try_words_with(editor: Client, organisation: Organisation) -> None:
    DailySearch.objects.create(
        organisation=organisation, on="2026-11-26", language="es", text="disco del camion", searches=1
    )

    assert '<option value="disco del camion"></option>' in editor.get(f"{ADDRESS}nuevo/").text


def test_the_list_shows_own_groups_first_and_finds_a_word_in_any_language(
    editor: Client, organisation: Organisation
) -> None:
    group = save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"], "eu": ["takografoa"]}, author=None)
    every = [row.key for row in synonym_groups(organisation)]

    first = synonym_list(organisation, containing="", after="", size=2)
    rest = synonym_list(organisation, containing="", after=first.next, size=10_000)

    assert [row.key for row in [*first.rows, *rest.rows]] == every == [group.key, *(g.key for g in shipped_groups())]
    assert (first.next, rest.next) == (every[1], "")
    assert [row.key for row in synonym_list(organisation, containing="TAKOGRAFO", after="", size=9).rows] == [group.key]
    assert f'href="{ADDRESS}tacografo/"' in editor.get(ADDRESS, {"q": "takografo"}).text
    assert "Ningún grupo tiene esa palabra" in editor.get(ADDRESS, {"q": "xyzzy"}).text


@pytest.mark.parametrize("after", ["x", "²", "\x00", "9" * 5000])
def test_a_key_that_is_none_shows_the_first_page(editor: Client, organisation: Organisation, after: str) -> None:
    assert shipped_groups()[0].key in editor.get(ADDRESS, {"desde": after}).text


def test_groups_of_an_ancestor_are_used_and_changed_below_without_touching_it(organisation: Organisation) -> None:
    child, sibling = make.organisation(parent=organisation), make.organisation(parent=organisation)
    key = save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"]}, author=None).key
    inherited = synonym_group(child, key)
    save_synonyms(child, key, {"es": ["tacógrafo", "aparato"]}, author=None)
    changed = synonym_group(child, key)
    forget_synonyms(child, key, author=None)

    assert inherited
    assert (inherited.origin, inherited.source) == (Origin.INHERITED, organisation.short_name)
    assert changed
    assert (changed.origin, changed.words) == (Origin.CHANGED, {"es": ["tacógrafo", "aparato"]})
    assert synonym_group(child, key) == synonym_group(sibling, key) == inherited
    assert synonym_group(make.organisation(), key) is None


@pytest.mark.parametrize("end", ["", "uso/", "original/"])
def test_the_group_of_another_organisation_does_not_exist(editor: Client, organisation: Organisation, end: str) -> None:
    theirs = save_synonyms(make.organisation(), "", {"es": ["tacógrafo", "disco"]}, author=None)

    assert editor.post(f"{ADDRESS}{theirs.key}/{end}", typed(use="no")).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.is_active, theirs.words) == (True, {"es": ["tacógrafo", "disco"]})


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 403), (Role.SUPERVISOR, 403), (Role.ADMINISTRATOR, 200)])
def test_only_editors_and_administrators_look_after_words(
    client: Client, organisation: Organisation, role: Role, status: int
) -> None:
    key = save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"]}, author=None).key
    client.force_login(make.user(organisation, role))

    assert [client.get(ADDRESS + end).status_code for end in ("", "nuevo/", f"{key}/")] == [status] * 3


def test_refusals_name_the_way_out(organisation: Organisation) -> None:
    with pytest.raises(ActionRefused, match="al menos dos palabras"):
        save_synonyms(organisation, "", {"es": []}, author=None)


@pytest.mark.parametrize("groups", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    editor: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, groups: int
) -> None:
    for number in range(groups):
        save_synonyms(organisation, "", {"es": [f"palabra {number}", f"voz {number}"]}, author=None)
    editor.get(ADDRESS)

    with django_assert_num_queries(5):
        editor.get(ADDRESS)


def test_words_are_tried_before_they_are_saved(editor: Client) -> None:
    page = editor.get(f"{ADDRESS}nuevo/").text

    assert page.index(">Probar<") < page.index(">Guardar<")
