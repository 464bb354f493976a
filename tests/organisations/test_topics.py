"""Topics in a tree of two levels."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from mostrador.organisations.actions.topics import describe_topic, retire_topic
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import possible_parents, topic_options, topics_of
from mostrador.shared.errors import ActionRefused
from tests import make


def test_topics_to_choose_from_stand_under_the_name_of_what_contains_them(organisation: Organisation) -> None:
    loose = make.topic(organisation, name="Suelto")
    group = make.topic(organisation, name="Firmar")
    signing = make.topic(organisation, name="Un documento", parent=group)
    empty = make.topic(organisation, name="Vacío")
    child = make.organisation(parent=organisation)
    own = make.topic(child, name="En nuestra sede", parent=group)

    assert topic_options(child) == [
        (loose.pk, "Suelto"),
        ("Firmar", [(own.pk, "En nuestra sede"), (signing.pk, "Un documento")]),
        (empty.pk, "Vacío"),
    ]
    assert topic_options(organisation, kept=group)[-1] == (group.pk, "Firmar")
    assert topics_of(organisation) == [loose, group, signing, empty]
    assert list(possible_parents(organisation, empty)) == [loose, group]


def test_the_tree_has_two_levels(organisation: Organisation) -> None:
    group = make.topic(organisation, name="Firmar")
    inside = make.topic(organisation, name="Un documento", parent=group)

    with pytest.raises(ActionRefused, match="«Un documento» ya está dentro de otro"):
        make.topic(organisation, parent=inside)
    with pytest.raises(ActionRefused, match="«Firmar» contiene otros"):
        describe_topic(group, {"parent": make.topic(organisation)}, actor=None)
    with pytest.raises(ActionRefused, match="Contiene otros temas"):
        retire_topic(group, actor=None)

    describe_topic(inside, {"parent": None}, actor=None)
    retire_topic(group, actor=None)
    assert topics_of(organisation)[0] == inside


def test_an_organisation_goes_with_its_tree(organisation: Organisation) -> None:
    body = make.organisation()
    make.topic(body, parent=make.topic(body))

    body.delete()

    assert topics_of(organisation) == []


def test_each_group_of_before_becomes_a_topic() -> None:
    migration: Any = importlib.import_module("mostrador.organisations.migrations.0002_topics_in_a_tree")
    rows: list[Any] = []

    class Rows(list[Any]):
        def order_by(self, *names: str) -> "Rows":
            return self

        def filter(self, *, organisation: int, slug__startswith: str) -> "Rows":
            return Rows(row for row in rows if row.slug.startswith(slug__startswith))

        def values_list(self, name: str, *, flat: bool) -> list[str]:
            return [row.slug for row in self]

        def create(self, **fields: Any) -> Any:
            made = SimpleNamespace(**fields)
            rows.append(made)
            return made

    def topic(slug: str, group: str) -> Any:
        names = {"es": group} if group else {}
        return SimpleNamespace(organisation_id=1, slug=slug, group=names, position=10, parent=None, save=lambda **_: 0)

    before = [topic("firmar", "Firmar"), topic("pdf", "Firmar"), topic("suelto", "")]
    rows.extend(before)
    model = SimpleNamespace(objects=Rows(before))

    migration.make_parents(SimpleNamespace(get_model=lambda *_: model), None)

    assert [row.parent and row.parent.slug for row in before] == ["firmar-2", "firmar-2", None]
    assert rows[-1].names == {"es": "Firmar"}
