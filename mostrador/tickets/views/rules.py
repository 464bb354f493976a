"""Rules of automation: listed, written, tried on past tickets, started, and what each has done."""

import csv
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import exact_date
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import rules as actions
from mostrador.tickets.actions.rule_runs import conditions_of, deeds_of
from mostrador.tickets.choices import RULE_KEEPERS, Happening
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.forms.rules import RuleBuilder, RuleForm
from mostrador.tickets.models import Rule, RuleRun, Ticket
from mostrador.tickets.queries import rules as queries
from mostrador.tickets.queries.conditions import understood
from mostrador.tickets.queries.replies import values_for
from mostrador.tickets.rules.automation import VARIABLES, Deed, fill, texts_of
from mostrador.tickets.rules.conditions import Condition, Filter
from mostrador.tickets.views.desk import capped

COLUMNS = ("regla", "entidad", "cuando", "si", "entonces", "para_que", "responsable", "estado")


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in plain words."""

    rule: Rule
    when: str
    conditions: list[str]
    deeds: list[str]


@require_GET
@staff_page(*RULE_KEEPERS)
def rules(request: StaffRequest) -> HttpResponse:
    """List the rules in the order in which they are applied: those of the bodies above, then one's own."""
    page = {
        "own": [_line(rule) for rule in queries.own_rules(request.organisation)],
        "above": [_line(rule) for rule in queries.rules_from_above(request.organisation)],
    }
    return respond(request, "tickets/supervisor/rules.html", page)


@require_GET
@staff_page(*RULE_KEEPERS)
def inventory(request: StaffRequest) -> HttpResponse:
    """Return the automated acts that are done here, to be published or filed (UTF-8, semicolons)."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"actuaciones-automaticas-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(COLUMNS)
    for rule in [*queries.rules_from_above(request.organisation), *queries.own_rules(request.organisation)]:
        line = _line(rule)
        cells = (
            *(rule.name, rule.organisation.name, line.when, "; ".join(line.conditions), "; ".join(line.deeds)),
            *(rule.purpose, rule.responsible.name if rule.responsible else rule.organisation.name),
            _("en marcha") if rule.is_active else _("parada"),
        )
        writer.writerow([_plain_cell(cell) for cell in cells])
    return response


@require_http_methods(["GET", "POST"])
@staff_page(*RULE_KEEPERS)
def new(request: StaffRequest) -> HttpResponse:
    """Write a rule; it rests until somebody starts it."""
    return _build(request, None)


@require_http_methods(["GET", "POST"])
@staff_page(*RULE_KEEPERS)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a rule again."""
    return _build(request, _rule(request, pk))


