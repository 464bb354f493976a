"""What an observed share says of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.shared.figures import wilson_interval


def test_the_interval_is_that_of_the_book() -> None:
    # By hand, of 6 in 8: centre (0.75 + 3.8415/16) / (1 + 3.8415/8), half 1.96/1.4802 · √(0.1875/8 + 3.8415/256).
    assert wilson_interval(6, 8) == pytest.approx((0.4093, 0.9285), abs=0.0001)
    assert wilson_interval(0, 0) is None


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(hits: int, more: int) -> None:
    low, high = wilson_interval(hits, hits + more) or (1, 0)

    assert 0 <= low <= hits / (hits + more) <= high <= 1
