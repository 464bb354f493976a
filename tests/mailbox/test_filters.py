"""What filter rules do with a mail before it becomes a ticket."""

from typing import Any

import pytest

from mostrador.mailbox.choices import FilterAction, MailKind
from mostrador.mailbox.rules.filters import Decision, Filter, decide
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.robots import Verdict

MAIL = Mail(
    headers=(),
    senders=(Address("Comercial Núñez, S.L.", "Ofertas@boletin.nunez.example"),),
    to=(Address("", "padron@valdelmar.example"),),
    cc=(Address("", "registro@valdelmar.example"),),
    subject="Re: Última  OFERTA del año",
    in_reply_to=("<a@valdelmar.example>",),
    text="Solicito el certificado de empadronamiento.\n\n"
    "El 2/11/26 a las 18:05, Padrón escribió:\n> Pida cita previa.\n",
)
HUMAN = Verdict(MailKind.HUMAN, "nothing-else")


def rule(key: int = 1, action: FilterAction = FilterAction.DROP, **asked: Any) -> Filter:
    return Filter(key=key, action=action, **asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"sender": "ofertas@boletin.nunez.example"},
        {"sender": "@boletin.nunez.example"},
        {"sender": "@NUNEZ.example"},
        {"sender": "nunez"},
        {"sender": "comercial núñez"},
        {"recipient": "padron@valdelmar.example"},
        {"recipient": "@valdelmar.example"},
        {"recipient": "registro"},
        {"recipient": "buzon@interno.example"},
        {"subject": "ultima oferta"},
        {"subject": " ÚLTIMA oferta "},
        {"words": "certificado"},
        {"words": "padrón municipal, certificado de EMPADRONAMIENTO"},
        {"words": "empadrona"},
        {"words": "oferta"},
        {"kind": "human"},
        {"kind": MailKind.HUMAN, "sender": "nunez", "words": "certificado"},
    ],
)
def test_everything_that_a_rule_asks_for_is_so(asked: dict[str, Any]) -> None:
    assert decide([rule(**asked)], MAIL, HUMAN, ["buzon@interno.example"]) == Decision(drop=True, by=(1,))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sender": "@ez.example"},
        {"sender": "ofertas@nunez.example"},
        {"sender": "@"},
        {"recipient": "ofertas"},
        {"subject": "oferta de invierno"},
        {"words": "padronamiento"},  # inside a word
        {"words": "cita previa"},  # only in what is quoted
        {"words": " , ,"},
        {"kind": "list"},
        {"sender": "nunez", "words": "factura"},
    ],
)
def test_something_that_a_rule_asks_for_is_not_so(asked: dict[str, Any]) -> None:
    assert decide([rule(**asked)], MAIL, HUMAN) == Decision()


def test_teams_topics_and_tags_add_up_and_the_first_of_each_counts() -> None:
    rules = [
        rule(1, FilterAction.TEAM, team=7, sender="nunez"),
        rule(2, FilterAction.TEAM, team=8, sender="nunez"),
        rule(3, FilterAction.TAG, tag="publicidad", sender="nunez"),
        rule(4, FilterAction.TOPIC, topic=5, sender="nadie"),
        rule(5, FilterAction.TOPIC, topic=6, subject="oferta"),
        rule(6, FilterAction.TAG, tag="empresas", words="certificado"),
        rule(7, FilterAction.TAG, tag="publicidad", words="certificado"),
    ]

    assert decide(rules, MAIL, HUMAN) == Decision(team=7, topic=6, tags=("publicidad", "empresas"), by=(1, 3, 5, 6))


def test_the_first_rule_that_drops_or_calls_spam_ends_it() -> None:
    rules = [
        rule(1, FilterAction.TAG, tag="a", sender="nunez"),
        rule(2, FilterAction.SPAM, subject="oferta"),
        rule(3, FilterAction.DROP, sender="nunez"),
        rule(4, FilterAction.TAG, tag="b", sender="nunez"),
    ]

    assert decide(rules, MAIL, HUMAN) == Decision(spam=True, tags=("a",), by=(1, 2))


def test_a_mail_without_anything() -> None:
    everything = rule(sender="a", recipient="b", subject="c", words="d", kind="human")

    assert decide([everything, rule(sender="@b.example")], Mail(headers=()), HUMAN) == Decision()
