"""The tokens by which answers and bounces find the message that they are about."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mostrador.notifications.rules import BOUNCE, hidden_mark, pk_of, plus_address, token_of, tokens_in

KEYS = st.integers(min_value=0, max_value=2**40 - 1)


@given(KEYS)
def test_a_token_names_its_message_in_any_case(pk: int) -> None:
    token = token_of(pk)

    assert re.fullmatch(r"[a-z0-9]{24}", token)
    assert pk_of(token) == pk_of(token.upper()) == pk_of(token.title()) == pk


@given(KEYS, st.integers(0, 23), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_token_with_another_letter_names_nothing(pk: int, place: int, letter: str) -> None:
    token = token_of(pk)
    changed = token[:place] + letter + token[place + 1 :]

    assert pk_of(changed) == (pk if changed == token else None)


@pytest.mark.parametrize("text", ["", "a" * 24, "ñ" * 24, "a" * 23, "a" * 32, "0189" * 6, "\0" * 24])
def test_what_is_no_token_names_nothing(text: str) -> None:
    assert pk_of(text) is None


def test_tokens_of_an_earlier_key_are_read_while_it_is_kept(settings: Settings) -> None:
    earlier = settings.SECRET_KEY
    token = token_of(7)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [earlier]
    assert pk_of(token) == 7
    assert token_of(7) != token

    settings.SECRET_KEY_FALLBACKS = []
    assert pk_of(token) is None


def test_a_key_beyond_what_fits_is_refused() -> None:
    with pytest.raises(OverflowError):
        token_of(2**40)


def test_an_address_carries_a_token_unless_it_gets_too_long() -> None:
    token = token_of(12)

    assert plus_address("soporte@sede.example", token) == f"soporte+r.{token}@sede.example"
    assert plus_address("soporte@sede.example", token, BOUNCE) == f"soporte+b.{token}@sede.example"
    assert plus_address(f"{'s' * 40}@sede.example", token) == f"{'s' * 40}@sede.example"


def test_tokens_are_found_in_addresses_and_in_bodies() -> None:
    one, two, three = token_of(1), token_of(2), token_of(3)
    text = (
        f"Para: SOPORTE+R.{one.upper()}@Sede.example, SRS0=h=tt=sede.example=soporte+b.{two}@otra.example\n"
        f"> <div style='display:none'>{hidden_mark(three)}</div> {hidden_mark(one)} soporte%2Br.{two}%40sede.example"
    )

    assert tokens_in(text) == (one, two, three)
    assert tokens_in(f"xref:{one} ref:{one}a ref:{one[:-1]} +x.{one} {one}") == ()
