"""The catalogue of components: complete, for administrators, accessible, and looking as it was approved."""

import base64
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from mostrador.accounts.choices import Role
from mostrador.organisations.models import Organisation
from mostrador.portal.views.catalogue import FOLDER, SPECIMENS
from mostrador.shared.pages import jinja
from tests import make
from tests.journeys.faults import RULES
from tests.shared.browser import Drawn, opened

ADDRESS = "/sistema-de-diseno/"
CITIZEN, STAFF = f"{ADDRESS}?sala=publico", f"{ADDRESS}?sala=personal"
VARIANTS = [f"{CITIZEN}&tema=claro", f"{CITIZEN}&tema=oscuro", f"{STAFF}&tema=claro", f"{STAFF}&tema=oscuro"]
CONTRAST = [f"{CITIZEN}&tema=claro&contraste=alto", f"{CITIZEN}&tema=oscuro&contraste=alto"]
APPROVED = Path(__file__).with_name("design_approved.json")
NAMES = [name for _group, names in SPECIMENS for name in names]
# Drawn outside of the catalogue: whole pages, the catalogue's own frame, and parts of what is shown.
NOT_SHOWN = {
    *("skip_link", "staff_navigation", "staff_account", "footer", "page_heading", "section", "toasts", "specimen"),
    *("palette", "palette_groups", "keys_help", "page_dialog"),
    *("post_button", "removal", "retired"),  # put together of others that are shown
}


@pytest.fixture
def drawn(db: None, client: Client) -> Drawn:
    """The catalogue in every variant, as an administrator gets it, at a fixed moment.

    The body's name is always the same: one that counts the bodies made so far would be drawn wider in a later test.
    """
    organisation = make.organisation(host="testserver", name="Ayuntamiento 7")
    with time_machine.travel(datetime(2026, 11, 23, 16, 40, tzinfo=UTC), tick=False):
        client.force_login(make.user(organisation, Role.ADMINISTRATOR))
        answers = {address: client.get(address) for address in [*VARIANTS, *CONTRAST]}
    assert {answer.status_code for answer in answers.values()} == {200}
    return Drawn({address: (answer.content, dict(answer.items())) for address, answer in answers.items()})


def test_every_component_has_a_specimen() -> None:
    templates = jinja().list_templates(filter_func=lambda path: path.startswith(FOLDER))
    sources = "".join(jinja().loader.get_source(jinja(), name)[0] for name in templates)  # type: ignore[union-attr]
    components = vars(jinja().globals["ui"]).keys() - NOT_SHOWN

    assert sorted(Path(name).stem for name in templates) == sorted(NAMES)
    assert sorted(name for name in components if f"ui.{name}(" not in sources) == ["cell", "error_summary", "file_list"]


def test_only_administrators_may_look_in_production(organisation: Organisation, client: Client) -> None:
    anonymous = client.get(ADDRESS)
    client.force_login(make.user(organisation, Role.AGENT))
    agent = client.get(ADDRESS)
    client.force_login(make.user(make.organisation(), Role.ADMINISTRATOR))
    stranger = client.get(ADDRESS)

    assert (anonymous.status_code, agent.status_code, stranger.status_code) == (302, 403, 404)


