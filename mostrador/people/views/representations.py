"""Who may act for whom."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.people.actions import representations as actions
from mostrador.people.actions.persons import find_or_create_person
from mostrador.people.choices import PersonKind, TitleKind
from mostrador.people.forms import RepresentationForm
from mostrador.people.models import Person, Representation
from mostrador.people.views.common import READERS, name_of, visible
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@staff_page(*READERS)
def represent(request: StaffRequest, person_id: int) -> HttpResponse:
    """Note who represents a person, or whom they represent."""
    shown = visible(request, person_id)
    if not shown.is_known:
        return redirect("people:person", person_id=person_id)
    form = RepresentationForm(request.POST if request.method == "POST" else None, initial={"side": "by"})
    if request.method == "POST" and form.is_valid():
        try:
            _note(shown, form, request)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Representación anotada."))
            return redirect("people:person", person_id=shown.pk)
    page = {"person": shown, "name": name_of(shown), "form": form}
    return respond(request, "people/staff/represent.html", page, status=422 if form.errors else 200)


@require_POST
@staff_page(*READERS)
def end_representation(request: StaffRequest, representation_id: int) -> HttpResponse:
    """Note that somebody no longer acts for another."""
    people = Person.objects.visible_to(request.access)
    row = get_object_or_404(Representation.objects.filter(person__in=people), pk=representation_id)
    actions.end_representation(row, by=request.user)
    messages.success(request, _("La representación ha terminado."))
    return redirect("people:person", person_id=row.person_id)


def _note(shown: Person, form: RepresentationForm, request: StaffRequest) -> None:
    data = form.cleaned_data
    other = find_or_create_person(
        shown.organisation,
        name=data["name"],
        email=data["email"],
        phone=data["phone"],
        language=shown.language,
        identity=data["identity"],
        identity_kind=data["identity_kind"],
        kind=PersonKind.LEGAL if data["is_legal"] else PersonKind.NATURAL,
    )
    person, representative = (shown, other) if data["side"] == "by" else (other, shown)
    actions.note_representation(
        person,
        representative,
        title=TitleKind(data["title"]),
        by=request.user,
        since=data["since"],
        until=data["until"],
        evidence=data["evidence"],
    )
