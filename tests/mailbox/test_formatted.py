"""A mail with its format is safe to look at: nothing runs, nothing is asked for, links say where they lead."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.mailbox.rules.formatted import LONGEST_PAGE, MOST_NOT_CLOSED, Formatted, formatted
from mostrador.mailbox.rules.mail import File

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
LOGO = File("logo.png", "image/png", PNG, content_id="logo@casa", is_inline=True)


def page(html: str, *files: File, shows_remote: bool = False) -> str:
    found = formatted(html, files, shows_remote=shows_remote)
    assert found is not None
    return found.html


def test_words_tables_and_plain_styles_stay() -> None:
    html = '<table width="300"><tbody><tr><td style="color:red;padding:3px">Plazo</td></tr></tbody></table><p>Hola</p>'

    assert page(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p{background:url(http://mal.example/x)}</style>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe src='http://mal.example/'></iframe>",
        "<object data='http://mal.example/'></object>",
        "<link rel=stylesheet href=http://mal.example/>",
        "<meta http-equiv=refresh content='0;url=http://mal.example/'>",
        "<base href=http://mal.example/>",
        "<form action=http://mal.example/><input name=clave></form>",
        "<video src=http://mal.example/ poster=http://mal.example/></video>",
        "<input type=image src=http://mal.example/>",
    ],
)
def test_what_runs_asks_or_loads_is_gone(html: str) -> None:
    assert "mal.example" not in page(html, shows_remote=True)
    assert "alert" not in page(html, shows_remote=True)


@pytest.mark.parametrize(
    "style",
    [
        "background:url(http://mal.example/x)",
        "background:u\\72l(http://mal.example/x)",
        "background-image:url(http://mal.example/x)",
        "border:1px solid url('http://mal.example/x')",
        "color:image-set('http://mal.example/x' 1x)",
        "position:fixed;behavior:url(http://mal.example/x)",
        "font-family:x;/*;*/background:/**/url(http://mal.example/x)",
    ],
)
def test_no_style_loads_anything(style: str) -> None:
    assert "mal.example" not in page(f'<p style="color:red;{style}">Hola</p>')


def test_a_style_without_loading_keeps_the_rest() -> None:
    assert page('<p style="color:red;background:url(x) #fff">Hola</p>') == '<p style="color:red">Hola</p>'


@pytest.mark.parametrize(
    "attributes",
    ['onclick="alert(1)"', 'background="http://mal.example/x"', 'class="x" id="y"', 'srcset="http://mal.example/x 2x"'],
)
def test_other_attributes_are_gone(attributes: str) -> None:
    assert page(f"<p {attributes}>Hola</p>") == "<p>Hola</p>"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " jAvascript:alert(1)", "data:text/html,x", "vbscript:x", "/x"]
)
def test_links_that_lead_nowhere_safe_lead_nowhere(address: str) -> None:
    assert "href" not in page(f'<a href="{address}">Pulse</a>')


def test_links_open_apart_tell_nothing_and_say_where_they_lead() -> None:
    assert page('<a href="https://mal.example/a?b=1&amp;c=2">Su banco</a>') == (
        '<a href="https://mal.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow" '
        'title="https://mal.example/a?b=1&amp;c=2" data-leads="mal.example">Su banco</a>'
    )


def test_a_link_that_shows_where_it_leads_does_not_say_it_twice() -> None:
    assert "data-leads" not in page('<a href="https://sede.example/x">https://sede.example/x</a>')
    assert "data-leads" not in page('<a href="mailto:ana@casa.example">ana@casa.example</a>')
    assert 'data-leads="mal.example"' in page('<a href="https://sede.example@mal.example/">sede.example</a>')


def test_pictures_of_the_mail_are_in_the_page_itself() -> None:
    found = formatted('<img src="cid:logo@casa" alt="Logo" width="20" onload="x">', [LOGO])

    code = base64.b64encode(PNG).decode()
    assert found == Formatted(f'<img src="data:image/png;base64,{code}" alt="Logo" width="20">', 0, shows_remote=False)


def test_a_file_that_is_no_picture_is_not_shown_as_one() -> None:
    drawing = File("x.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", content_id="x")

    assert page('<img src="cid:x" alt="Dibujo">', drawing) == '<span class="picture">Dibujo</span>'
    assert page('<img src="cid:otra" alt="Otra">') == '<span class="picture">Otra</span>'


def test_pictures_elsewhere_are_replaced_by_their_words_until_somebody_asks() -> None:
    counting = '<img src="http://mal.example/1" width=1>'
    html = f'<p>Hola<img src="https://mal.example/a.png" alt="Oferta &lt;b&gt;">{counting}</p>'

    blocked, shown = formatted(html), formatted(html, shows_remote=True)

    assert blocked == Formatted('<p>Hola<span class="picture">Oferta &lt;b&gt;</span></p>', 2, shows_remote=False)
    assert shown is not None
    assert (shown.remote, shown.html.count("mal.example")) == (2, 2)


def test_what_is_too_large_or_too_deep_is_left_to_its_text() -> None:
    assert formatted("a" * (LONGEST_PAGE + 1)) is None
    assert formatted("<div>" * (MOST_NOT_CLOSED + 1)) is None


@given(st.text(alphabet="<>/=\"'& aimgsrcpx:;()#ulhtdyeonk", max_size=300))
def test_nothing_breaks_it(html: str) -> None:
    clean = page(html)

    assert not re.search(r"<[a-z]+[^>]* on[a-z]+=", clean)
