"""Django's forms drawn by the one macro: what a field says, what was wrong, what was typed."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.html  # type: ignore[import-untyped]  # ships no types
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from mostrador.portal.forms import SpecimenForm
from mostrador.shared.forms import FieldParts, MultipleFileField, Option, field_parts
from mostrador.shared.pages import jinja


@pytest.fixture(autouse=True)
def _spanish() -> Iterator[None]:
    with translation.override("es"):
        yield


class ContactForm(forms.Form):
    """Two fields, one hidden, and a rule about both."""

    email = forms.EmailField(label="Correo electrónico", required=False)
    phone = forms.CharField(label="Teléfono", required=False, help_text="Con prefijo.")
    what = forms.CharField(
        label="¿Qué ocurre?", widget=forms.Textarea, max_length=20, error_messages={"required": "Cuente qué ocurre."}
    )
    step = forms.CharField(widget=forms.HiddenInput, initial="2")

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("email") and not self.cleaned_data.get("phone"):
            raise ValidationError("Díganos al menos un modo de responderle.")
        return self.cleaned_data


def draw(source: str, **context: Any) -> lxml.html.HtmlElement:
    """Draw a piece of a template and parse it."""
    return lxml.html.fragment_fromstring(jinja().from_string(source).render(context), create_parent="div")


def find(element: lxml.html.HtmlElement, selector: str) -> list[lxml.html.HtmlElement]:
    """Return what a simple CSS selector chooses: tags, .class, #id, [name=value], descendants, commas."""
    chosen = [".//" + "//".join(map(_step, one.split())) for one in selector.split(",")]
    return [found for path in chosen for found in element.xpath(path)]


def _step(simple: str) -> str:
    tag = re.match(r"\w*", simple)
    tests = [f"[@id='{name}']" for name in re.findall(r"#([\w-]+)", simple)]
    tests += [f"[contains(concat(' ', @class, ' '), ' {name} ')]" for name in re.findall(r"\.([\w-]+)", simple)]
    tests += [f"[@{name}='{value}']" if value else f"[@{name}]" for name, value in _ATTRIBUTE.findall(simple)]
    return (tag[0] if tag and tag[0] else "*") + "".join(tests)


_ATTRIBUTE = re.compile(r"\[([\w-]+)=?([\w-]*)\]")


def texts(element: lxml.html.HtmlElement, selector: str) -> list[str]:
    """Return what the chosen elements say, spaces put right."""
    return [" ".join(found.text_content().split()) for found in find(element, selector)]


def test_every_kind_of_field_is_recognised() -> None:
    kinds = {name: field_parts(SpecimenForm()[name]).kind for name in SpecimenForm.base_fields}

    assert kinds == {
        "subject": "input",
        "what": "textarea",
        "email": "input",
        "phone": "input",
        "password": "input",
        "locked": "input",
        "on": "input",
        "at": "input",
        "moment": "input",
        "parts": "several",
        "way": "radios",
        "used": "checkboxes",
        "read": "checkbox",
        "procedure": "select",
        "search": "combobox",
        "several": "pick_many",
        "attachments": "file",
        "text": "textarea",
    }


def test_a_field_tells_all_that_the_macro_draws() -> None:
    form = ContactForm({"what": "No aparece mi certificado"})

    parts = field_parts(form["what"])

    error = "Asegúrese de que este valor tenga menos de 20 caracteres (tiene 25)."
    assert parts == FieldParts(
        kind="textarea",
        type="text",
        name="what",
        id="id_what",
        label="¿Qué ocurre?",
        hint="",
        errors=(error,),
        required=True,
        value="No aparece mi certificado",
        attrs={"cols": "40", "rows": "10"},
        groups=(),
        parts=(),
        limit=20,
        summary=f"¿Qué ocurre?: {error}",
    )


def test_the_first_choice_is_where_the_error_summary_leads() -> None:
    parts = field_parts(SpecimenForm({"way": "phone"})["way"])

    assert [(option.id, option.chosen) for option in parts.options] == [
        ("id_way", False),
        ("id_way-1", True),
        ("id_way-2", False),
    ]
    assert isinstance(parts.options[0], Option)


def test_a_general_error_names_its_field_in_the_summary_and_ours_does_not() -> None:
    form = ContactForm({"email": "maria.ejemplo", "what": ""})

    assert field_parts(form["email"]).summary == (
        "Correo electrónico: Introduzca una dirección de correo electrónico válida."
    )
    assert field_parts(form["what"]).summary == "Cuente qué ocurre."


def test_an_error_about_a_limit_names_its_field_unless_it_is_ours() -> None:
    class Limited(forms.Form):
        subject = forms.CharField(label="Asunto", max_length=5)
        other = forms.CharField(label="Otro", max_length=5, error_messages={"max_length": "Escriba menos."})

    form = Limited({"subject": "demasiado", "other": "demasiado"})

    assert field_parts(form["subject"]).summary.startswith("Asunto: Asegúrese de que este valor")
    assert field_parts(form["other"]).summary == "Escriba menos."


