"""Tickets made up by the thousand, for benchmarks and trials: python -m bench.generator 10000 > tickets.jsonl

The lines are what `mostrador import-tickets` reads (docs/operating/import-tickets.md) and speak of the sample office:
its bodies, teams, topics, procedures, staff and articles. Ticket number n is always the same for the same `until`,
however many are made, so that a file can be continued later. One line is made at a time: a million needs no memory.

The shape is that of a support desk two years old: 8 % open, most of them of the last days; half by web form; the
morning of working days busier; a few topics asked about again and again; people who come back; one in five rated.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from mostrador.sample.rules import read_articles, read_office

SOURCE = "bench"
DAYS = 730  # the history that tickets are spread over
CLOSED_AFTER = timedelta(days=30)

# Shares of a hundred, of what desks of electronic offices report.
BODIES = {"diputacion": 70, "olmedilla": 18, "puertocalima": 12}
CHANNELS = {"web": 46, "email": 27, "phone": 15, "in_person": 6, "chat": 3, "widget": 3}
LANGUAGES = {"es": 74, "ca": 10, "gl": 7, "eu": 5, "en": 4}
STATES = {
    "new": 2.2,
    "waiting_for_us": 2.6,
    "waiting_for_person": 2.4,
    "waiting_for_third_party": 0.8,
    "resolved": 4,
    "closed": 86.5,
    "spam": 1.5,
}
KINDS = {"support": 93, "complaint": 3, "suggestion": 2, "accessibility_communication": 1, "data_protection": 1}
PRIORITIES = {1: 1, 2: 9, 3: 75, 4: 15}
TAGS = ("autofirma", "certificado", "clave", "notificaciones", "padrón", "plazo", "registro", "subvenciones")
RATINGS = {1: 8, 2: 6, 3: 12, 4: 28, 5: 46}
WEEKDAYS = {0: 22, 1: 20, 2: 19, 3: 18, 4: 15, 5: 3, 6: 3}
HOURS = {7: 4, 8: 10, 9: 16, 10: 17, 11: 16, 12: 14, 13: 8, 15: 4, 16: 5, 17: 3, 20: 2, 22: 1}

FIRST_NAMES = (
    *("Ana", "Luis", "Marta", "Jordi", "Xoana", "Iker", "Carmen", "Pablo", "Nerea", "Uxía", "Bernat", "Remedios"),
    *("Amaia", "Óscar", "Lucía", "Andrés", "Elena", "Tomás", "Rosa", "Íñigo", "Núria", "Antón", "Fátima", "Oliver"),
)
SURNAMES = (
    *("Inventada", "Ficticio", "Supuesta", "Ejemplo", "Figurada", "Imaginario", "Prototipo", "Ensayo", "Modelo"),
    *("Hipótesis", "Borrador", "Muestra", "Exemple", "Mostra", "Adibide", "Sample", "Nadie", "Ninguno"),
)
GREETINGS = {
    "es": ("Buenos días.", "Hola:", "Buenas tardes.", "Les escribo por un problema en la sede."),
    "ca": ("Bon dia.", "Hola:", "Bona tarda.", "Els escric per un problema a la seu."),
    "gl": ("Bos días.", "Ola:", "Boas tardes.", "Escríbolles por un problema na sede."),
    "eu": ("Egun on.", "Kaixo:", "Arratsalde on.", "Egoitzako arazo batengatik idazten dizuet."),
    "en": ("Good morning.", "Hello,", "Good afternoon.", "I am writing about a problem in the e-office."),
}
DETAILS = {
    "es": (
        "Lo he intentado con Chrome y con Firefox y pasa lo mismo.",
        "Ayer funcionaba y hoy no; no he cambiado nada en el ordenador.",
        "El plazo termina esta semana, por favor díganme qué puedo hacer.",
        "He reiniciado el equipo y he vuelto a instalar el programa, sin resultado.",
        "Me sale un aviso que no entiendo y después la página se queda en blanco.",
        "Es la segunda vez que me ocurre este mes.",
    ),
    "ca": (
        "Ho he provat amb Chrome i amb Firefox i passa el mateix.",
        "Ahir funcionava i avui no; no he canviat res a l'ordinador.",
        "El termini acaba aquesta setmana, si us plau diguin-me què puc fer.",
    ),
    "gl": (
        "Probei con Chrome e con Firefox e pasa o mesmo.",
        "Onte funcionaba e hoxe non; non cambiei nada no ordenador.",
        "O prazo remata esta semana, por favor díganme que podo facer.",
    ),
    "eu": (
        "Chrome eta Firefox nabigatzaileekin saiatu naiz eta gauza bera gertatzen da.",
        "Atzo bazebilen eta gaur ez; ez dut ezer aldatu ordenagailuan.",
        "Epea aste honetan amaitzen da; esan, mesedez, zer egin dezakedan.",
    ),
    "en": (
        "I have tried with Chrome and with Firefox and the same happens.",
        "It worked yesterday and today it does not; I changed nothing on my computer.",
        "The deadline is this week, please tell me what I can do.",
    ),
}
ANSWERS = {
    "es": (
        "Gracias por escribirnos. Cierre el navegador por completo, actualice el programa de firma y vuelva a "
        "intentarlo con un solo certificado instalado. Si continúa, envíenos una captura del aviso con la hora.",
        "Hemos comprobado su caso: su certificado es válido y la sede funciona. Borre los datos del sitio en el "
        "navegador y entre de nuevo desde la página de inicio. Cuéntenos si se resuelve.",
    ),
    "ca": ("Gràcies per escriure'ns. Tanqui el navegador, actualitzi el programa de signatura i torni-ho a provar.",),
    "gl": ("Grazas por escribirnos. Peche o navegador, actualice o programa de sinatura e ténteo de novo.",),
    "eu": ("Eskerrik asko idazteagatik. Itxi nabigatzailea, eguneratu sinadura-programa eta saiatu berriro.",),
    "en": ("Thank you for writing. Close the browser, update the signing program and try again.",),
}
THANKS = {
    "es": ("Ya me funciona, muchas gracias.", "Resuelto. Gracias por la rapidez.", "Sigue igual después de hacerlo."),
    "ca": ("Ja em funciona, moltes gràcies.",),
    "gl": ("Xa me funciona, moitas grazas.",),
    "eu": ("Badabil, eskerrik asko.",),
    "en": ("It works now, thank you very much.",),
}
NOTES = (
    "Llamó también por teléfono; tiene el certificado en dos navegadores.",
    "Visto con sistemas: no hay incidencia abierta. Le pido la captura del aviso.",
    "Mismo caso que otros de hoy con la última versión del navegador.",
)
ERROR_CODES = ("SAF_03", "SAF_09", "SAF_16", "SAF_27", "403", "ERR_SSL_CLIENT_AUTH_CERT_NEEDED", "")
COMMENTS = ("Muy amables.", "Tardaron un poco pero lo resolvieron.", "Me lo explicaron muy bien.", "")
APART = 1 << 40  # seeds of what was added later, so that the rest of each ticket stays as it was
WORDS_OF_A_TICKET = 5  # messages and notes
THIRD_PARTIES = ("FNMT", "Cl@ve", "Red SARA")


class Shares:
    """Values chosen by their shares."""

    def __init__(self, shares: Mapping[Any, float]) -> None:
        self.values = list(shares)
        self.cumulated = list(accumulate(shares.values()))

    def choose(self, chance: random.Random) -> Any:
        return chance.choices(self.values, cum_weights=self.cumulated)[0]


@dataclass
class Office:
    """What tickets name of the sample office."""

    hosts: dict[str, str] = field(default_factory=dict)
    languages: dict[str, list[str]] = field(default_factory=dict)
    own_team: dict[str, str] = field(default_factory=dict)
    staff: dict[str, list[str]] = field(default_factory=dict)  # addresses, by team
    procedures: dict[str, list[str]] = field(default_factory=dict)
    topics: list[dict[str, Any]] = field(default_factory=list)
    articles: dict[str, list[str]] = field(default_factory=dict)  # by topic
    topic_shares: list[float] = field(default_factory=list)


def read_sample_office() -> Office:
    """Return the sample office's names, from the files it is loaded from."""
    words, office = read_office(), Office()
    for body in words["organisations"]:
        office.hosts[body["key"]], office.languages[body["key"]] = body["hosts"][0], body["languages"]
    for team in words["teams"]:
        if team["is_default"]:
            office.own_team[team["organisation"]] = team["slug"]
    office.staff = _agents(words)
    for procedure in words["procedures"]:
        office.procedures.setdefault(procedure["organisation"], []).append(procedure["sia_code"])
    office.topics = words["topics"]
    # The second most frequent topic is asked about half as often as the first, the third a third as often…
    office.topic_shares = list(accumulate(1 / place for place in range(1, len(office.topics) + 1)))
    for article in read_articles():
        if article.language == "es":
            office.articles.setdefault(article.file.values["topic"], []).append(article.slug)
    return office


