"""References that a person can read over the phone."""

import string

from hypothesis import given
from hypothesis import strategies as st

from mostrador.shared.references import ALPHABET, new_reference, normalise_reference


def test_a_reference_has_no_characters_that_look_alike() -> None:
    assert not set(ALPHABET) & set("01258BILOSUVZ")
    assert set(ALPHABET) <= set(string.ascii_uppercase + string.digits)


def test_a_reference_is_recognised_however_it_is_typed() -> None:
    reference = new_reference()

    assert normalise_reference(reference) == reference
    assert normalise_reference(f"  {reference.lower().replace('-', ' ')} ") == reference
    assert normalise_reference(reference.replace("-", "")) == reference


@given(st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place: int, wrong: str) -> None:
    plain = new_reference().replace("-", "")

    changed = plain[:place] + wrong + plain[place + 1 :]

    assert (normalise_reference(changed) is None) == (wrong != plain[place])


@given(st.integers(0, 7), st.integers(0, 7))
def test_two_swapped_characters_are_noticed(first: int, second: int) -> None:
    characters = list(new_reference().replace("-", ""))
    different = characters[first] != characters[second]

    characters[first], characters[second] = characters[second], characters[first]

    assert (normalise_reference("".join(characters)) is None) == different


def test_what_cannot_be_a_reference_is_refused() -> None:
    assert [normalise_reference(text) for text in ("", "ABC", "7K3-M9C-A6", "ññññññññ7", "7" * 1000)] == [None] * 5
