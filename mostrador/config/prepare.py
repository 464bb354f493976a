"""Make what is made once per installation: the web font and the compiled catalogues of translations.

`python -m mostrador.config.prepare --quiet` is part of `make install`; it does nothing when nothing changed.
"""

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

PACKAGE = Path(__file__).resolve().parents[1]
FONTS = PACKAGE / "shared" / "static" / "fonts"
LOCALE = PACKAGE / "locale"

FACES = {"inter.woff2": "Inter[opsz,wght].ttf", "inter-italic.woff2": "Inter-Italic[opsz,wght].ttf"}
# Latin with every letter of es, ca, gl, eu, pt, fr and en, punctuation, currency, arrows and the signs we write.
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x2BC, 0x2C6, 0x2DA, 0x2DC),
    *range(0x2010, 0x2028),
    *(0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2113, 0x2122),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2215, 0x2248, 0x2260, 0x2264, 0x2265, 0x25CF, 0x2713),
)
# tnum: figures of one width; cv05, ss03: the letter shapes that base.css asks for; the rest is ordinary typesetting.
FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "calt", "liga", "tnum", "case", "frac", "cv05", "ss03")
# Part of the stamp: raise it when `_subset` changes what it makes.
RECIPE = "2"


def main(arguments: list[str]) -> int:
    """Prepare what is missing or out of date; say what was made unless `--quiet` is given."""
    made = [*prepare_fonts(), *compile_catalogues()]
    if "--quiet" not in arguments:
        print("\n".join(f"made {path.relative_to(PACKAGE)}" for path in made) or "nothing to do")
    return 0


def prepare_fonts() -> Iterator[Path]:
    """Subset the typeface to woff2; the stamp beside it says of what it was made."""
    stamp = FONTS / ".made-of"
    recipe = f"{version('fontpkg-inter')} {_digest(repr((CHARACTERS, FEATURES, FACES)).encode())} {RECIPE}"
    if stamp.exists() and stamp.read_text() == recipe and all((FONTS / name).exists() for name in FACES):
        return
    FONTS.mkdir(parents=True, exist_ok=True)
    for name, source in FACES.items():
        yield _subset(Path(str(files("fontpkg_inter") / "files" / source)), FONTS / name)
    licence = FONTS / "OFL.txt"
    licence.write_bytes(Path(str(files("fontpkg_inter") / "LICENSE")).read_bytes())
    stamp.write_text(recipe)


def compile_catalogues(locale: Path = LOCALE) -> Iterator[Path]:
    """Compile each `django.po` whose `django.mo` is missing or older."""
    for source in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parents[1].name)
        unfinished = target.with_suffix(".mo.new")  # a process that reads meanwhile sees the old one or the new one
        with unfinished.open("wb") as binary:
            write_mo(binary, catalogue)
        unfinished.replace(target)
        yield target


def _subset(source: Path, target: Path) -> Path:
    font = TTFont(source)
    options = Options()
    options.layout_features = list(FEATURES)
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": (400, 700)})
    font.flavor = "woff2"
    unfinished = target.with_suffix(".new")
    font.save(unfinished)
    unfinished.replace(target)
    return target


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