def test_the_summary_links_to_every_field_that_is_wrong() -> None:
    form = ContactForm({"email": "", "what": ""})

    drawn = draw('{{ ui.form(form, "/enviar", csrf=False) }}', form=form)

    summary = find(drawn, ".error-summary")[0]
    assert summary.get("role") == "alert"
    assert texts(summary, "h2") == ["Hay 3 datos que revisar"]
    assert texts(summary, "li") == [
        "Díganos al menos un modo de responderle.",
        "Cuente qué ocurre.",
        "Este campo es obligatorio.",
    ]
    assert [link.get("href") for link in find(summary, "a")] == ["#id_what"]
    assert find(drawn, "#id_what")[0].get("aria-describedby") == "id_what-limit id_what-error"
    assert find(drawn, "#id_what")[0].get("aria-invalid") == "true"


def test_a_form_without_errors_has_no_summary() -> None:
    drawn = draw('{{ ui.form(form, "/enviar", csrf=False) }}', form=ContactForm())

    assert find(drawn, ".error-summary, .field-bad, [aria-invalid]") == []


def test_what_is_optional_is_said_in_words() -> None:
    drawn = draw('{{ ui.form(form, csrf=False) }}{{ ui.field(form["what"], mark="required") }}', form=ContactForm())

    assert texts(drawn, ".label") == [
        "Correo electrónico (opcional)",
        "Teléfono (opcional)",
        "¿Qué ocurre?",
        "¿Qué ocurre? (obligatorio)",
    ]


def test_everything_typed_comes_back_and_nothing_of_it_is_markup() -> None:
    typed = '</textarea><script>alert("x")</script>\n\nfin'
    form = ContactForm({"email": '"><b>', "what": typed, "step": '"><i>'})

    drawn = draw('{{ ui.form(form, "/enviar", csrf=False) }}', form=form)

    assert find(drawn, "textarea")[0].text.strip("\n") == typed
    assert find(drawn, "[name=email]")[0].get("value") == '"><b>'
    assert find(drawn, "[name=step]")[0].get("value") == '"><i>'
    assert find(drawn, "script, b, i") == []


def test_passwords_never_come_back() -> None:
    drawn = draw('{{ ui.field(form["password"]) }}', form=SpecimenForm({"password": "muy secreta"}))

    assert find(drawn, "input")[0].get("value") is None


def test_text_too_long_is_counted_and_not_cut() -> None:
    drawn = draw('{{ ui.field(form["what"]) }}', form=ContactForm())

    assert find(drawn, "textarea")[0].get("maxlength") is None
    assert texts(drawn, ".limit") == ["Puede escribir hasta 20 caracteres."]


def test_part_of_a_form_is_drawn_with_its_hidden_fields_and_buttons() -> None:
    source = """{% call ui.form(form, "/paso", fields=("email",), keep=True, csrf=False) %}
      {{- ui.button("Seguir") }}{% endcall %}"""

    drawn = draw(source, form=ContactForm())

    form = find(drawn, "form")[0]
    assert [control.get("name") for control in find(form, "input, textarea")] == ["step", "email"]
    assert texts(form, "button") == ["Seguir"]
    assert (form.get("method"), form.get("action"), form.get("enctype")) == ("post", "/paso", None)
    assert form.get("data-keep") == "Lo que ha escrito no se ha enviado todavía."


def test_a_form_with_files_is_sent_as_parts_and_shows_the_kept_ones() -> None:
    source = """{{ ui.form(form, csrf=False, fields=()) }}{{ ui.field(form["attachments"], files=files) }}"""
    files = [{"id": 7, "name": "captura.png", "size_bytes": 482113}]

    drawn = draw(source, form=SpecimenForm(), files=files)

    assert find(drawn, "form")[0].get("enctype") == "multipart/form-data"
    assert texts(drawn, ".file-list li") == ["captura.png 482 kB Quitar captura.png"]
    button = find(drawn, ".file-list button")[0]
    assert (button.get("name"), button.get("value")) == ("remove_file", "7")


def test_htmx_swaps_the_form_it_is_told_to() -> None:
    drawn = draw('{{ ui.form(form, "/responder", swap="#conversation", csrf=False) }}', form=ContactForm())

    form = find(drawn, "form")[0]
    assert {name: form.get(name) for name in ("hx-post", "hx-target", "hx-swap")} == {
        "hx-post": "/responder",
        "hx-target": "#conversation",
        "hx-swap": "outerHTML",
    }


def test_several_files_are_cleaned_to_a_list() -> None:
    class Attach(forms.Form):
        letters = MultipleFileField(required=False)

    one, two = SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")

    chosen, nothing = Attach({}, MultiValueDict({"letters": [one, two]})), Attach({}, MultiValueDict())

    assert chosen.is_valid()
    assert nothing.is_valid()
    assert [file.name for file in chosen.cleaned_data["letters"]] == ["a.txt", "b.txt"]
    assert nothing.cleaned_data["letters"] == []


def test_choices_in_groups_keep_their_groups() -> None:
    class Choose(forms.Form):
        place = forms.ChoiceField(choices=[("", "Elija"), ("Norte", [("a", "Aldea")]), ("Sur", [("b", "Burgo")])])

    drawn = draw('{{ ui.field(form["place"]) }}', form=Choose({"place": "b"}))

    assert [group.get("label") for group in find(drawn, "optgroup")] == ["Norte", "Sur"]
    assert texts(drawn, "option[selected]") == ["Burgo"]
