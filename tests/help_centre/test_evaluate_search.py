"""The search is measured with questions whose answers are known, and does not get worse unnoticed."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mostrador.help_centre.queries.evaluation import answers, our_search
from mostrador.help_centre.rules.evaluation import Answered, Asked, figures, question_of, report_of
from mostrador.organisations.models import Organisation
from tests import make
from tests.help_centre.question_variants import in_capitals, mistyped, without_accents

QUESTIONS = Path(__file__).parent / "questions"
# What the sample's articles reach with our own questions, a little less: hit@1, hit@3 and MRR@10.
FLOORS = {
    "es": (0.83, 0.93, 0.89),
    "ca": (0.60, 0.80, 0.74),
    "gl": (0.83, 0.93, 0.89),
    "eu": (0.70, 0.80, 0.77),
    "en": (0.66, 0.83, 0.76),
}
MOST_LOST = 0.03  # by people's spelling


def own_questions(language: str) -> list[Asked]:
    lines = (QUESTIONS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [question_of(json.loads(line), number) for number, line in enumerate(lines)]


def reached(organisation: Organisation, questions: list[Asked]) -> tuple[float, float, float]:
    found = figures(answers(organisation, questions, our_search))
    return found["hit@1"], found["hit@3"], found["mrr@10"]


@pytest.mark.timeout(900)  # six hundred questions
def test_the_sample_answers_our_own_questions_in_every_language_however_they_are_spelt(sample: Organisation) -> None:
    by_language = {language: reached(sample, own_questions(language)) for language in FLOORS}
    spelt = {
        (language, write.__name__): reached(
            sample, [replace(asked, question=write(asked.question)) for asked in own_questions(language)]
        )
        for language in FLOORS
        for write in (without_accents, in_capitals, *([mistyped] if language == "es" else []))
    }

    below = {code: found for code, found in by_language.items() if any(map(float.__lt__, found, FLOORS[code]))}
    assert below == {}
    lost = {
        (language, name): (by_language[language][1] - hit, by_language[language][2] - rank)
        for (language, name), (_first, hit, rank) in spelt.items()
    }
    assert {each: both for each, both in lost.items() if max(both) > MOST_LOST} == {}


def answered(topic: str, *found: str, language: str = "es", is_counted: bool = True) -> Answered:
    asked = Asked("1", "¿?", language, topic, is_counted)
    return Answered(asked, [{topic} for topic in found], list(found), milliseconds=10.0)


def test_figures_count_where_the_first_right_article_stands() -> None:
    found = figures([answered("a", "a"), answered("a", "b", "a"), answered("a", *"bcdea"), answered("a")])

    assert found == {
        "questions": 4,
        "hit@1": 0.25,
        "hit@3": 0.5,
        "hit@5": 0.75,
        "mrr@10": 0.425,
        "without_result": 0.25,
        "median_ms": 10.0,
        "p95_ms": 10.0,
    }


def test_guesses_and_other_languages_are_counted_apart() -> None:
    lines = [
        {"question": "¿?", "lang": "es", "topic": "a", "fix_basis": "página citada"},
        {"question": "¿?", "lang": "es", "topic": "a", "fix_basis": "inferida"},
        {"question": "¿?", "lang": "ca", "topic": "a"},
        {"question": "¿?", "lang": "es", "topic": "a"},
    ]

    assert [question_of(line, 1).is_counted for line in lines] == [True, False, False, True]
    report = report_of([answered("a", "b"), answered("a", "a", language="ca", is_counted=False)])
    assert [report[name]["questions"] for name in ("counted", "not_counted", "all")] == [1, 1, 2]
    assert [miss["came"] for miss in report["misses"]] == [["b"]]
    assert set(report["by_language"]) == {"ca", "es"}


def test_the_command_prints_our_figures_and_those_of_simpler_searches(
    organisation: Organisation, tmp_path: Path
) -> None:
    make.article(organisation, topic=make.topic(organisation, slug="certificado"))
    file, said = tmp_path / "questions.jsonl", StringIO()
    file.write_text(
        '{"question": "no me sale el zertificado", "lang": "es", "topic": "certificado"}\n\n', encoding="utf-8"
    )

    call_command("evaluate_search", str(file), "--json", "--sede", "testserver", stdout=said)
    report = json.loads(said.getvalue())
    call_command("evaluate_search", str(file), stdout=(table := StringIO()))

    assert report["counted"]["hit@1"] == 1.0
    assert {name: row["hit@1"] for name, row in report["ways"].items()} == {
        "ours": 1.0,
        "without synonyms": 1.0,
        "without typos": 0.0,
        "without second stage": 1.0,
        "websearch_to_tsquery": 0.0,
        "LIKE": 0.0,
        "trigrams": 1.0,
    }
    assert "websearch_to_tsquery" in table.getvalue()


@pytest.mark.parametrize("line", ["{", "[]", '{"question": "x", "lang": "es"}'])
def test_a_line_that_is_no_question_is_named(organisation: Organisation, tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(line, encoding="utf-8")

    with pytest.raises(CommandError, match="Line 1"):
        call_command("evaluate_search", str(file))
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("evaluate_search", str(tmp_path / "nothing"))
    with pytest.raises(CommandError, match="No organisation answers at nowhere"):
        call_command("evaluate_search", str(file), "--sede", "nowhere")
