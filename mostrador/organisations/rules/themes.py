"""What becomes of an organisation's colour on its pages, as a verdict that a person can understand."""

from dataclasses import dataclass

from mostrador.organisations.choices import Typeface
from mostrador.shared.colours import GROUNDS, accents, contrast, parse_hex, theme_properties

_FONTS = {
    Typeface.SYSTEM: "system-ui",
    Typeface.SERIF: '"Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Noto Serif", serif',
}


@dataclass(frozen=True)
class Verdict:
    """How a colour fares as text on one ground.

    Attributes:
        scheme: "light" or "dark".
        for_citizens: On the pages of the public, where contrast must be greater.
        chosen: The colour as chosen.
        used: The colour that pages show: the same, or the nearest that can be read.
        reached: Ratio of the chosen colour to the ground where it is least (1 to 21).
        reached_now: The same for the colour used.
    """

    scheme: str
    for_citizens: bool
    chosen: str
    used: str
    reached: float
    reached_now: float

    @property
    def is_corrected(self) -> bool:
        """Tell whether pages show another colour than the one chosen."""
        return self.used != self.chosen


def stylesheet(accent: str, typeface: str) -> str:
    """Return an organisation's stylesheet: its colour in all its corrections and, unless it is ours, its typeface."""
    properties = theme_properties(accent)
    if typeface in _FONTS:
        properties["--theme-font"] = _FONTS[Typeface(typeface)]
    lines = "".join(f"  {name}: {value};\n" for name, value in properties.items())
    return f":root {{\n{lines}}}\n"


def verdicts(accent: str) -> list[Verdict]:
    """Return the four verdicts on a colour: the public's and the staff's pages, light and dark.

    Raises:
        NotAColourError: The text is something else.
    """
    chosen, made = parse_hex(accent), accents(accent)
    return [
        Verdict(
            scheme=scheme,
            for_citizens=for_citizens,
            chosen=chosen,
            used=(used := made[f"{'strong-' if for_citizens else ''}{scheme}"].colour),
            reached=_least(chosen, scheme),
            reached_now=_least(used, scheme),
        )
        for scheme in ("light", "dark")
        for for_citizens in (True, False)
    ]


def _least(colour: str, scheme: str) -> float:
    return min(contrast(colour, ground) for ground in GROUNDS[scheme])