def _agents(words: dict[str, Any]) -> dict[str, list[str]]:
    """Return the agents' addresses by team; a team without agents is helped by all of them."""
    by_team: dict[str, list[str]] = {team["slug"]: [] for team in words["teams"]}
    for person in words["staff"]:
        if any(each["role"] == "agent" for each in person["memberships"]):
            for team in person["teams"]:
                by_team[team].append(person["email"])
    everybody = sorted({email for emails in by_team.values() for email in emails})
    return {team: emails or everybody for team, emails in by_team.items()}


class Generator:
    """Makes ticket lines.

    Args:
        until: Aware moment after which nothing happens; tickets are spread over the two years before.
    """

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.office = read_sample_office()
        self.bodies, self.channels, self.states = Shares(BODIES), Shares(CHANNELS), Shares(STATES)
        self.languages, self.ratings, self.hours = Shares(LANGUAGES), Shares(RATINGS), Shares(HOURS)
        self.weekdays = Shares(WEEKDAYS)
        self.kinds, self.priorities = Shares(KINDS), Shares(PRIORITIES)

    def lines(self, start: int, stop: int) -> Iterator[str]:
        """Return the lines of tickets number `start` to `stop` (not included), one JSON object each."""
        for number in range(start, stop):
            yield json.dumps(self.ticket(number), ensure_ascii=False)

    def ticket(self, number: int) -> dict[str, Any]:
        """Return one ticket; always the same for the same number."""
        chance = random.Random(number)
        body, state = self.bodies.choose(chance), self.states.choose(chance)
        topic = chance.choices(self.office.topics, cum_weights=self.office.topic_shares)[0]
        team = topic["team"] if body == "diputacion" else self.office.own_team[body]
        ticket = {
            "external_reference": f"B-{number:07}",
            "organisation": self.office.hosts[body],
            "channel": self.channels.choose(chance),
            "language": self._language(chance, body),
            "state": state,
            "person": self._person(chance, number),
            "topic": topic["slug"],
            "team": team,
        }
        if chance.random() < 0.7:
            ticket["procedure"] = chance.choice(self.office.procedures[body])
        if chance.random() < 0.3:
            ticket["error_code"] = chance.choice(ERROR_CODES)
        if state != "new" and state != "spam":
            ticket["assignee"] = chance.choice(self.office.staff[team])
        if state == "waiting_for_third_party":
            ticket["third_party"] = chance.choice(THIRD_PARTIES)
        self._write(ticket, chance, topic)
        self._sort(ticket, number)
        return ticket

    def _sort(self, ticket: dict[str, Any], number: int) -> None:
        """Add kind, priority, tags and, to one of a hundred, the end of the person's own term."""
        chance = random.Random(number + APART)
        ticket["kind"], ticket["priority"] = self.kinds.choose(chance), self.priorities.choose(chance)
        if chance.random() < 0.2:
            ticket["tags"] = chance.sample(TAGS, chance.randint(1, 2))
        if chance.random() < 0.01:
            opened_on = datetime.fromisoformat(ticket["opened_at"]).date()
            ticket["person_deadline_on"] = (opened_on + timedelta(days=chance.randint(5, 30))).isoformat()

    def _language(self, chance: random.Random, body: str) -> str:
        language = self.languages.choose(chance)
        return language if language in self.office.languages[body] else "es"

    def _person(self, chance: random.Random, number: int) -> dict[str, str]:
        """Return somebody: of those who wrote before, or somebody new."""
        who = chance.randrange(number * 6 // 10 + 1)
        person = {"name": f"{FIRST_NAMES[who % 24]} {SURNAMES[who // 24 % 18]} {SURNAMES[who // 432 % 18]}"}
        kind = who % 20
        if kind < 17:
            person["email"] = f"persona{who}@correo.example"
        elif kind < 19:
            person["phone"] = f"6{who:08}"
        return person

    def _write(self, ticket: dict[str, Any], chance: random.Random, topic: dict[str, Any]) -> None:
        """Add subject, conversation, moments and rating."""
        language, opened_at = ticket["language"], self._opened_at(chance, ticket["state"])
        subject = topic["names"].get(language) or topic["names"]["es"]
        case = f"EXP{ticket['external_reference'].removeprefix('B-')}"
        question = " ".join(
            [chance.choice(GREETINGS[language]), f"{subject} ({case}).", *self._details(chance, language)]
        )
        answered_at = self._later(chance, opened_at, median_hours=3)
        note_at = self._later(chance, opened_at, median_hours=1, latest=answered_at)
        last_at = self._later(chance, answered_at, median_hours=5)
        ticket["opened_at"], ticket["subject"] = _text(opened_at), subject
        soon = self._later(chance, opened_at, median_hours=0.3, latest=note_at)
        said = [
            {"author": "person", "text": question, "written_at": _text(opened_at)},
            {"author": "person", "text": chance.choice(DETAILS[language]), "written_at": _text(soon)},
        ]
        note = {"author": "staff", "kind": "note", "text": chance.choice(NOTES), "written_at": _text(note_at)}
        if "assignee" not in ticket:
            note["by"] = chance.choice(self.office.staff[ticket["team"]])
        more = chance.choice(DETAILS[language])
        answer = {"author": "staff", "text": chance.choice(ANSWERS[language]), "written_at": _text(answered_at)}
        if ticket["state"] in {"new", "spam"}:
            said += [note, {"author": "person", "text": more, "written_at": _text(answered_at)}]
        elif ticket["state"] == "waiting_for_us":
            said += [answer, {"author": "person", "text": more, "written_at": _text(last_at)}]
        elif ticket["state"] in {"waiting_for_person", "waiting_for_third_party"} or chance.random() < 0.4:
            said += [note, answer]
        else:
            thanks = chance.choice(THANKS[language])
            said += [answer, {"author": "person", "text": thanks, "written_at": _text(last_at)}]
        if len(said) == WORDS_OF_A_TICKET - 1:
            said.insert(2, note | {"text": chance.choice(NOTES), "written_at": _text(soon)})
        ticket["messages"] = said
        if ticket["state"] in {"resolved", "closed"}:
            self._resolve(ticket, chance, self._later(chance, last_at, median_hours=1))

    def _details(self, chance: random.Random, language: str) -> list[str]:
        several = DETAILS[language]
        return chance.sample(several, chance.randint(1, min(4, len(several))))

    def _resolve(self, ticket: dict[str, Any], chance: random.Random, resolved_at: datetime) -> None:
        ticket["resolved_at"] = _text(resolved_at)
        if ticket["state"] == "closed":
            ticket["closed_at"] = _text(min(resolved_at + CLOSED_AFTER, self.until))
        articles = self.office.articles.get(ticket["topic"])
        if articles and chance.random() < 0.35:
            ticket["solved_by"] = chance.choice(articles)
        if chance.random() < 0.07:
            ticket["transfers"] = 1
        if chance.random() < 0.04:
            ticket["reopenings"] = 1
        if "email" not in ticket["person"]:
            return
        asked_at = min(resolved_at + timedelta(hours=1), self.until)
        ticket["surveyed_at"] = _text(asked_at)
        if chance.random() < 0.27:
            ticket["rating"] = self.ratings.choose(chance)
            ticket["rated_at"] = _text(self._later(chance, asked_at, median_hours=6))
            if comment := chance.choice(COMMENTS):
                ticket["comment"] = comment

    def _opened_at(self, chance: random.Random, state: str) -> datetime:
        """Return a moment of a working morning, mostly: open tickets are young, closed ones older than a month."""
        if state == "closed":
            days = chance.uniform(40, DAYS)
        elif state == "resolved":
            days = chance.uniform(2, 29)
        else:
            days = min(chance.expovariate(1 / 9), 90)
        day = self.until - timedelta(days=days)
        day -= timedelta(days=(day.weekday() - self.weekdays.choose(chance)) % 7)
        moment = day.replace(
            hour=self.hours.choose(chance), minute=chance.randrange(60), second=chance.randrange(60), microsecond=0
        )
        return moment if moment < self.until else moment - timedelta(days=7)

    def _later(
        self, chance: random.Random, moment: datetime, *, median_hours: float, latest: datetime | None = None
    ) -> datetime:
        """Return a later moment: half of them within the median, a few after days."""
        hours = chance.lognormvariate(0, 1.1) * median_hours
        later = moment + timedelta(seconds=round(hours * 3600))
        return min(later, latest or self.until)


def _text(moment: datetime) -> str:
    return moment.isoformat()


def midnight() -> datetime:
    """Return the beginning of this day in UTC."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: TID251 - nothing of Django here


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.generator", description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, help="how many tickets")
    parser.add_argument("--start", type=int, default=0, help="number of the first ticket")
    parser.add_argument("--until", help="day after which nothing happens, such as 2026-11-23; today by default")
    options = parser.parse_args()
    until = datetime.fromisoformat(options.until).replace(tzinfo=UTC) if options.until else midnight()
    for line in Generator(until).lines(options.start, options.start + options.count):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