@require_GET
@staff_page(*RULE_KEEPERS)
def tried(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a rule would have done, changing nothing, with the button that starts it."""
    rule = _rule(request, pk)
    page = _trial(request, rule.happening, conditions_of(rule), deeds_of(rule))
    return respond(request, "tickets/supervisor/rule_tried.html", {"line": _line(rule), "rule": rule, **page})


@require_POST
@staff_page(*RULE_KEEPERS)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a rule to work."""
    rule = _rule(request, pk)
    try:
        actions.start_rule(rule, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("tickets:rule_edit", pk=rule.pk)
    messages.success(request, _("La regla «%(name)s» está en marcha.") % {"name": rule.name})
    return redirect("tickets:rules")


@require_POST
@staff_page(*RULE_KEEPERS)
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a rule rest."""
    rule = _rule(request, pk)
    actions.stop_rule(rule, author=request.user)
    messages.success(request, _("La regla «%(name)s» está parada. Lo que hizo se queda hecho.") % {"name": rule.name})
    return redirect("tickets:rules")


@require_POST
@staff_page(*RULE_KEEPERS)
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a rule one place higher or lower."""
    actions.move_rule(_rule(request, pk), up="up" in request.POST, author=request.user)
    return redirect("tickets:rules")


@require_http_methods(["GET", "POST"])
@staff_page(*RULE_KEEPERS)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, and delete a rule with the record of its runs."""
    rule = _rule(request, pk)
    if request.method == "POST":
        actions.delete_rule(rule, author=request.user)
        messages.success(request, _("Regla borrada."))
        return redirect("tickets:rules")
    return respond(request, "tickets/supervisor/rule_delete.html", {"rule": rule})


@require_GET
@staff_page(*RULE_KEEPERS)
def runs(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a rule has done, the newest first, by key."""
    rule = _rule(request, pk)
    found = queries.runs_of(rule, request.access, before=request.GET.get("antes", ""))
    names = queries.names_in([run.chain for run in found.runs])
    page = {
        "rule": rule,
        "runs": [_run_words(run, names) for run in found.runs],
        "older": f"?antes={found.older}" if found.older else "",
        "newest": request.path if request.GET.get("antes") else "",
    }
    return respond(request, "tickets/supervisor/rule_runs.html", page)


def _rule(request: StaffRequest, pk: int) -> Rule:
    rules_here = Rule.objects.filter(organisation=request.organisation)
    return get_object_or_404(rules_here.select_related("organisation", "responsible"), pk=pk)


def _line(rule: Rule) -> Line:
    return Line(
        rule,
        capfirst(str(Happening(rule.happening).label)),
        [queries.condition_words(each) for each in conditions_of(rule)],
        [capfirst(queries.deed_words(each)) for each in deeds_of(rule)],
    )


def _run_words(run: RuleRun, names: dict[int, str]) -> dict[str, Any]:
    labels = {value: capfirst(str(label)) for value, label in DeedName.choices}
    return {
        "run": run,
        "deeds": [
            (labels.get(each.get("deed", ""), each.get("deed", "")), each.get("refused", "")) for each in run.done
        ],
        "chain": [names.get(key, _("una regla borrada")) for key in run.chain],
    }


def _plain_cell(text: str) -> str:
    """Return a text that spreadsheets do not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


# --- Writing ------------------------------------------------------------------------------------------


def _build(request: StaffRequest, rule: Rule | None) -> HttpResponse:
    """Show what a rule is made of; buttons add and take out rows, try it, or keep it."""
    builder = RuleBuilder(request.organisation, request.access)
    lost: list[Any] = []
    if request.method == "POST":
        builder.read(request.POST)
        if not {"add", "remove", "try"} & request.POST.keys():
            form = RuleForm(request.organisation, request.POST, rule=rule)
            return _keep(request, rule, form, builder) or _page(request, rule, form, builder, status=422)
        form = RuleForm(request.organisation, rule=rule, initial=request.POST.dict())
    else:
        form = RuleForm(request.organisation, rule=rule, initial=RuleForm.initial_of(rule, request.user))
        if rule is not None:
            asked, lost = understood(Filter(tuple(conditions_of(rule))), request.organisation)
            builder.fill(asked)
            builder.begin(deeds_of(rule))
    return _page(request, rule, form, builder, lost=lost)


def _keep(request: StaffRequest, rule: Rule | None, form: RuleForm, builder: RuleBuilder) -> HttpResponse | None:
    are_valid = [form.is_valid(), builder.is_valid()]
    for sentence in builder.errors:
        form.add_error(None, sentence)
    if not all(are_valid):
        return None
    chosen = form.cleaned_data
    try:
        kept = actions.save_rule(
            request.organisation,
            name=chosen["name"],
            happening=Happening(chosen["happening"]),
            conditions=builder.conditions(),
            deeds=builder.ready(),
            author=request.user,
            rule=rule,
            purpose=chosen["purpose"],
            responsible=form.chosen(),
            idempotency_key=request.POST.get("key", "")[:30],
        )
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    if kept.is_active:
        messages.success(request, _("Regla guardada. Sigue en marcha, como la ha dejado."))
        return redirect("tickets:rules")
    messages.success(request, _("Regla guardada. Todavía está parada: mire qué haría y póngala en marcha."))
    return redirect("tickets:rule_tried", pk=kept.pk)


def _page(
    request: StaffRequest,
    rule: Rule | None,
    form: RuleForm,
    builder: RuleBuilder,
    *,
    lost: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    page: dict[str, Any] = {
        "rule": rule,
        "form": form,
        "builder": builder,
        "lost": lost or [],
        "address": request.path,
        "field_names": builder.choices.names(),
        "deed_names": [(value, capfirst(str(label))) for value, label in DeedName.choices],
        "variables": [(f"{{{{ {name} }}}}", words) for name, words in VARIABLES.items()],
        "key": request.POST.get("key", "") or new_token()[:30],
        "tried": None,
        "unknown": "",
        "incomplete": [],
    }
    if "try" in request.POST:
        builder.is_valid()
        happening = request.POST.get("happening", "")
        page |= _trial(request, happening, builder.conditions(), builder.ready()) | {"incomplete": builder.errors}
    return respond(request, "tickets/supervisor/rule.html", page, fragment="builder", status=status)


# --- Trying -------------------------------------------------------------------------------------------


def _trial(
    request: StaffRequest, happening: str, conditions: list[Condition] | tuple[Condition, ...], deeds: list[Deed]
) -> dict[str, Any]:
    """Return what a trial found, in words, with its texts as the first person would read them."""
    try:
        found = queries.trial(request.organisation, happening, conditions, access=request.access, now=timezone.now())
    except KeyError as unknown:
        return {"tried": None, "unknown": str(unknown.args[0])}
    return {
        "tried": found,
        "unknown": "",
        "count": capped(found.count),
        "would": [queries.deed_words(deed) for deed in deeds],
        "since": exact_date(timezone.localdate() - queries.TRIED),
        "texts": _texts(deeds, found.tickets[0] if found.tickets else None),
    }


def _texts(deeds: list[Deed], ticket: Ticket | None) -> list[dict[str, str]]:
    shown = []
    for deed in deeds:
        if deed.name not in queries.WITH_TEXT or not deed.value:
            continue
        for language, text in texts_of(deed.value).items():
            if text:
                code = language or "es"
                values = values_for(ticket, None, code) if ticket else {name: f"[{name}]" for name in VARIABLES}
                shown.append({"title": capfirst(deed.label), "language": code, "text": fill(text, values)})
    return shown
