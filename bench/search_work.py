"""What the search's benchmark does in processes of its own, with the product's tables: see `bench.search`."""

import json
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import django
import psutil
from django.db import connection, reset_queries
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
django.setup()

from mostrador.help_centre.actions.index import index_everything  # noqa: E402 - after the set-up
from mostrador.help_centre.models import Article, ArticleVersion  # noqa: E402 - as above
from mostrador.help_centre.queries.search import find, suggest  # noqa: E402 - as above
from mostrador.organisations.models import Organisation, Topic  # noqa: E402 - as above
from mostrador.sample.rules import read_articles  # noqa: E402 - as above

QUESTIONS = Path(__file__).resolve().parents[1] / "tests" / "help_centre" / "questions"
SENTENCES = (12, 30)  # of an article
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "xo",
    "za",
    "bre",
    "cla",
    "dri",
    "flo",
    "gru",
]
VOCABULARY = 20_000  # made-up words of each language
WARM_UP_SECONDS = 3.0


def _texts() -> dict[str, list[str]]:
    """Return the sentences of the sample's articles, by language."""
    found: dict[str, list[str]] = {}
    for article in read_articles():
        sentences = re.split(r"(?<=[.:?])\s+", article.text.body)
        found.setdefault(article.language, []).extend([article.text.title, *sentences])
    return found


class Words:
    """Made-up words of one language: a few are frequent, most are rare."""

    def __init__(self, language: str) -> None:
        chance = random.Random(language)
        self.words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(VOCABULARY)]
        self.frequency = list(accumulate(1 / place for place in range(1, VOCABULARY + 1)))

    def sentence(self, chance: random.Random) -> str:
        return " ".join(chance.choices(self.words, cum_weights=self.frequency, k=chance.randint(5, 14))) + "."


def _fill(first: int, last: int) -> None:
    """Write articles number `first` to `last` (not included), five languages each, and index them."""
    organisation = Organisation.objects.order_by("path")[0]
    topics, now, sample = list(Topic.objects.filter(organisation=organisation)), timezone.now(), _texts()
    words = {language: Words(language) for language in sample}
    for start in range(first, last, 500):
        articles = [
            Article(
                organisation=organisation, slug=f"generado-{number}", topic=topics[number % len(topics)], created_at=now
            )
            for number in range(start, min(start + 500, last))
        ]
        Article.objects.bulk_create(articles)
        versions = []
        for article in articles:
            for language, sentences in sample.items():
                chance = random.Random(f"{article.slug} {language}")
                said = [
                    chance.choice(sentences) if chance.random() < 0.5 else words[language].sentence(chance)
                    for _ in range(chance.randint(*SENTENCES))
                ]
                title, summary = words[language].sentence(chance)[:60], said[0][:400]
                title = f"{chance.choice(sentences)[:80]} {title}"
                versions.append(
                    ArticleVersion(
                        article=article,
                        language=language,
                        title=title,
                        summary=summary,
                        body="\n\n".join(said),
                        state="published",
                        published_at=now,
                        updated_at=now,
                        revision=1,
                    )
                )
        ArticleVersion.objects.bulk_create(versions)
    for _done in index_everything():
        pass


def _ask(way: str, seconds: float, number: int) -> None:
    """Ask as long as told and print each time in milliseconds."""
    organisation = Organisation.objects.order_by("path")[0]
    chance = random.Random(number)
    asked = _questions() if way == "search" else _beginnings()
    ask: Callable[..., Any] = find if way == "search" else suggest
    times, warm_up = [], time.monotonic() + min(WARM_UP_SECONDS, seconds)
    while time.monotonic() < warm_up:
        ask(organisation, *chance.choice(asked))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    until, cpu = time.monotonic() + seconds, _cpu(backend)
    while time.monotonic() < until:
        text, language = chance.choice(asked)
        begun = time.perf_counter()
        ask(organisation, text, language)
        times.append((time.perf_counter() - begun) * 1000)
    cpu = _cpu(backend) - cpu
    connection.force_debug_cursor = True
    reset_queries()
    for text, language in asked[:20]:
        ask(organisation, text, language)
    print(json.dumps({"ms": times, "cpu_ms": cpu * 1000 / len(times), "queries": len(connection.queries) / 20}))


def _cpu(backend: psutil.Process) -> float:
    """Return the seconds of CPU spent so far here and in the database's process that answers us."""
    return time.process_time() + sum(backend.cpu_times()[:2])


def _questions() -> list[tuple[str, str]]:
    """Return the questions by which the search is judged, of all languages."""
    lines = [
        json.loads(line) for path in sorted(QUESTIONS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]
    random.Random(0).shuffle(lines)
    return [(line["question"], line["lang"]) for line in lines]


def _beginnings() -> list[tuple[str, str]]:
    """Return what people have typed so far when they ask: from three letters to a few words."""
    return list(_begun())


def _begun() -> Iterator[tuple[str, str]]:
    chance = random.Random(0)
    for question, language in _questions():
        yield question[: chance.randint(3, 25)], language


if __name__ == "__main__":
    what, *values = sys.argv[1:]
    if what == "fill":
        _fill(int(values[0]), int(values[1]))
    else:
        _ask(values[0], float(values[1]), int(values[2]))