@pytest.mark.browser
def test_the_catalogue_is_accessible_in_every_scheme(drawn: Drawn) -> None:
    found = []

    with opened(drawn) as page:
        for address in [*VARIANTS, *CONTRAST]:
            page.goto(address)
            result = Axe().run(page, options=RULES)
            found += [
                (address, violation["id"], node["html"])
                for violation in result.response["violations"]
                for node in violation["nodes"]
            ]

        twice = page.evaluate(
            """() => [...document.querySelectorAll("[id]")].map((element) => element.id)
              .filter((id, position, ids) => ids.indexOf(id) !== position)"""
        )

    assert found == []
    assert twice == []
    assert drawn.complaints == []  # the Content-Security-Policy refuses nothing, and every file is there


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 768])  # 320 is a window of 1280 at 400 %
def test_nothing_needs_scrolling_sideways(drawn: Drawn, width: int) -> None:
    with opened(drawn, width=width) as page:
        for address in (VARIANTS[0], VARIANTS[2]):
            page.goto(address)

            wide = page.evaluate(
                """() => [...document.querySelectorAll("body *")]
                  .filter((element) => !element.closest("pre, .table-frame, .unseen, .skip-link, thead, dialog"))
                  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
                  .map((element) => element.outerHTML.slice(0, 90))"""
            )

            assert wide == []
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
@pytest.mark.parametrize(("address", "least"), [(VARIANTS[0], 44), (VARIANTS[2], 28)])
def test_targets_are_large_enough(drawn: Drawn, address: str, least: int) -> None:
    with opened(drawn, width=360) as page:
        page.goto(address)

        small = page.evaluate(
            """(least) => [...document.querySelectorAll(
                ".specimen-drawn :is(button, .button, .control, .choice, summary, .back-link, .language-menu a," +
                " .tabs a, .footer-links a, .pagination a)")]
              .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect().height])
              .filter(([, height]) => height > 0 && height < least)""",
            least,
        )

    assert small == []


@pytest.mark.browser
def test_the_focus_can_always_be_seen(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto(VARIANTS[0])
        hidden = set()

        for _step in range(60):
            page.keyboard.press("Tab")
            outline = page.evaluate(
                """() => {
                  const element = document.activeElement;
                  const { outlineStyle, outlineWidth } = getComputedStyle(element);
                  return [outlineStyle, parseFloat(outlineWidth), element.outerHTML.slice(0, 80)];
                }"""
            )
            if not outline[2].startswith("<body") and outline[:2] != ["solid", 3]:
                hidden.add(outline[2])

    assert hidden == set()


@pytest.mark.browser
def test_components_look_as_approved(drawn: Drawn, tmp_path: Path) -> None:
    """Each specimen's size and coarse pictures of it are compared with the approved ones.

    Coarse enough for another machine's antialiasing, fine enough for a lost border, colour or line. When a change is
    meant, look at the pictures and approve them: `APPROVE_DESIGN=1 pytest tests/shared/test_design_catalogue.py`.
    """
    seen = _seen(drawn, tmp_path)

    if os.environ.get("APPROVE_DESIGN"):
        APPROVED.write_text(json.dumps(seen, indent=0, sort_keys=True) + "\n")
    approved = json.loads(APPROVED.read_text())
    changed = [key for key in sorted(seen.keys() | approved.keys()) if _differs(seen.get(key), approved.get(key))]
    assert changed == [], f"pictures of what was seen are in {tmp_path}"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("button", ".button-primary { background: none !important; color: inherit !important }"),
        ("text_fields", ".control { border-color: transparent !important }"),
        ("notice", ".notice { border-inline-start-color: transparent !important }"),
        ("choices", ".choice { display: block !important }"),
        ("table", ".table { font-size: 2rem !important }"),
    ],
)
def test_the_comparison_notices_a_broken_component(drawn: Drawn, tmp_path: Path, name: str, fault: str) -> None:
    approved = json.loads(APPROVED.read_text())

    seen = _seen(drawn, tmp_path, fault=fault, windows=_WINDOWS[1:], names=[name])

    assert [key for key, picture in seen.items() if _differs(picture, approved[key])] == list(seen)


_WINDOWS = [("publico-claro-1280", VARIANTS[0], 1280), ("personal-oscuro-360", VARIANTS[3], 360)]
# Drawn by the browser in its own way, which changes with its version.
_THE_BROWSERS_OWN = {"dates", "files"}


