"""The rules that are tried on the mail of one mailbox before a ticket is opened."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import filters as actions
from mostrador.mailbox.forms.filters import FilterForm
from mostrador.mailbox.models import FilterRule, Mailbox
from mostrador.mailbox.queries import filters as queries
from mostrador.mailbox.queries.mailboxes import filters_of
from mostrador.mailbox.views.rows import box_of, filter_of
from mostrador.shared.formats import moment
from mostrador.shared.pages import respond


@require_GET
@staff_page(Role.ADMINISTRATOR)
def filters(request: StaffRequest, pk: int) -> HttpResponse:
    """List the rules in the order in which they are tried."""
    box = box_of(request, pk)
    page = {"box": box, "rows": [_row(rule) for rule in filters_of(box)]}
    return respond(request, "mailbox/administrator/filters.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def filter_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a rule; «Probar» shows what it would have matched and keeps nothing."""
    return _write(request, box_of(request, pk), None)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def filter_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a rule again."""
    rule = filter_of(request, pk)
    return _write(request, rule.mailbox, rule)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def filter_move(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a rule one place higher or lower."""
    rule = filter_of(request, pk)
    actions.move_filter(rule, up="up" in request.POST, actor=request.user)
    return redirect("mailbox:filters", pk=rule.mailbox_id)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def filter_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, and delete a rule."""
    rule = filter_of(request, pk)
    if request.method == "POST":
        actions.delete_filter(rule, actor=request.user)
        messages.success(request, _("Regla borrada."))
        return redirect("mailbox:filters", pk=rule.mailbox_id)
    return respond(request, "mailbox/administrator/filter_delete.html", {"rule": rule, "row": _row(rule)})


def _write(request: StaffRequest, box: Mailbox, rule: FilterRule | None) -> HttpResponse:
    form = FilterForm(box, request.POST if request.method == "POST" else None, rule=rule)
    tried: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        if "try" not in request.POST:
            actions.save_filter(box, form.cleaned_data, actor=request.user, rule=rule)
            messages.success(request, _("Regla guardada."))
            return redirect("mailbox:filters", pk=box.pk)
        tried = _tried(box, actions.described(FilterRule(mailbox=box), form.cleaned_data))
    page = {"form": form, "box": box, "rule": rule, "tried": tried}
    return respond(request, "mailbox/administrator/filter.html", page, status=422 if form.errors else 200)


def _tried(box: Mailbox, rule: FilterRule) -> dict[str, Any]:
    found = queries.trial(box, rule)
    rows = [
        {
            "href": reverse("mailbox:mail", args=[mail.pk]),
            "subject": mail.subject or _("Sin asunto"),
            "sender": mail.sender,
            "when": moment(mail.received_at),
        }
        for mail in found.matched
    ]
    return {"rows": rows, "tried": found.tried}


def _row(rule: FilterRule) -> dict[str, Any]:
    return {
        "rule": rule,
        "conditions": queries.condition_words(rule),
        "action": queries.action_words(rule),
        "last": moment(rule.last_matched_at) if rule.last_matched_at else "",
    }
