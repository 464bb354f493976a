"""An organisation's colour, corrected until everybody can read it: pure functions, no tables.

Colours are hexadecimal ("#1f4f8f"). Contrast is WCAG 2.2's ratio, from 1 to 21. Lightness is changed in OKLCH, which
keeps the hue that the organisation chose; chroma gives way only where the screen cannot show it.

Source: WCAG 2.2, success criteria 1.4.3 and 1.4.6; Ottosson, "A perceptual color space for image processing" (2020).
"""

import math
import re
from dataclasses import dataclass
from typing import Self

DEFAULT_ACCENT = "#1f4f8f"
# What text stands on in each scheme: the grounds of tokens.css (a test compares them).
GROUNDS = {
    "light": ("#ffffff", "#f5f7f9"),
    "dark": ("#0e1217", "#181b21", "#1e2228"),
    "light-more": ("#ffffff",),
    "dark-more": ("#000000",),
}
# Ratio of the accent to its grounds: staff's pages, and citizens' pages, where all text has at least 7.
STAFF_RATIO = 4.5
CITIZEN_RATIO = 7.0
MORE_RATIO = 9.0


class NotAColourError(ValueError):
    """The text is not a hexadecimal colour."""


@dataclass(frozen=True, slots=True)
class Oklch:
    """A colour by lightness (0–1), chroma (0–0.4) and hue (degrees)."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def of(cls, colour: str) -> Self:
        """Return the coordinates of a hexadecimal colour."""
        red, green, blue = (_linear(channel) for channel in _channels(colour))
        long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
        a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
        b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
        return cls(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)

    def hexadecimal(self) -> str:
        """Return the nearest colour that a screen can show, giving up chroma first."""
        chroma = self.chroma
        while chroma > 0.001 and not _is_shown(rgb := _rgb(self.lightness, chroma, self.hue)):
            chroma *= 0.97
        if chroma <= 0.001:
            rgb = _rgb(self.lightness, 0, 0)
        return "#" + "".join(f"{round(_gamma(min(1.0, max(0.0, channel))) * 255):02x}" for channel in rgb)


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour for fills, lines and links, and the ink to write on it."""

    colour: str
    ink: str


def parse_hex(text: str) -> str:
    """Return "#rrggbb" in lower case from "#RGB", "RRGGBB"…

    Raises:
        NotAColourError: The text is something else.
    """
    match = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", text.strip().lower())
    if match is None:
        raise NotAColourError(text)
    digits = match[1]
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def contrast(one: str, other: str) -> float:
    """Return the ratio between two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def corrected(accent: str, grounds: tuple[str, ...], ratio: float) -> str:
    """Return the colour nearest to `accent` that reaches `ratio` on every ground: darker on light, lighter on dark."""
    accent = parse_hex(accent)
    step, end = (-0.004, 0.0) if _luminance(grounds[0]) > 0.18 else (0.004, 1.0)
    chosen = Oklch.of(accent)
    colour, lightness = accent, chosen.lightness
    while min(contrast(colour, ground) for ground in grounds) < ratio and lightness != end:
        lightness = min(1.0, max(0.0, lightness + step))
        colour = Oklch(lightness, chosen.chroma, chosen.hue).hexadecimal()
    return colour


def accents(accent: str) -> dict[str, Accent]:
    """Return the accent for each scheme and room: keys "light", "dark", and with "strong-" in front for citizens."""
    made = {}
    for scheme, grounds in GROUNDS.items():
        for room, ratio in (("", STAFF_RATIO), ("strong-", CITIZEN_RATIO)):
            wanted = max(ratio, MORE_RATIO) if scheme.endswith("-more") else ratio
            colour = corrected(accent, grounds, wanted)
            made[room + scheme] = Accent(colour, grounds[0])  # on the accent one writes in the colour of the ground
    return made


def theme_properties(accent: str) -> dict[str, str]:
    """Return the custom properties that an organisation's stylesheet sets on `:root`; tokens.css picks by scheme."""
    properties = {}
    for key, made in accents(accent).items():
        name = f"--theme-{key}" if key.startswith("strong-") else f"--theme-accent-{key}"
        properties[name] = made.colour
        properties[f"{name}-ink"] = made.ink
    return properties


def theme_stylesheet(accent: str, *, system_typeface: bool = False) -> str:
    """Return the whole stylesheet of an organisation: its corrected colours and, if chosen, the system's typeface."""
    properties = theme_properties(accent)
    if system_typeface:
        properties["--theme-font"] = "system-ui"
    lines = "".join(f"  {name}: {value};\n" for name, value in properties.items())
    return f":root {{\n{lines}}}\n"


def _channels(colour: str) -> tuple[float, float, float]:
    digits = parse_hex(colour)[1:]
    red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _is_shown(rgb: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in rgb)
