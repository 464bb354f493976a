"""Which articles were read and did not help: people asked all the same."""

import csv

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.metrics import queries
from mostrador.metrics.forms import USUAL_DAYS, MeasuresForm
from mostrador.shared.pages import respond


@require_GET
@staff_page()
def deflection(request: StaffRequest) -> HttpResponse:
    """Show the articles of a period after which most people asked, and the latest that they asked."""
    form = _form(request)
    period = form.chosen_period()
    organisations = queries.scope_of(request.access, request.organisation)
    page = {
        "form": form,
        "period": period,
        "rows": queries.deflection_rows(request.access, organisations, period),
        "most": queries.MOST_ARTICLES,
        "csv_query": request.GET.urlencode(),
    }
    return respond(request, "metrics/staff/deflection.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page()
def deflection_csv(request: StaffRequest) -> HttpResponse:
    """Return the same figures, to be put into a spreadsheet (UTF-8, semicolons); nothing of what people wrote."""
    form = _form(request)
    if form.errors:  # the page says what is wrong; other figures than those asked for would be taken for them
        return redirect(f"{reverse('metrics:deflection')}?{request.GET.urlencode()}")
    period = form.chosen_period()
    organisations = queries.scope_of(request.access, request.organisation)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="articulos-{period.first}-{period.last}.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(("articulo", "titulo", "lecturas", "consultas", "consultas_por_100_lecturas"))
    for row in queries.deflection_rows(request.access, organisations, period):
        rate = "" if row.rate is None else f"{row.rate:.1f}".replace(".", ",")
        writer.writerow((row.slug, _plain_cell(row.title), row.readings, row.tickets, rate))
    return response


def _form(request: StaffRequest) -> MeasuresForm:
    return MeasuresForm([], request.GET or None, initial={"period": str(USUAL_DAYS)})


def _plain_cell(text: str) -> str:
    """Return a text that spreadsheets do not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
