"""Colours that everybody can read: an organisation's accent, and the tokens themselves."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.shared.colours import (
    CITIZEN_RATIO,
    GROUNDS,
    MORE_RATIO,
    STAFF_RATIO,
    NotAColourError,
    Oklch,
    accents,
    contrast,
    corrected,
    parse_hex,
    theme_properties,
    theme_stylesheet,
)

TOKENS = (Path(__file__).resolve().parents[2] / "mostrador/shared/static/shared/tokens.css").read_text()
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
SCHEMES = {
    "light": ":root",
    "dark": ':root[data-theme="dark"]',
    "light-more": ':root[data-contrast="more"]',
    "dark-more": ':root[data-theme="dark"][data-contrast="more"]',
}


@pytest.mark.parametrize(("typed", "kept"), [("#1F4F8F", "#1f4f8f"), ("abc", "#aabbcc"), (" #fff ", "#ffffff")])
def test_a_colour_is_read_however_it_is_written(typed: str, kept: str) -> None:
    assert parse_hex(typed) == kept


@pytest.mark.parametrize("typed", ["", "#12", "rojo", "#12345g", "#1234567"])
def test_what_is_not_a_colour_is_refused(typed: str) -> None:
    with pytest.raises(NotAColourError):
        parse_hex(typed)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#767676", "#ffffff", 4.54), ("#777", "#777", 1.0)]
)
def test_contrast_is_the_ratio_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


@given(COLOURS)
def test_any_colour_survives_the_way_to_oklch_and_back(colour: str) -> None:
    assert Oklch.of(colour).hexadecimal() == colour


@given(COLOURS)
def test_any_accent_becomes_readable_in_every_scheme_and_room(colour: str) -> None:
    made = accents(colour)

    for scheme, grounds in GROUNDS.items():
        more = MORE_RATIO if scheme.endswith("-more") else 0
        for key, ratio in ((scheme, STAFF_RATIO), (f"strong-{scheme}", CITIZEN_RATIO)):
            accent = made[key]
            assert min(contrast(accent.colour, ground) for ground in grounds) >= max(ratio, more)
            assert contrast(accent.colour, accent.ink) >= max(ratio, more)


def test_a_readable_accent_is_left_as_it_was_chosen() -> None:
    assert corrected("#1f4f8f", GROUNDS["light"], CITIZEN_RATIO) == "#1f4f8f"


@pytest.mark.parametrize("colour", ["#e30613", "#ffcc00", "#00a859", "#7b2d8e", "#0098d8"])
def test_a_corrected_accent_keeps_its_hue(colour: str) -> None:
    before = Oklch.of(colour).hue

    for accent in accents(colour).values():
        after = Oklch.of(accent.colour).hue
        assert min(abs(after - before), 360 - abs(after - before)) < 4


def test_the_stylesheet_of_an_organisation_sets_what_the_tokens_ask_for() -> None:
    asked = set(re.findall(r"var\((--theme-(?!font)[\w-]+)", TOKENS))

    assert asked <= theme_properties("#e30613").keys()
    assert theme_stylesheet("#E30613", system_typeface=True).startswith(
        ":root {\n  --theme-accent-light: #e30613;\n  --theme-accent-light-ink: #ffffff;\n"
    )
    assert "  --theme-font: system-ui;\n}\n" in theme_stylesheet("#e30613", system_typeface=True)
    assert "--theme-font" not in theme_stylesheet("#e30613")


def test_the_grounds_of_the_correction_are_those_of_the_tokens() -> None:
    for scheme, grounds in GROUNDS.items():
        tokens = _colours(scheme)
        assert set(grounds) == {tokens[name] for name in ("ground", "ground-soft", "ground-float")}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_is_readable_on_every_ground(scheme: str) -> None:
    tokens = _colours(scheme)
    meanings = ("info", "good", "warning", "bad")
    pairs = [
        (ink, ground) for ink in ("ink", "ink-soft", *meanings) for ground in ("ground", "ground-soft", "ground-float")
    ]
    pairs += [(meaning, f"{meaning}-soft") for meaning in meanings] + [
        ("ink", f"{meaning}-soft") for meaning in meanings
    ]
    pairs += [("accent-strong", "ground"), ("accent-strong", "ground-soft"), ("accent-strong-ink", "accent-strong")]

    assert [pair for pair in pairs if contrast(tokens[pair[0]], tokens[pair[1]]) < 7] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_edges_of_fields_can_be_seen(scheme: str) -> None:
    tokens = _colours(scheme)

    assert contrast(tokens["line-strong"], tokens["ground"]) >= 3
    assert contrast(tokens["accent-staff"], tokens["ground-soft"]) >= 4.5


def test_a_scheme_chosen_by_hand_is_the_one_that_the_system_would_choose() -> None:
    chosen = _blocks()

    assert chosen[':root:not([data-theme="light"])'] == chosen[SCHEMES["dark"]]
    first, second = (body for selector, body in _all_blocks() if selector == _BY_SYSTEM)
    assert (first, second) == (chosen[SCHEMES["light-more"]], chosen[SCHEMES["dark-more"]])


_BY_SYSTEM = ':root:not([data-contrast="normal"], [data-theme])'


def _all_blocks() -> list[tuple[str, dict[str, str]]]:
    found = re.findall(r"^ *([:.][^{@\n]+) \{\n([^{}]*)\}", TOKENS, re.MULTILINE)
    return [(selector, dict(re.findall(r"([\w-]+): ([^;]+);", body))) for selector, body in found]


def _blocks() -> dict[str, dict[str, str]]:
    blocks: dict[str, dict[str, str]] = {}
    for selector, body in _all_blocks():
        blocks.setdefault(selector, body)
    return blocks


def _colours(scheme: str) -> dict[str, str]:
    """Every colour of a scheme as a hexadecimal; without an organisation's theme."""
    blocks = _blocks()
    base = blocks[SCHEMES["light"]]
    if scheme.startswith("dark"):
        base = base | blocks[SCHEMES["dark"]]
    values = base | blocks[SCHEMES[scheme]]
    colours = {}
    for name, value in values.items():
        if match := re.search(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", value):
            lightness, chroma, hue = (float(number) for number in match.groups())
            colours[name.removeprefix("--")] = Oklch(lightness, chroma, hue).hexadecimal()
    return colours
