"""What editors write becomes a page that is safe to show."""

import pytest

from mostrador.shared.markdown import render_markdown


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
        ("~~no~~ **sí**", "<p><s>no</s> <strong>sí</strong></p>\n"),
    ],
)
def test_only_what_is_harmless_remains(written: str, shown: str) -> None:
    assert render_markdown(written) == shown
