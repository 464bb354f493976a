"""Who works at the organisation: list, invitations, changes, departures."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mostrador.accounts import actions, queries
from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import InvitationState, Role
from mostrador.accounts.forms import InviteForm, SecondFactorPolicyForm, WorkForm
from mostrador.accounts.models import User
from mostrador.accounts.permissions import may_remove_second_factor
from mostrador.accounts.queries import StaffRow
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond


@require_safe
@staff_page(Role.ADMINISTRATOR)
def staff(request: StaffRequest) -> HttpResponse:
    """List who works here, who was invited and who left."""
    now = timezone.now()
    invitations = [
        {
            "pk": invitation.pk,
            "name": invitation.name,
            "email": invitation.email,
            "roles": _labels(invitation.roles),
            "sent": invitation.invited_at,
            "has_expired": invitation.state_at(now) == InvitationState.EXPIRED,
        }
        for invitation in queries.open_invitations(request.organisation)
    ]
    departures = [
        {"pk": departure.pk, "name": departure.user.name, "roles": _labels(departure.roles), "left": departure.left_at}
        for departure in queries.current_departures(request.organisation)[:50]
    ]
    page = {
        "staff": [_shown(row) for row in queries.staff_of(request.organisation)],
        "invitations": invitations,
        "departures": departures,
        "demanded": _labels(queries.second_factor_roles(request.organisation)),
    }
    return respond(request, "accounts/administrator/staff.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def invite(request: StaffRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    form = InviteForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(request.organisation, by=request.user, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Invitación enviada a %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("accounts:staff")
    page = {"form": form}
    return respond(request, "accounts/administrator/invite.html", page, status=422 if form.errors else 200)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def resend_invitation(request: StaffRequest, pk: int) -> HttpResponse:
    """Send an invitation again with a new link."""
    invitation = get_object_or_404(queries.open_invitations(request.organisation), pk=pk)
    try:
        actions.resend_invitation(invitation, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Invitación enviada de nuevo a %(email)s.") % {"email": invitation.email})
    return redirect("accounts:staff")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def revoke_invitation(request: StaffRequest, pk: int) -> HttpResponse:
    """Make an invitation's link useless."""
    invitation = get_object_or_404(queries.open_invitations(request.organisation), pk=pk)
    try:
        actions.revoke_invitation(invitation, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Invitación anulada."))
    return redirect("accounts:staff")


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def member(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what somebody does here; POST changes it."""
    person = get_object_or_404(queries.members_of(request.organisation), pk=pk)
    held = queries.roles_at(person, request.organisation)
    initial = {
        "roles": list(held),
        "with_descendants": any(held.values()),
        "teams": queries.teams_at(person, request.organisation),
    }
    form = WorkForm(request.POST or None, initial=initial, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_member(request.organisation, person, by=request.user, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Cambios guardados para %(name)s.") % {"name": person.name})
            return redirect("accounts:staff")
    return _member_page(request, person, form)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def remove_member(request: StaffRequest, pk: int) -> HttpResponse:
    """Take away somebody's access to this organisation; the list offers to undo it."""
    person = get_object_or_404(queries.members_of(request.organisation), pk=pk)
    try:
        actions.remove_member(request.organisation, person, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:member", pk=pk)
    messages.success(request, _("%(name)s ya no tiene acceso. Puede deshacerlo en «Bajas».") % {"name": person.name})
    return redirect("accounts:staff")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def remove_second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the second factor of somebody who lost it."""
    person = get_object_or_404(queries.members_of(request.organisation), pk=pk)
    if not may_remove_second_factor(request.access, queries.workplaces_of(person)):
        raise PermissionDenied
    actions.remove_second_factor(request.organisation, person, by=request.user)
    messages.success(request, _("Segundo factor quitado. Se lo hemos dicho por correo."))
    return redirect("accounts:member", pk=pk)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def restore_member(request: StaffRequest, pk: int) -> HttpResponse:
    """Give somebody who left back what they did here."""
    departure = get_object_or_404(queries.current_departures(request.organisation), pk=pk)
    actions.restore_member(departure, by=request.user)
    messages.success(request, _("%(name)s vuelve a tener acceso.") % {"name": departure.user.name})
    return redirect("accounts:staff")


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def second_factor_policy(request: StaffRequest) -> HttpResponse:
    """Say which roles need a second factor."""
    initial = {"roles": queries.second_factor_roles(request.organisation)}
    form = SecondFactorPolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.demand_second_factor(request.organisation, roles=form.cleaned_data["roles"], by=request.user)
        messages.success(request, _("Cambios guardados."))
        return redirect("accounts:staff")
    page = {"form": form}
    return respond(
        request, "accounts/administrator/second_factor_policy.html", page, status=422 if form.errors else 200
    )


def _member_page(request: StaffRequest, person: User, form: WorkForm) -> HttpResponse:
    has_second_factor = queries.has_second_factor(person)
    may_remove = has_second_factor and may_remove_second_factor(request.access, queries.workplaces_of(person))
    page = {"person": person, "form": form, "may_remove_second_factor": may_remove}
    return respond(request, "accounts/administrator/member.html", page, status=422 if form.errors else 200)


def _labels(roles: Any) -> str:
    return ", ".join(str(Role(role).label) for role in roles)


def _shown(row: StaffRow) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "name": row.name,
        "email": row.email,
        "roles": _labels(row.roles),
        "with_descendants": row.with_descendants,
        "teams": ", ".join(row.teams),
        "last_login": row.last_login,
        "has_second_factor": row.has_second_factor,
    }
