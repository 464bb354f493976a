"""The four measures, each with its definition, its line over time and its table."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.metrics import queries
from mostrador.metrics.forms import USUAL_DAYS, MeasuresForm
from mostrador.metrics.rules import Period, Sums, percentile
from mostrador.organisations.models import Team
from mostrador.shared import formats
from mostrador.shared.charts import Point, line_chart, nice_minutes
from mostrador.shared.figures import wilson_interval
from mostrador.shared.pages import respond
from mostrador.tickets.choices import Channel


@dataclass(frozen=True)
class Asked:
    """What the page is about."""

    form: MeasuresForm
    period: Period
    team: Team | None
    organisations: list[Any]


@require_GET
@staff_page()
def measures(request: StaffRequest) -> HttpResponse:
    """Show the four measures of a period, beside those of the period before."""
    asked = _asked(request)
    days = queries.sums_by_day(asked.organisations, asked.period, team=asked.team)
    now = queries.merged(days.values())
    before = queries.merged(queries.sums_by_day(asked.organisations, asked.period.before, team=asked.team).values())
    waiting, how_many = queries.waiting_for_an_answer(asked.organisations, team=asked.team)
    page = {
        "form": asked.form,
        "period": asked.period,
        "now": now,
        "before": before,
        "times": _times(now, before),
        "wilson": wilson_interval(now.satisfied, now.answers),
        "lines": _lines(asked.period, days),
        "channels": _channels(days),
        "scores": [(score, now.scores[score]) for score in (5, 4, 3, 2, 1)],
        "use": queries.use_rows(asked.organisations, asked.period),
        "waiting": waiting,
        "how_many_wait": how_many,
        "csv_query": request.GET.urlencode(),
    }
    return respond(request, "metrics/staff/measures.html", page, status=422 if asked.form.errors else 200)


@require_GET
@staff_page()
def measures_csv(request: StaffRequest) -> HttpResponse:
    """Return the figures of each day and channel, to be checked or put into a spreadsheet (UTF-8, semicolons)."""
    asked = _asked(request)
    if asked.form.errors:  # the page says what is wrong; other figures than those asked for would be taken for them
        return redirect(f"{reverse('metrics:measures')}?{request.GET.urlencode()}")
    days = queries.sums_by_day(asked.organisations, asked.period, team=asked.team)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"medidas-{asked.period.first}-{asked.period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(_CSV_HEADS)
    for (on, channel), sums in sorted(days.items()):
        writer.writerow([on.isoformat(), channel, *_csv_values(sums)])
    return response


_CSV_HEADS = (
    *("dia", "canal", "recibidas", "respondidas", "sin_responder", "correo_no_deseado"),
    *("respuesta_media_min", "respuesta_mediana_min", "respuesta_p90_min"),
    *("respuesta_habil_media_min", "respuesta_habil_mediana_min", "respuesta_habil_p90_min"),
    *("resueltas", "resueltas_primer_contacto", "provisionales"),
    *("encuestas", "respuestas", "satisfechas", "puntos_1", "puntos_2", "puntos_3", "puntos_4", "puntos_5"),
    "unidas_a_otra",
)


def _csv_values(sums: Sums) -> list[Any]:
    times = [
        *(sums.elapsed_mean, percentile(sums.elapsed, 0.5), percentile(sums.elapsed, 0.9)),
        *(sums.working_mean, percentile(sums.working, 0.5), percentile(sums.working, 0.9)),
    ]
    return [
        *(sums.received, sums.responded, sums.unanswered, sums.spam),
        *("" if minutes is None else f"{minutes:.1f}".replace(".", ",") for minutes in times),
        *(sums.resolved, sums.resolved_at_first_contact, sums.provisional),
        *(sums.surveyed, sums.answers, sums.satisfied, *(sums.scores[score] for score in range(1, 6))),
        sums.joined,
    ]


def _asked(request: StaffRequest) -> Asked:
    organisations = queries.scope_of(request.access, request.organisation)
    form = MeasuresForm(queries.teams_of(organisations), request.GET or None, initial={"period": str(USUAL_DAYS)})
    return Asked(form, form.chosen_period(), form.chosen_team(), organisations)


def _times(now: Sums, before: Sums) -> list[tuple[str, str, str, str]]:
    """Return mean, median and 90th percentile: name, elapsed, working, working before."""
    rows: list[tuple[str, Callable[[Sums], float | None], Callable[[Sums], float | None]]] = [
        (_("Mediana"), lambda sums: percentile(sums.elapsed, 0.5), lambda sums: percentile(sums.working, 0.5)),
        (_("Media"), lambda sums: sums.elapsed_mean, lambda sums: sums.working_mean),
        (_("Percentil 90"), lambda sums: percentile(sums.elapsed, 0.9), lambda sums: percentile(sums.working, 0.9)),
    ]
    return [
        (name, _minutes(elapsed(now)), _minutes(working(now)), _minutes(working(before)))
        for name, elapsed, working in rows
    ]


def _lines(period: Period, days: dict[tuple[date, str], Sums]) -> dict[str, Any]:
    """Return, for each measure, its chart and the rows of the table behind."""
    parts = [
        (part, queries.merged(sums for (on, _), sums in days.items() if part.first <= on <= part.last))
        for part in period.points()
    ]
    return {
        "response": _line(
            parts,
            lambda sums: percentile(sums.working, 0.5),
            _("Mediana del tiempo de primera respuesta"),
            _minutes,
            top=nice_minutes,
        ),
        "first_contact": _line(
            parts, lambda sums: sums.first_contact_share, _("Resolución en el primer contacto"), _share, top=_all
        ),
        "satisfaction": _line(parts, lambda sums: sums.satisfaction, _("Satisfacción"), _share, top=_all),
    }


def _line(
    parts: list[tuple[Period, Sums]],
    value: Callable[[Sums], float | None],
    title: str,
    written: Callable[[float | None], str],
    top: Callable[[float], float],
) -> dict[str, Any]:
    points = [Point(formats.short_date(part.first), value(sums)) for part, sums in parts]
    rows = [(formats.exact_date(part.first), written(value(sums))) for part, sums in parts]
    known = [point.value for point in points if point.value is not None]
    if not known:
        return {"chart": None, "rows": [], "title": title}
    words = _("Entre %(low)s y %(high)s; lo último, %(last)s.") % {
        "low": written(min(known)),
        "high": written(max(known)),
        "last": written(known[-1]),
    }
    return {
        "chart": line_chart(points, title=title, description=words, written=written, top=top(max(known))),
        "rows": rows,
        "title": title,
    }


def _channels(days: dict[tuple[date, str], Sums]) -> list[tuple[str, Sums]]:
    names = dict(Channel.choices)
    channels = sorted({channel for _, channel in days})
    sums = [
        (channel, queries.merged(part for (_, name), part in days.items() if name == channel)) for channel in channels
    ]
    return [(str(names[channel]).capitalize(), part) for channel, part in sums if part.resolved or part.received]


def _all(highest: float) -> float:
    return 1


def _minutes(value: float | None) -> str:
    return formats.minutes(value) if value is not None else "—"


def _share(value: float | None) -> str:
    return formats.percent(value) if value is not None else "—"
