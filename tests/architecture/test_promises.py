"""The promises of the style guide that linters cannot see."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db import models
from procrastinate.contrib.django import app as jobs

from mostrador.organisations.models import Organisation, OrganisationOwned
from mostrador.shared.flow import flow_lines, routes
from mostrador.shared.pages import jinja

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "mostrador"
SOURCE = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
LAYERS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
HEIGHT = {name.strip(" ()"): -level for level, line in enumerate(LAYERS) for name in line.split("|")}  # bigger: higher
OURS = [model for model in apps.get_models() if model.__module__.startswith("mostrador.")]
# Rows of nobody in particular: the tree itself, people of several organisations, and the audit record (values only).
SHARED_BY_ALL = {
    *("organisations.organisation", "accounts.user", "accounts.session", "metrics.progress"),
    *("audit.event", "audit.seal", "audit.chaincheck"),
    "tickets.ticketlexeme",  # stems of words, of which nobody can tell whose they were
}


def test_every_view_says_who_may_open_it() -> None:
    silent = [address for address, view in routes() if not hasattr(view, "access")]

    assert silent == []


def test_foreign_keys_point_downwards_and_leave_no_trace_below() -> None:
    wrong = []
    for model in OURS:
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or isinstance(
                field.related_model, str
            ):
                continue
            here, there = model._meta.app_label, field.related_model._meta.app_label
            if there in HEIGHT and here != there:
                if HEIGHT[there] >= HEIGHT[here]:
                    wrong.append(f"{model.__name__}.{field.name} points up to {there}")
                elif not field.remote_field.hidden and there != "accounts":
                    wrong.append(f'{model.__name__}.{field.name} needs related_name="+"')

    assert wrong == []


def test_every_row_belongs_to_an_organisation() -> None:
    """A row is an organisation's own, or a part of such a row (it is deleted with it)."""
    owned: set[type[models.Model]] = {model for model in OURS if issubclass(model, OrganisationOwned)}
    homeless = [
        model._meta.label_lower
        for model in OURS
        if model._meta.label_lower not in SHARED_BY_ALL and not _belongs(model, owned)
    ]

    assert owned
    assert homeless == []


def _belongs(model: type[models.Model], owned: set[type[models.Model]]) -> bool:
    if model in owned:
        field = model._meta.get_field("organisation")
        return field.related_model is Organisation and not field.null
    parents = [
        field.related_model
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE and not field.null
    ]
    return any(isinstance(parent, type) and _belongs(parent, owned) for parent in parents if parent is not model)


def test_saving_a_row_has_no_hidden_effects() -> None:
    assert [model.__name__ for model in OURS if {"save", "delete"} & vars(model).keys()] == []


def test_no_model_orders_by_itself() -> None:
    assert [model.__name__ for model in OURS if model._meta.ordering] == []


def test_every_environment_variable_is_documented() -> None:
    pattern = re.compile(r'\benv\.\w+\(\s*"([A-Z][A-Z_0-9]+)"')
    named = {name for path in SOURCE for name in pattern.findall(path.read_text())}
    manual = (REPOSITORY / "docs/operating/configuration.md").read_text()

    assert named
    assert sorted(name for name in named if f"`{name}`" not in manual) == []


def catalogue_of(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("code", [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE])
def test_every_offered_language_is_complete(code: str) -> None:
    template = catalogue_of(PACKAGE / "locale/mostrador.pot")
    catalogue = catalogue_of(PACKAGE / "locale" / code / "LC_MESSAGES/django.po", code)
    wanted = [message for message in template if message.id]

    missing = [
        message.id
        for message in wanted
        if (found := catalogue.get(message.id, message.context)) is None
        or found.fuzzy
        or not all(found.string if isinstance(found.string, tuple) else [found.string])
    ]

    assert wanted
    assert missing == []


def test_translations_keep_their_placeholders() -> None:
    wrong = []
    for path in sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/django.po")):
        catalogue = catalogue_of(path, path.parts[-3])
        for message in catalogue:
            sources = [message.id] if isinstance(message.id, str) else message.id
            texts = [message.string or ""] if isinstance(message.string, str | None) else message.string
            allowed = {name for source in sources for name in re.findall(r"%\(\w+\)\w|%%", source)}
            if message.id and any(set(re.findall(r"%\(\w+\)\w|%%", text)) - allowed for text in texts):
                wrong.append((path.parts[-3], message.id))

    assert wrong == []


def test_background_jobs_named_in_the_code_exist() -> None:
    pattern = re.compile(r'run_(?:later|at)\(\s*(?:[\w.() +=,]+?,\s*)?"([^"]+)"')
    named = {name for path in SOURCE for name in pattern.findall(path.read_text())}

    assert named
    assert sorted(named - set(jobs.tasks)) == []


def test_every_template_can_be_loaded() -> None:
    environment = jinja()
    names = environment.list_templates(extensions=["html", "txt"])

    assert len(names) > 20
    for name in names:
        environment.get_template(name)


def test_templates_have_no_inline_style_or_script() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:")
    wrong = [
        f"{path.relative_to(REPOSITORY)}: {found.group()}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        if not {"email", "email.html", "export"} & set(path.parts) and (found := inline.search(path.read_text()))
    ]

    assert wrong == []


@pytest.mark.parametrize("path", SOURCE, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_public_functions_of_the_core_say_what_they_do(path: Path) -> None:
    cores = {"rules", "queries", "actions", "jobs"}
    if not cores & {path.stem, path.parent.name}:
        return
    silent = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert silent == []


def test_the_flow_map_is_current() -> None:
    written = (REPOSITORY / "docs/developing/flow.txt").read_text().splitlines()

    assert written == list(flow_lines()), "run: .venv/bin/mostrador flow > docs/developing/flow.txt"
