"""What is made once per installation: the web font and the compiled catalogues."""

import gettext
import os
from pathlib import Path

from fontTools.ttLib import TTFont

from mostrador.config import prepare

WRITTEN = "áàâäéèêëíïóòôöúüñçÁÀÉÈÍÓÒÚÜÑÇ·ŀĿºª¿¡«»“”‘’—–…€×≤≥→←↑↓ÃãÕõ"


def test_the_font_has_every_letter_and_figures_of_one_width() -> None:
    list(prepare.prepare_fonts())

    for name in prepare.FACES:
        font = TTFont(prepare.FONTS / name)
        features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
        weights = next(axis for axis in font["fvar"].axes if axis.axisTag == "wght")
        assert [letter for letter in WRITTEN if ord(letter) not in font.getBestCmap()] == []
        assert {"tnum", "calt", "case"} <= features
        assert (weights.minValue, weights.maxValue) == (400, 700)
        assert (prepare.FONTS / name).stat().st_size < 70_000
    assert "SIL OPEN FONT LICENSE" in (prepare.FONTS / "OFL.txt").read_text().upper()


def test_nothing_is_made_again_when_nothing_changed() -> None:
    made = [*prepare.prepare_fonts(), *prepare.compile_catalogues()]

    again = [*prepare.prepare_fonts(), *prepare.compile_catalogues()]

    assert again == [], f"the first time: {made}"


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path) -> None:
    source = tmp_path / "ca/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text(_catalogue("Desar"))
    first = list(prepare.compile_catalogues(tmp_path))
    source.write_text(_catalogue("Desa"))
    later = source.with_suffix(".mo").stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))

    second = list(prepare.compile_catalogues(tmp_path))

    assert first == second == [source.with_suffix(".mo")]
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Guardar") == "Desa"


def _catalogue(translation: str) -> str:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    return f'{head}\nmsgid "Guardar"\nmsgstr "{translation}"\n'
