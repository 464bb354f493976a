"""The living catalogue of components: each in all its states, drawn by the same macros as the pages."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, View, public_page, staff_page
from mostrador.accounts.choices import Role
from mostrador.portal.forms import SpecimenForm
from mostrador.shared import formats
from mostrador.shared.charts import Point, line_chart
from mostrador.shared.pages import jinja, page_context, respond

FOLDER = "portal/administrator/specimens"
# The order of the page; a test finds files that are missing here.
SPECIMENS = (
    ("foundations", ("colours", "type", "space")),
    ("page", ("header", "page_heading", "breadcrumbs", "steps", "tabs", "search_box", "topic_list", "footer")),
    ("actions", ("button", "link")),
    ("forms", ("text_fields", "dates", "choices", "select", "pick_many", "files", "form_with_errors", "fieldset")),
    ("writing", ("rich_text",)),
    ("words", ("notice", "badge", "details", "prose", "columns", "difference", "empty_state", "toast")),
    ("facts", ("table", "table_empty", "pagination", "description_list", "stat", "measure", "progress", "skeleton")),
    ("people", ("avatar", "message", "timeline")),
    ("floating", ("dialog", "shortcuts")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Specimen:
    """One component drawn, and the text that draws it."""

    name: str
    source: str
    drawn: str


def _for_administrators(view: View) -> View:
    """Everybody may look while developing; in production, administrators."""
    return public_page(view) if settings.DEBUG else staff_page(Role.ADMINISTRATOR)(view)


@require_GET
@_for_administrators
def catalogue(request: StaffRequest) -> HttpResponse:
    """Show the components at the scale of citizens or of staff, in each colour scheme.

    `sala` is "personal" or anything else (citizens), `tema` "claro" or "oscuro", `contraste` "alto"; without them the
    reader's own settings hold.
    """
    room = "staff" if request.GET.get("sala") == "personal" else "citizen"
    groups = [(_titles()[key], key, [_specimen(request, name) for name in names]) for key, names in SPECIMENS]
    page = {
        "groups": groups,
        "room": room,
        "theme": {"claro": "light", "oscuro": "dark"}.get(request.GET.get("tema", "")),
        "contrast": "more" if request.GET.get("contraste") == "alto" else None,
    }
    return respond(request, "portal/administrator/catalogue.html", page)


def _specimen(request: StaffRequest, name: str) -> Specimen:
    template = f"{FOLDER}/{name}.html"
    source, _path, _current = jinja().loader.get_source(jinja(), template)  # type: ignore[union-attr]  # set by Django
    context = page_context(request) | {
        "empty": SpecimenForm(auto_id=f"{name}_%s"),
        "wrong": _wrong_form(name),
        "now": timezone.now(),
        "line": _line(),
    }
    return Specimen(name=name, source=source.strip(), drawn=jinja().get_template(template).render(context))


def _wrong_form(name: str) -> forms.Form:
    form = SpecimenForm({"email": "maria.ejemplo", "what": "No aparece mi certificado"}, auto_id=f"{name}_%s")
    form.is_valid()
    return form


def _line() -> dict[str, Any]:
    minutes = {_("lunes"): 84.0, _("martes"): 61.0, _("miércoles"): None, _("jueves"): 72.0}
    title = _("Primera respuesta por día")
    chart = line_chart(
        [Point(day, value) for day, value in minutes.items()],
        title=title,
        description=_("El martes fue el día más rápido; del miércoles no hay datos."),
        written=formats.minutes,
    )
    rows = [(day, formats.minutes(value)) for day, value in minutes.items() if value is not None]
    return {"title": title, "chart": chart, "rows": rows}


def _titles() -> dict[str, str]:
    return {
        "foundations": _("Fundamentos"),
        "page": _("Página"),
        "actions": _("Acciones"),
        "forms": _("Formularios"),
        "writing": _("Textos con formato"),
        "words": _("Avisos y textos"),
        "facts": _("Datos"),
        "people": _("Personas y conversaciones"),
        "floating": _("Lo que flota"),
    }
