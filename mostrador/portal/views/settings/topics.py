"""Topics."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.forms import TopicForm
from mostrador.organisations.models import Topic
from mostrador.portal.views.settings.common import offer_undo, saved, show, status_of, tried, typed


@require_GET
@staff_page(Role.ADMINISTRATOR)
def topics(request: StaffRequest) -> HttpResponse:
    """List the topics used here: the organisation's own, and those of the bodies above it."""
    page = {
        "rows": queries.topics_of(request.organisation),
        "retired": [
            topic
            for topic in queries.topics_of(request.organisation, retired=True)
            if topic.organisation_id == request.organisation.pk
        ],
    }
    return show(request, "portal/administrator/topics.html", page, here=_("Temas"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def topic_new(request: StaffRequest) -> HttpResponse:
    """Add a topic."""
    rows = queries.topics_of(request.organisation)
    initial = {"position": max((row.position for row in rows), default=0) + 10}
    form = TopicForm(request.organisation, typed(request), initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda data: actions.create_topic(
            request.organisation,
            names=form.names,
            parent=data["parent"],
            team=data["team"],
            position=data["position"],
            actor=request.user,
        ),
    ):
        messages.success(request, _("El tema está creado."))
        return redirect("portal:topics")
    return _show(request, form, None, here=_("Tema nuevo"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def topic(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a topic."""
    row = get_object_or_404(Topic, organisation=request.organisation, pk=pk)
    form = TopicForm(request.organisation, typed(request), initial=TopicForm.initial_of(row), topic=row)
    if request.method == "POST" and saved(
        form,
        lambda data: actions.describe_topic(
            row,
            {"names": row.names | form.names} | {name: data[name] for name in ("parent", "team", "position")},
            actor=request.user,
        ),
    ):
        messages.success(request, _("Guardado."))
        return redirect("portal:topics")
    return _show(request, form, row, here=row.name)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def topic_retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a topic out of every list."""
    row = get_object_or_404(Topic, organisation=request.organisation, pk=pk)
    if tried(request, lambda: actions.retire_topic(row, actor=request.user)):
        words = _("Ha retirado el tema «%(name)s».") % {"name": row.name}
        offer_undo(request, kind="topic", words=words, values={"pk": row.pk})
    return redirect("portal:topics")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def topic_restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a retired topic back."""
    row = get_object_or_404(Topic, organisation=request.organisation, pk=pk)
    actions.restore_topic(row, actor=request.user)
    messages.success(request, _("El tema «%(name)s» vuelve a usarse.") % {"name": row.name})
    return redirect("portal:topics")


def _show(request: StaffRequest, form: TopicForm, row: Topic | None, *, here: str) -> HttpResponse:
    return show(
        request,
        "portal/administrator/topic.html",
        {"form": form, "topic": row},
        here=here,
        above=[(_("Temas"), reverse("portal:topics"))],
        status=status_of(form),
    )
