"""The words of the sample office hold together: no loose reference, nothing missing, nobody real."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mostrador.sample
from mostrador.help_centre.choices import ArticleKind, FixState
from mostrador.help_centre.rules.article_files import ArticleFile, read_article
from mostrador.help_centre.rules.texts import parts_of
from mostrador.sample.rules import read_desk, read_editing

DATA = Path(mostrador.sample.__file__).parent / "data"
LANGUAGES = ("es", "ca", "gl", "eu", "en")
PROBLEMS = {
    *("AF-CON", "AF-PROTO", "AF-STORE", "CERT-LIFE", "CERT-GET", "DNIE", "CLAVE", "INSTALL", "JAVA-LNX", "SIGN-DOC"),
    *("SIGN-SRV", "MOBILE", "BROWSER", "ACCESS", "FILES", "RECEIPT", "PAY", "TERMS", "NOTIF", "REPR", "ASSIST"),
    *("EINV", "FRAUD"),
}
STATES = {
    *("new", "waiting_for_us", "waiting_for_person", "waiting_for_third_party", "resolved", "closed", "spam"),
}
ROLES = {
    *("agent", "supervisor", "editor", "technician", "security_officer", "trainer", "director", "administrator"),
}
HELP_HEADING = {
    "es": "## Cuándo pedir ayuda",
    "ca": "## Quan demanar ajuda",
    "gl": "## Cando pedir axuda",
    "eu": "## Noiz eskatu laguntza",
    "en": "## When to ask for help",
}


@cache
def office() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((DATA / "office.json").read_text(encoding="utf-8"))
    return whole


@cache
def tickets() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def articles(language: str) -> dict[str, ArticleFile]:
    """What each file says, by slug."""
    paths = sorted((DATA / "articles" / language).glob("*.md"))
    return {path.stem: read_article(path.read_text(encoding="utf-8")) for path in paths}


def keys(section: str, name: str) -> set[str]:
    return {row[name] for row in office()[section]}


def texts_of_tickets() -> Iterator[str]:
    for ticket in tickets():
        yield from (message["text"] for message in ticket["messages"])


def test_every_topic_has_an_article() -> None:
    covered = {file.values["topic"] for file in articles("es").values()}

    assert covered == keys("topics", "slug")
    assert len(covered) == 24


def test_every_class_of_problem_has_an_article() -> None:
    covered = {problem for file in articles("es").values() for problem in file.lists["problems"]}

    assert covered == PROBLEMS


def test_articles_refer_to_things_of_the_office() -> None:
    slugs = set(articles("es"))
    for slug, file in articles("es").items():
        assert file.values["owner_team"] in keys("teams", "slug"), slug
        assert set(file.lists.get("procedures", ())) <= keys("procedures", "sia_code"), slug
        assert set(file.lists.get("also_in", ())) <= keys("topics", "slug"), slug
        assert set(file.lists.get("related", ())) <= slugs - {slug}, slug
        assert file.values["kind"] in ArticleKind.values, slug
        assert date.fromisoformat(file.values["review_by"]), slug


def test_articles_have_what_their_kind_asks_for() -> None:
    for slug, file in articles("es").items():
        assert set(file.parts) <= set(parts_of(file.values["kind"])), slug
        assert ("fix_state" in file.values) == (file.values["kind"] == ArticleKind.KNOWN_ERROR), slug
        assert file.values.get("fix_state", FixState.OPEN) in FixState.values, slug
        assert int(file.values.get("minutes", 1)) > 0, slug


def test_the_work_on_articles_refers_to_things_of_the_office() -> None:
    slugs, staff = set(articles("es")), keys("staff", "key")
    for kind, rows in read_editing().items():
        for row in rows:
            assert {row[name] for name in ("article", "by") if name in row} <= slugs | staff, kind
            assert row.get("topic", "clave") in keys("topics", "slug"), kind
            assert row.get("slug") not in slugs, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_articles_fit_their_columns_and_end_with_the_way_to_a_person(language: str) -> None:
    for slug, file in articles(language).items():
        assert 10 < len(file.values["title"]) <= 200, slug
        assert 10 < len(file.values["summary"]) <= 400, slug
        assert re.findall(r"^## .*", file.body, flags=re.MULTILINE)[-1] == HELP_HEADING[language], slug
        assert not re.search(r"^# ", file.body, flags=re.MULTILINE), slug


@pytest.mark.parametrize("language", ["ca", "gl", "eu", "en"])
def test_every_topic_has_an_article_in_every_language(language: str) -> None:
    spanish = articles("es")
    translated = articles(language)

    assert set(translated) <= set(spanish)
    assert {spanish[slug].values["topic"] for slug in translated} == keys("topics", "slug")


@pytest.mark.parametrize("language", ["ca", "gl", "eu", "en"])
def test_a_translation_has_the_shape_of_the_original(language: str) -> None:
    for slug, file in articles(language).items():
        assert set(file.values) == {"title", "summary"}, slug
        assert shape(file.body) == shape(articles("es")[slug].body), slug


def shape(body: str) -> tuple[int, ...]:
    """Headings, numbered steps, bullets and error codes of a text."""
    marks = (r"^## ", r"^\d+\. ", r"^- ", r"SAF_\d\d")
    return tuple(len(re.findall(mark, body, flags=re.MULTILINE)) for mark in marks)


@pytest.mark.parametrize("section", ["topics", "topic_groups", "procedures", "local_holidays"])
def test_names_exist_in_every_language(section: str) -> None:
    for row in office()[section]:
        assert tuple(row["names"]) == LANGUAGES
        assert all(row["names"].values())


def test_references_inside_the_office_hold() -> None:
    organisations = keys("organisations", "key")
    teams = keys("teams", "slug")

    assert len(teams) == len(office()["teams"])
    for section in ("teams", "procedures", "timetables", "local_holidays"):
        assert {row["organisation"] for row in office()[section]} <= organisations
    assert {row["parent"] for row in office()["organisations"]} <= organisations | {None}
    assert {row["team"] for row in office()["timetables"]} <= teams | {None}
    assert {row["team"] for row in office()["topics"]} <= teams
    assert {row["group"] for row in office()["topics"]} == keys("topic_groups", "key")


def test_each_organisation_has_hours_for_the_year_and_for_the_summer_and_one_team_for_new_tickets() -> None:
    for organisation in keys("organisations", "key"):
        own = [row for row in office()["timetables"] if row["organisation"] == organisation and row["team"] is None]
        assert [row["starts_on"] for row in own].count(None) == 1
        assert any(row["starts_on"] for row in own)
        default = [row for row in office()["teams"] if row["organisation"] == organisation and row["is_default"]]
        assert len(default) == 1


def test_there_is_somebody_in_every_role_and_four_agents() -> None:
    roles = Counter(membership["role"] for row in office()["staff"] for membership in row["memberships"])

    assert set(roles) == ROLES
    assert roles["agent"] >= 4
    assert {team for row in office()["staff"] for team in row["teams"]} == keys("teams", "slug")


def test_one_organisation_lives_in_another_time_zone() -> None:
    zones = {row["key"]: row["time_zone"] for row in office()["organisations"]}

    assert zones == {"diputacion": "Europe/Madrid", "olmedilla": "Europe/Madrid", "puertocalima": "Atlantic/Canary"}


def test_legal_pages_exist_in_every_language_with_known_placeholders() -> None:
    known = {"organisation", "email", "phone", "postal_address", "sede_url", "dpo_email"}
    expected = {f"{kind}.{language}" for kind in ("accessibility", "privacy", "legal_notice") for language in LANGUAGES}

    assert {path.stem for path in (DATA / "legal").glob("*.md")} == expected
    for path in (DATA / "legal").glob("*.md"):
        assert set(re.findall(r"{(\w+)}", path.read_text(encoding="utf-8"))) <= known


def test_tickets_show_every_state_channel_language_team_and_organisation() -> None:
    assert len(tickets()) >= 40
    assert {ticket["state"] for ticket in tickets()} == STATES
    assert {ticket["channel"] for ticket in tickets()} == {"web", "email", "phone", "in_person"}
    assert {ticket["language"] for ticket in tickets()} == set(LANGUAGES)
    assert {ticket["team"] for ticket in tickets()} == keys("teams", "slug")
    assert {ticket["organisation"] for ticket in tickets()} == keys("organisations", "key")
    assert {ticket["opened"]["days_ago"] for ticket in tickets()} <= set(range(90))


def test_tickets_refer_to_things_of_the_office() -> None:
    languages = {row["key"]: row["languages"] for row in office()["organisations"]}
    for ticket in tickets():
        assert ticket["language"] in languages[ticket["organisation"]]
        assert ticket.get("assignee", "marta") in keys("staff", "key")
        assert ticket.get("topic", "clave") in keys("topics", "slug")
        assert ticket.get("procedure", "9900101") in keys("procedures", "sia_code")
        assert ticket.get("solved_by", "no-aparece-mi-certificado") in articles("es")
        assert len(ticket["subject"]) <= 160


def test_the_work_on_tickets_refers_to_things_of_the_office() -> None:
    named = [ticket["key"] for ticket in tickets() if "key" in ticket]
    staff, teams, topics = keys("staff", "key"), keys("teams", "slug"), keys("topics", "slug")
    work = read_desk()
    review = work.pop("quality")

    assert len(named) == len(set(named))
    assert review["by"] in staff
    for kind, rows in work.items():
        for row in rows:
            who = row.get("who", [])
            assert {row.get("by", "marta"), *([who] if isinstance(who, str) else who)} <= staff, kind
            assert {row[name] for name in ("ticket", "from", "into") if name in row} <= set(named), kind
            assert set(row.get("tickets", [])) <= set(named), kind
            assert row.get("team", "") in teams | {""}, kind
            assert row.get("topic", "clave") in topics, kind


def test_authors_exist_and_time_only_goes_forward() -> None:
    staff = keys("staff", "key")
    for ticket in tickets():
        assert {message["author"] for message in ticket["messages"]} <= staff | {"person"}
        assert {event["by"] for event in ticket["history"]} <= staff | {"person", "system"}
        for things in (ticket["messages"], ticket["history"]):
            moments = [thing["after_minutes"] for thing in things]
            assert moments == sorted(moments)
        first = ticket["messages"][0]
        assert (first["author"], first["kind"], first["after_minutes"]) == ("person", "public", 0)


def test_history_leads_to_the_final_state_team_and_assignee() -> None:
    for ticket in tickets():
        last = {event["what"]: event for event in ticket["history"]}
        if ticket["state"] in {"resolved", "closed"}:
            assert "resolved" in last
            assert last["resolved"].get("article", ticket.get("solved_by")) == ticket.get("solved_by")
        assert ("closed" in last) == (ticket["state"] == "closed")
        assert ("spam" in last) == (ticket["state"] == "spam")
        assert last.get("transferred", {"to": ticket["team"]})["to"] == ticket["team"]
        assert ticket["state"] == "spam" or last.get("assigned", {"to": None})["to"] == ticket.get("assignee")


def test_every_measure_has_something_to_show() -> None:
    happened = Counter(event["what"] for ticket in tickets() for event in ticket["history"])
    rated = [ticket for ticket in tickets() if "rating" in ticket]
    resolved_lately = [t for t in tickets() if t["state"] == "resolved" and t["opened"]["days_ago"] < 7]

    assert happened["reopened"] >= 2
    assert happened["transferred"] >= 4
    assert len(resolved_lately) >= 3
    assert len(rated) >= 14
    assert {ticket["rating"] for ticket in rated} == {1, 2, 3, 4, 5}
    assert {ticket["language"] for ticket in rated} == set(LANGUAGES)
    assert {ticket["state"] for ticket in rated} <= {"resolved", "closed"}


def test_somebody_came_back_with_the_same_topic_within_a_week() -> None:
    days: dict[tuple[str, str], list[int]] = {}
    for ticket in tickets():
        if "email" in ticket["person"] and "topic" in ticket:
            days.setdefault((ticket["person"]["email"], ticket["topic"]), []).append(ticket["opened"]["days_ago"])

    assert any(len(found) > 1 and max(found) - min(found) <= 7 for found in days.values())


def test_nobody_is_real() -> None:
    for path in [*DATA.rglob("*.md"), *DATA.glob("*.json*")]:
        for address in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", path.read_text(encoding="utf-8")):
            assert address.endswith(".example"), f"{path.name}: {address}"
    for ticket in tickets():
        assert re.fullmatch(r"600 000 0\d\d", ticket["person"].get("phone", "600 000 000"))
    for row in office()["organisations"]:
        assert row["dir3_code"][1:5] in {"0299", "0199"}
        assert row["phone"].startswith("999 ")
        assert row["sede_url"].endswith(".example/")


def test_nobody_is_asked_for_secrets() -> None:
    asks = re.compile(r"(env[ií]e|mande|d[ií]ga)nos (su|el) (PIN|contraseña|certificado)", re.IGNORECASE)

    assert not [text for text in texts_of_tickets() if asks.search(text)]
    assert not [slug for slug, file in articles("es").items() if asks.search(f"{file.body} {file.parts}")]
