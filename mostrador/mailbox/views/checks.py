"""The check of a mailbox, step by step."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import checking as actions
from mostrador.mailbox.queries.checks import problem_words, step_rows
from mostrador.mailbox.views.rows import box_of, check_of
from mostrador.shared.pages import respond


@require_POST
@staff_page(Role.ADMINISTRATOR)
def check_start(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin to check a mailbox."""
    started = actions.start_check(box_of(request, pk), by=request.user)
    return redirect("mailbox:check", pk=started.pk)


@require_GET
@staff_page(Role.ADMINISTRATOR)
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far a check has come; the page asks every second."""
    shown = check_of(request, pk)
    page = {
        "check": shown,
        "box": shown.mailbox,
        "rows": step_rows(shown),
        "problem": problem_words(shown),
        "stands_still": shown.stands_still(timezone.now()),
    }
    return respond(request, "mailbox/administrator/check.html", page, fragment="progress")
