"""Keys of rows that come back from browsers."""

import pytest

from mostrador.shared.keys import row_key


@pytest.mark.parametrize(
    ("text", "key"),
    [("7", 7), ("", None), (None, None), ("-7", None), ("7 ", None), ("²", None), ("٣", None), ("9" * 19, None)],
)
def test_a_key_is_a_number_that_a_column_holds(text: str | None, key: int | None) -> None:
    assert row_key(text) == key
