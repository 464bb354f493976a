"""Two records of one person: the list of those that look so, side by side, joined, parted again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.people.actions import merging as actions
from mostrador.people.actions.persons import note_access
from mostrador.people.choices import IdentityKind
from mostrador.people.forms import MergeForm
from mostrador.people.models import Merge, Person, PossibleDuplicate
from mostrador.people.queries import persons as queries
from mostrador.people.rules import readable_phone
from mostrador.people.views.common import DESK, contact_of, name_of, visible
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import day, language_name, number
from mostrador.shared.pages import respond


@require_GET
@staff_page(*DESK)
def duplicates(request: StaffRequest) -> HttpResponse:
    """List the pairs that look like one person and that nobody has decided yet."""
    rows = [
        {
            "pk": pair.pk,
            "first": _side(pair.first),
            "second": _side(pair.second),
            "reason": pair.get_reason_display(),
        }
        for pair in queries.undecided_pairs(request.access)
    ]
    return respond(request, "people/staff/duplicates.html", {"rows": rows, "is_all": len(rows) < queries.MOST_PAIRS})


@require_POST
@staff_page(*DESK)
def tell_apart(request: StaffRequest, pair_id: int) -> HttpResponse:
    """Say that two records are of two people."""
    people = Person.objects.visible_to(request.access, *DESK)
    pair = get_object_or_404(PossibleDuplicate.objects.filter(first__in=people, second__in=people), pk=pair_id)
    actions.tell_apart(pair, by=request.user)
    messages.success(request, _("Anotado: son personas distintas."))
    return redirect("people:duplicates")


@require_http_methods(["GET", "POST"])
@staff_page(*DESK)
def merge(request: StaffRequest, person_id: int, other_id: int) -> HttpResponse:
    """Show two records side by side, and join them with the values that were chosen."""
    kept, gone = visible(request, person_id, *DESK), visible(request, other_id, *DESK)
    if kept.organisation_id != gone.organisation_id:
        raise Http404
    form = MergeForm(_differing(kept, gone), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.merge(kept, gone, by=request.user, from_gone=form.from_gone())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Las fichas están unidas. Durante un día puede deshacerlo."))
            return redirect("people:person", person_id=kept.pk)
    if request.method == "GET":
        for each in (kept, gone):
            note_access(each, by=request.user)
    page = {
        "kept": kept,
        "gone": gone,
        "form": form,
        "columns": [_column(kept, request), _column(gone, request)],
        "may_join": kept.is_known and gone.is_known and kept.pk != gone.pk,
    }
    return respond(request, "people/staff/merge.html", page, status=422 if form.errors else 200)


@require_POST
@staff_page(*DESK)
def undo_merge(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Part two records again."""
    people = Person.objects.visible_to(request.access, *DESK)
    merged = get_object_or_404(Merge.objects.filter(kept__in=people), pk=merge_id)
    try:
        actions.undo_merge(merged, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Las fichas vuelven a estar separadas."))
    return redirect("people:person", person_id=merged.kept_id)


def _side(person: Person) -> dict[str, Any]:
    return {
        "pk": person.pk,
        "name": name_of(person),
        "contact": contact_of(person),
        "document": person.masked_identity,
        "since": day(person.created_at),
    }


def _differing(kept: Person, gone: Person) -> list[tuple[str, str, str, str]]:
    """Return name, heading and both values of everything that differs, as people read it."""
    ours, theirs = _values(kept), _values(gone)
    differing = [(name, label, value, theirs[name][1]) for name, (label, value) in ours.items()]
    return [row for row in differing if row[2] != row[3] or (row[0] == "identity" and _numbers_differ(kept, gone))]


def _numbers_differ(kept: Person, gone: Person) -> bool:
    """Tell whether two numbers differ that look alike when masked."""
    return kept.identity_digest != gone.identity_digest


def _values(person: Person) -> dict[str, tuple[str, str]]:
    document = f"{IdentityKind(person.identity_kind).label} {person.masked_identity}" if person.identity_sealed else ""
    return {
        "kind": (_("Clase"), str(person.get_kind_display())),
        "name": (_("Nombre"), person.name),
        "email": (_("Correo electrónico"), person.email),
        "phone": (_("Teléfono"), readable_phone(person.phone)),
        "identity": (_("Documento"), document),
        "language": (_("Idioma"), language_name(person.language)),
        "preferred_contact": (_("Cómo prefiere el contacto"), str(person.get_preferred_contact_display())),
        "electronic_obligation": (_("Medios electrónicos"), str(person.get_electronic_obligation_display())),
        "notes": (_("Notas"), person.notes),
    }


def _column(person: Person, request: StaffRequest) -> dict[str, Any]:
    held = queries.what_is_held(person, request.access)
    facts = [(label, value or "—") for label, value in _values(person).values()]
    facts += [(part.title, number(len(part.entries))) for part in held if part.entries]
    return {"name": name_of(person), "pk": person.pk, "facts": [*facts, (_("Primer contacto"), day(person.created_at))]}