def _seen(
    drawn: Drawn,
    folder: Path,
    *,
    fault: str = "",
    windows: Sequence[tuple[str, str, int]] = _WINDOWS,
    names: Sequence[str] = NAMES,
) -> dict[str, Any]:
    pictures = {}
    for window, address, width in windows:
        body, headers = drawn.pages[address]
        free = {name: value for name, value in headers.items() if name != "Content-Security-Policy"}
        with opened(Drawn(drawn.pages | {address: (body, free)}), width=width) as page:
            page.goto(address)
            page.evaluate("document.fonts.ready")
            if fault:
                page.add_style_tag(content=fault)
            for name in names:
                if name not in _THE_BROWSERS_OWN:
                    pictures[f"{window}/{name}"] = _picture(page, name, folder / f"{window}-{name}.png")
    return pictures


def _picture(page: Page, name: str, file: Path) -> dict[str, Any]:
    content = page.locator(f'[data-specimen="{name}"]').screenshot(path=file, animations="disabled")
    return page.evaluate(_COARSE, base64.b64encode(content).decode())  # type: ignore[no-any-return]


# Two coarse pictures of one: the mean colour of 12 × 6 cells (16 levels of red, green, blue), and for cells of 32 × 16
# pixels how far the strongest pixel stands out from the ground (8 levels), which is how thin lines are seen.
_COARSE = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
  const edges = (count, size) => Array.from({ length: count + 1 }, (_, index) => Math.floor((index * size) / count));
  const cells = (columns, rows, measure) => {
    const [across, down] = [edges(columns, image.width), edges(rows, image.height)];
    return down.slice(1).map((bottom, row) => across.slice(1).map((right, column) =>
      measure(across[column], down[row], right, bottom)).join(""));
  };
  const each = (left, top, right, bottom, see) => {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) see((y * image.width + x) * 4);
  };
  const mean = (...box) => {
    const sum = [0, 0, 0, 0];
    each(...box, (at) => { for (let part = 0; part < 3; part++) sum[part] += pixels[at + part]; sum[3]++; });
    return sum.slice(0, 3).map((part) => Math.round(part / Math.max(1, sum[3]) / 17).toString(16)).join("");
  };
  const strongest = (...box) => {
    let most = 0;
    each(...box, (at) => {
      for (let part = 0; part < 3; part++) most = Math.max(most, Math.abs(pixels[at + part] - pixels[part]));
    });
    return Math.floor(most / 32);
  };
  return {
    width: image.width, height: image.height,
    colours: cells(12, 6, mean),
    lines: cells(Math.ceil(image.width / 32), Math.ceil(image.height / 16), strongest),
  };
}"""


def _differs(seen: dict[str, Any] | None, approved: dict[str, Any] | None) -> bool:
    """Tell whether two pictures differ by more than another machine's way of drawing letters."""
    if seen is None or approved is None:
        return True
    if abs(seen["width"] - approved["width"]) > 2 or abs(seen["height"] - approved["height"]) > 4:
        return True
    pairs = zip("".join(seen["colours"]), "".join(approved["colours"]), strict=True)
    if sum(abs(int(one, 16) - int(other, 16)) > 1 for one, other in pairs) > 4:
        return True
    lost = _unmatched(approved["lines"], seen["lines"]) + _unmatched(seen["lines"], approved["lines"])
    return lost > max(3, sum(map(len, approved["lines"])) // 100)


def _unmatched(ours: list[str], theirs: list[str]) -> int:
    """Count cells of ours that resemble none of the nine of theirs around the same place."""
    return sum(
        all(
            abs(int(cell) - int(other)) > 1
            for line in theirs[max(0, y - 1) : y + 2]
            for other in line[max(0, x - 1) : x + 2]
        )
        for y, row in enumerate(ours)
        for x, cell in enumerate(row)
    )


@pytest.mark.browser
def test_without_scripts_everything_is_there(drawn: Drawn) -> None:
    with opened(drawn, scripts=False) as page:
        page.goto(VARIANTS[0])

        assert page.locator("#search select").count() == 0
        assert page.locator("[data-specimen=select] select").count() == 2
        assert (
            page.locator("[data-specimen=text_fields] .limit").inner_text() == "Puede escribir hasta 2.000 caracteres."
        )
        assert not page.locator("[data-opens]").first.is_visible()  # a button that could do nothing is not shown
