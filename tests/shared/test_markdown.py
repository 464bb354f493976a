"""What editors write becomes a page that is safe to show."""

import time
from html.parser import HTMLParser

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from mostrador.shared.errors import ActionRefused
from mostrador.shared.markdown import LONGEST_TEXT, markdown_as_text, render_markdown, render_message, with_prefix

ALLOWED = {
    "a": {"href", "title", "rel"},
    "ol": {"start"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "details": {"class"},
    "p": {"class"},
    **{tag: {"align"} for tag in ("th", "td")},
    **{tag: {"id"} for tag in ("h2", "h3", "h4")},
    **{tag: set() for tag in ("ul", "li", "strong", "em", "s", "code", "pre", "blockquote", "br", "hr")},
    **{tag: set() for tag in ("table", "thead", "tbody", "tr", "kbd", "summary")},
}
PIECES = [
    *(
        "::: note",
        "::: details ",
        ":::",
        "# ",
        "- ",
        "1. ",
        "> ",
        "|",
        "|-|",
        "\n",
        "\n\n",
        "    ",
        "`",
        "```",
        "**",
        "~~",
    ),
    *(
        "[a](",
        "![a](",
        ")",
        "javascript:alert(1)",
        "JaVaScRiPt&colon;x",
        "data:text/html,x",
        "imagen:",
        "articulo:",
        "b",
    ),
    *(
        "<script>",
        "<img src=x onerror=y>",
        "<svg/onload=x>",
        '" onclick="x',
        "&#106;avascript:x",
        "//otra.example/",
        "\x00",
    ),
    *(
        "https://sede.example/?a=b&c",
        "vbscript:x",
        "<a href='javascript:x'>",
        "[b]: javascript:x",
        "{",
        "\u202e",
        "ñ",
        "ا",
    ),
]


class _Reader(HTMLParser):
    """Notes what a browser would not be allowed to see."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs or [("", None)]:
            known = tag in ALLOWED and (not name or name in ALLOWED[tag])
            own = (value or "").startswith(("/", "#", "?", ".")) or ":" not in (value or "")
            safe = own or (value or "").lower().startswith(("https:", "http:", "mailto:", "tel:"))
            if not known or (name in {"href", "src"} and not safe):
                self.wrong.append((tag, name, value))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("# Título\n\n##### Detalle", "<h2>Título</h2>\n<h4>Detalle</h4>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[pulse](javascript:alert(1))", "<p>[pulse](javascript:alert(1))</p>\n"),
        ("[pulse](https://sede.example)", '<p><a href="https://sede.example" rel="noopener">pulse</a></p>\n'),
        ("![El botón](/media/boton.png)", '<p><img src="/media/boton.png" alt="El botón"></p>\n'),
        ("![El botón](https://otra.example/b.png)", "<p>El botón</p>\n"),
        ("![El botón](//otra.example/b.png)", "<p>El botón</p>\n"),
        ("![El botón](data:image/png;base64,AAAA)", "<p>El botón</p>\n"),
        ("![El botón](imagen:../otra)", "<p>El botón</p>\n"),
        ("~~no~~ **sí**", "<p><s>no</s> <strong>sí</strong></p>\n"),
    ],
)
def test_only_what_is_harmless_remains(written: str, shown: str) -> None:
    assert render_markdown(written) == shown


def test_a_callout_says_in_words_what_it_is() -> None:
    shown = render_markdown("::: warning\nAntes de las 14:00.\n:::")
    titled = render_markdown("::: legal Plazo <b>\nDiez días.\n:::")

    assert shown == (
        '<div class="callout callout-warning" role="note">\n<p class="callout-title">Atención</p>\n'
        "<p>Antes de las 14:00.</p>\n</div>\n"
    )
    assert '<p class="callout-title">Qué dice la ley: Plazo &lt;b&gt;</p>' in titled


def test_a_part_that_opens_has_the_title_that_was_written() -> None:
    assert render_markdown("::: details En Linux\n- Abra la terminal.\n:::") == (
        '<details class="details">\n<summary>En Linux</summary>\n<div class="details-body">\n'
        "<ul>\n<li>Abra la terminal.</li>\n</ul>\n</div>\n</details>\n"
    )


def test_a_picture_of_the_article_has_its_address_and_its_size() -> None:
    known = render_markdown("![El botón](imagen:abc)", pictures={"abc": (640, 480)})
    unknown = render_markdown("![El botón](imagen:abc)")

    assert known == ('<p><img src="/ayuda/imagen/abc/" alt="El botón" loading="lazy" width="640" height="480"></p>\n')
    assert unknown == '<p><img src="/ayuda/imagen/abc/" alt="El botón" loading="lazy"></p>\n'


def test_a_link_to_an_article_leads_to_it_in_the_language_of_the_reader() -> None:
    html = render_markdown("[firme](articulo:firmar) y [esto](articulo:firmar#apartado-uno), no [eso](//otra.example/)")

    assert html == (
        '<p><a href="/ayuda/articulo/firmar/" rel="noopener">firme</a> y '
        '<a href="/ayuda/articulo/firmar/#apartado-uno" rel="noopener">esto</a>, '
        'no <a href="//otra.example/" rel="noopener">eso</a></p>\n'
    )
    assert with_prefix(html, "/") == html
    assert with_prefix(html, "/ca/") == str(html).replace('"/ayuda/', '"/ca/ayuda/')


def test_headings_can_be_linked_to_and_never_share_a_name() -> None:
    html = render_markdown("## Qué hacer\n\n## Qué hacer\n\n## Qué hacer 2\n\n### عربي", anchors="apartado")

    assert html == (
        '<h2 id="apartado-que-hacer">Qué hacer</h2>\n<h2 id="apartado-que-hacer-2">Qué hacer</h2>\n'
        '<h2 id="apartado-que-hacer-2-2">Qué hacer 2</h2>\n<h3 id="apartado">عربي</h3>\n'
    )


def test_a_table_can_be_moved_sideways_with_the_keyboard() -> None:
    assert render_markdown("| a | b |\n|---|--:|\n| 1 | 2 |") == (
        '<div class="prose-table" role="group" tabindex="0" aria-label="Tabla">\n<table>\n'
        '<thead>\n<tr>\n<th>a</th>\n<th align="right">b</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td>1</td>\n<td align="right">2</td>\n</tr>\n</tbody>\n</table>\n</div>\n'
    )


def test_the_language_of_the_text_does_not_stay_behind() -> None:
    with translation.override("ca"):
        render_markdown("::: note\nText\n:::", language="eu")

        assert translation.get_language() == "ca"


@pytest.mark.parametrize(
    "bomb",
    [
        "- " * 50_000,
        "\n".join("  " * depth + "- a" for depth in range(300)),
        ">" * 100_000,
        "[" * 100_000,
        "![" * 50_000,
        "[a](b" * 20_000,
        "*a " * 33_000,
        "# a\n" * 25_000,
        "::: note\n" * 11_000,
        "|a" * 16_000 + "|\n" + "|-" * 16_000 + "|\n" + "|\n" * 2_000,
        "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + ("|a" * 200 + "|\n") * 240,
        "[a]: b\n" * 14_000,
        "<a " * 33_000,
    ],
)
def test_a_text_made_to_take_long_does_not(bomb: str) -> None:
    begun = time.process_time()

    render_markdown(bomb[:LONGEST_TEXT], anchors="apartado")

    assert time.process_time() - begun < 8  # seconds of one slow core


def test_a_text_of_a_megabyte_is_refused_in_words() -> None:
    with pytest.raises(ActionRefused, match="demasiado largo"):
        render_markdown("palabra " * 125_000)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30))
def test_whatever_is_written_becomes_harmless(pieces: list[str]) -> None:
    reader = _Reader()

    reader.feed(render_markdown("".join(pieces), anchors="apartado", pictures={"b": (1, 1)}))

    assert reader.wrong == []


def test_markdown_reads_well_as_text() -> None:
    text = (
        "# T\n\nUno **dos**\ntres [cuatro](/a) <mailto:a@b.example>\n\n1. x\n   - y\n2. z\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nfin"
    )

    written = markdown_as_text(text, address="https://h{}".format)

    assert written == (
        "T\n\nUno dos\ntres cuatro (https://h/a) mailto:a@b.example\n\n1. x\n   - y\n2. z\n\na | b\n1 | 2\n\nfin"
    )


@pytest.mark.parametrize("text", ["uno\ndos\n\n<tres> & «cuatro»", "uno *dos*\ntres\n\n<script>x</script>"])
def test_a_message_keeps_its_line_ends_and_is_safe(text: str) -> None:
    html = render_message(text)

    assert "<br" in html
    assert "<script" not in html
    assert "<tres>" not in html
