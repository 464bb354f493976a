"""Calls and visits, written down at the desk on one screen, and who speaks for whom."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.queries.search import search
from mostrador.people.actions.persons import note_access, note_search
from mostrador.people.choices import PersonKind, TitleKind
from mostrador.people.models import Person
from mostrador.people.queries.persons import representatives_of, represented_by
from mostrador.people.rules import readable_phone
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import contacts as actions
from mostrador.tickets.choices import Channel, ContactBy, TicketKind
from mostrador.tickets.forms.contacts import OTHER, OWN, LogForm, RepresentativeForm
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS, may_handle
from mostrador.tickets.queries import contacts as queries
from mostrador.tickets.queries.conversation import ticket_to_read

SUGGESTED_ARTICLES = 4
OFFICE = "desk_office"  # in the session: where somebody sits does not change from visit to visit
# Buttons of the form that only look something up.
LOOKING_UP = {"search": "caller", "choose": "caller", "suggest": "articles"}


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def log_contact(request: StaffRequest) -> HttpResponse:
    """Write down what somebody says by telephone or in person.

    The same form, posted by another of its buttons, finds the person or articles and comes back as it was typed; htmx
    gets only that part. A telephone exchange may open it with the number of who calls (`?telefono=`).
    """
    if request.method == "GET":
        return _show(request, _first_form(request), found=_found(request, request.GET.get("telefono", "")))
    looking_up = next((button for button in LOOKING_UP if button in request.POST), None)
    if looking_up:
        return _look_up(request, looking_up)
    person = _picked(request, request.POST.get("person"))
    form = _form(request, request.POST, person)
    if form.is_valid():
        try:
            ticket = actions.log_contact(
                request.organisation,
                _contact(form, is_resolved="resolve" in request.POST),
                author=request.user,
                key=f"desk-{form.cleaned_data['key']}",
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, form, ticket)
    return _show(request, form, found=_found(request, form["who"].value() or "", is_new=False))


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def set_representative(request: StaffRequest, reference: str) -> HttpResponse:
    """Say who speaks for the person of a ticket."""
    ticket = get_object_or_404(ticket_to_read(request.access), reference=reference)
    if not may_handle(request.access, ticket):
        raise PermissionDenied
    known = representatives_of(ticket.person)
    form = RepresentativeForm(
        known,
        request.POST if request.method == "POST" else None,
        initial={"representative": ticket.representative_id or ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_representative(ticket, author=request.user, representative=form.chosen())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Guardado."))
            return redirect("tickets:ticket_detail", reference=reference)
    page = {"ticket": ticket, "form": form, "known": known}
    return respond(request, "tickets/agent/set_representative.html", page, status=422 if form.errors else 200)


# --- Steps ------------------------------------------------------------------------------------------


def _first_form(request: StaffRequest) -> LogForm:
    organisation, phone = request.organisation, request.GET.get("telefono", "")[:40]
    person = _picked(request, request.GET.get("persona"))
    channel = Channel.IN_PERSON if request.GET.get("canal") == "presencial" else Channel.PHONE
    initial = {
        "key": new_token(),
        "who": phone,
        "phone": phone,
        "channel": channel.value,
        "contact_by": (ContactBy.PHONE if channel == Channel.PHONE else ContactBy.EMAIL).value,
        "language": organisation.default_language,
        "acts_for": OWN,
        "other_title": TitleKind.PRESUMED.value,
        "office": request.session.get(OFFICE, ""),
    }
    if person is not None:
        initial |= _known(person)
    return _form(request, None, person, initial=initial)


def _look_up(request: StaffRequest, button: str) -> HttpResponse:
    """Find the person or articles and show the form as it was typed."""
    typed = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    person = _picked(request, typed.get("person"))
    if button == "choose":
        typed |= _known(person) if person else {"name": "", "phone": "", "email": "", "add_to": "", "acts_for": OWN}
        if person is not None:
            note_access(person, by=request.user)
    form = _form(request, None, person, initial=typed)
    found = _found(request, typed.get("who", ""), is_new=button == "search")
    return _show(request, form, found=found, fragment=LOOKING_UP[button])


def _form(
    request: StaffRequest, data: QueryDict | None, person: Person | None, *, initial: dict[str, Any] | None = None
) -> LogForm:
    return LogForm(
        request.organisation,
        data,
        person=person,
        represented=represented_by(person) if person else [],
        open_tickets=queries.open_tickets_of(person, request.access) if person else [],
        initial=initial or {},
    )


def _picked(request: StaffRequest, key: str | None) -> Person | None:
    """Return the person whose key was sent, of this organisation and in use; None for somebody new."""
    pk = row_key(key)
    people = Person.objects.of(request.organisation).visible_to(request.access, *HANDLERS)
    return people.filter(pk=pk).select_related("organisation").first() if pk else None


def _known(person: Person) -> dict[str, Any]:
    """Return what the form shows of somebody who was picked."""
    way = person.preferred_contact or (ContactBy.PHONE if person.phone else ContactBy.EMAIL).value
    return {
        "person": str(person.pk),
        "name": person.name,
        "phone": readable_phone(person.phone),
        "email": person.email,
        "language": person.organisation.offered(person.language),
        "contact_by": way,
        "acts_for": OWN,
        "add_to": "",
    }


def _found(request: StaffRequest, words: str, *, is_new: bool = True) -> list[queries.Caller] | None:
    """Return who matches what was typed; None while it is too short to mean anybody. A new search is recorded."""
    if len(words.strip()) < queries.SHORTEST_SEARCH:
        return None
    found = queries.callers(request.organisation, request.access, words)
    if is_new:
        note_search(request.organisation, by=request.user, found=len(found))
    return found


def _show(
    request: StaffRequest, form: LogForm, *, found: list[queries.Caller] | None, fragment: str | None = None
) -> HttpResponse:
    question = " ".join(filter(None, [form["subject"].value(), form["text"].value()])).strip()
    suggested = fragment != "caller" and len(question) >= queries.SHORTEST_SEARCH
    language = form["language"].value() or request.organisation.default_language
    page = {
        "form": form,
        "found": found,
        "picked": form["person"].value() or "",
        "speaker": form.caller,
        "masked": form.caller.masked_identity if form.caller else "",
        "is_in_person": form["channel"].value() == Channel.IN_PERSON,
        "articles": search(request.organisation, question, language, limit=SUGGESTED_ARTICLES) if suggested else [],
        "chosen_article": form["article"].value() or "",
        "speaks_for_other": form["acts_for"].value() == OTHER,
    }
    status = 422 if form.is_bound and form.errors else 200
    return respond(request, "tickets/agent/log_contact.html", page, fragment=fragment, status=status)


def _contact(form: LogForm, *, is_resolved: bool) -> actions.Contact:
    data = form.cleaned_data
    return actions.Contact(
        channel=Channel(data["channel"]),
        name=data["name"],
        phone=data["phone"],
        email=data["email"],
        contact_by=ContactBy(data["contact_by"]),
        language=data["language"],
        subject=data["subject"],
        text=data["text"],
        topic=data["topic"],
        procedure=data["procedure"],
        identity=data["identity"],
        person=form.caller,
        spoken_for=_spoken_for(form),
        add_to=form.open_tickets.get(data["add_to"]),
        answer=data["answer"],
        is_resolved=is_resolved,
        article=data["article"],
        minutes=data["minutes"] or 0,
        kind=TicketKind(data["kind"] or TicketKind.SUPPORT),
        person_deadline_on=data["person_deadline_on"],
        device=data["device"],
        office=data["office"] if data["channel"] == Channel.IN_PERSON else "",
    )


def _spoken_for(form: LogForm) -> actions.SpokenFor | None:
    data, chosen = form.cleaned_data, form.cleaned_data["acts_for"]
    if chosen == OTHER:
        return actions.SpokenFor(
            name=data["other_name"],
            identity=data["other_identity"],
            kind=PersonKind.LEGAL if data["other_is_legal"] else PersonKind.NATURAL,
            title=TitleKind(data["other_title"] or TitleKind.PRESUMED),
        )
    known = form.represented.get(chosen)
    return actions.SpokenFor(person=known.person) if known else None


def _done(request: StaffRequest, form: LogForm, ticket: Ticket) -> HttpResponse:
    if form.cleaned_data["office"]:
        request.session[OFFICE] = form.cleaned_data["office"]
    words = _("Anotada. Diga a la persona su referencia: %(reference)s.") % {"reference": ticket.reference}
    messages.success(request, words)
    return redirect("tickets:ticket_detail", reference=ticket.reference)
