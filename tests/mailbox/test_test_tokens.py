"""The seal of test messages."""

from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from mostrador.mailbox.rules.testing import is_test, test_token

NOW = timezone.now()


def test_it_holds_for_an_hour_and_for_one_mailbox() -> None:
    token = test_token(7, NOW)

    assert is_test(f" {token} ", 7, NOW + timedelta(minutes=59))
    assert not is_test(token, 7, NOW + timedelta(minutes=61))
    assert not is_test(token, 7, NOW - timedelta(minutes=10))
    assert not is_test(token, 8, NOW)


def test_nobody_else_can_make_one() -> None:
    made = test_token(7, NOW)
    whose, moment, seal = made.split(".")

    forged = ["", "7", "7..", "7.1.", f"8.{moment}.{seal}", f"7.{int(moment) + 1}.{seal}", f"7.{moment}.ñ", "x" * 5000]
    assert [is_test(each, 7, NOW) for each in forged] == [False] * len(forged)
    assert whose == "7"


def test_an_earlier_secret_key_is_still_known(settings: Settings) -> None:
    token, before = test_token(7, NOW), settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "otra", [before]

    assert is_test(token, 7, NOW)
