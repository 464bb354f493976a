"""Asking for help without an account: one question a page, nothing typed is ever lost.

What happens → articles that may help → where → how we reach you → check and send → sent. Every POST first keeps what
was typed in a draft (24 hours, behind a cookie), then decides. GET never writes.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import PublicRequest, citizen_page, same_origin_post
from mostrador.accounts.rules import device_name
from mostrador.help_centre.queries.readers import article_named, vote_behind
from mostrador.help_centre.queries.search import Found, search
from mostrador.organisations.models import Topic
from mostrador.people.rules import readable_phone
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.plain_text import plain_text
from mostrador.shared.rate_limits import allow, visitor
from mostrador.tickets.actions import drafts
from mostrador.tickets.choices import FieldKind, TicketKind
from mostrador.tickets.forms.citizen import ContactForm, QuestionForm, WhereForm, typed
from mostrador.tickets.forms.fields import PREFIX, AnswersForm
from mostrador.tickets.models import TicketDraft
from mostrador.tickets.queries.drafts import draft_behind
from mostrador.tickets.queries.fields import asked_fields
from mostrador.tickets.queries.levels import acknowledgement, offered_kinds
from mostrador.tickets.queries.terms import legal_term
from mostrador.tickets.rules.fields import LONG, Field, kept, words
from mostrador.tickets.rules.kinds import BY_SLUG, kind_of_slug, rule_of

DRAFT_COOKIE = "mostrador_draft"
LINK_COOKIE = "mostrador_ticket"  # the private link of the ticket just sent, for the page that says so
TRAP = "apodo"  # a field that people do not see; programs fill it
ARTICLES_SUGGESTED = 4
SEARCH_KEY_LENGTH = 24
SHORTEST_SEARCH = 8  # characters: fewer suggest anything
MOST_DETAILS = 60  # an organisation's own fields in one form
HOUR = timedelta(hours=1)
# One address may be a town hall's, with many people behind it.
DRAFTS_PER_HOUR, TICKETS_PER_HOUR, TICKETS_PER_PERSON_PER_HOUR = 60, 30, 6


@require_http_methods(["GET", "POST"])
@citizen_page
def new(request: PublicRequest) -> HttpResponse:
    """Ask what happens; then show the articles that may help, unless the page has already shown them."""
    draft = _draft(request)
    if request.method == "GET":
        answers = _brought(request, draft.answers if draft and not draft.ticket else {})
        kind = _kind(request, answers)
        form = QuestionForm(initial=answers, kind=kind)
        return _show(request, "new", form, kind=kind, draft=draft, expired="caducado" in request.GET)
    kind = _kind(request, request.POST.dict())
    form = QuestionForm(typed(QuestionForm, request.POST), kind=kind)
    if refusal := _refusal_of_program(request) or _refusal_of_draft(request, draft):
        return _show(request, "new", form, kind=kind, refusal=refusal, status=429)
    seen = [key for text in request.POST.getlist("seen")[:ARTICLES_SUGGESTED] if (key := row_key(text)) is not None]
    helps = kind == TicketKind.SUPPORT and not seen and form.is_valid()
    found = _found(request, form.cleaned_data["text"]) if helps else []
    read = [key for key in [row_key(form.data.get("read"))] if key is not None]
    suggested = seen or [article.article_id for article in found]
    answers = {**form.data, "seen": [*read, *(key for key in suggested if key not in read)]}
    saved = drafts.save_draft(request.organisation, _token(request), answers)
    if not form.is_valid():
        return _remember(_show(request, "new", form, kind=kind, status=422), saved)
    if found and not _then(request):
        return _remember(redirect("tickets:suggestions"), saved)
    return _remember(_onward(request, "where"), saved)


@require_GET
@citizen_page
def suggestions(request: PublicRequest) -> HttpResponse:
    """Show the articles that may help before asking more; the way on is always there."""
    draft = _draft_on_its_way(request)
    if isinstance(draft, HttpResponse):
        return draft
    found = _found(request, draft.answers["text"])
    if not found:
        return redirect("tickets:where")
    return respond(request, "tickets/citizen/suggestions.html", {"found": found})


@require_http_methods(["GET", "POST"])
@citizen_page
def where(request: PublicRequest) -> HttpResponse:
    """Ask where it happens, and for files; all of it may stay empty."""
    organisation = request.organisation
    if request.method == "POST":
        kind = _kind_of_draft(request, _draft(request))
        form = WhereForm(typed(WhereForm, request.POST), organisation=organisation, kind=kind)
        return _step(request, "where", form, back="new", onward="details")
    draft = _draft_on_its_way(request)
    if isinstance(draft, HttpResponse):
        return draft
    form = WhereForm(initial=draft.answers, organisation=organisation, kind=_kind_of_draft(request, draft))
    return _show(request, "where", form, draft=draft)


@require_http_methods(["GET", "POST"])
@citizen_page
def details(request: PublicRequest) -> HttpResponse:
    """Ask what the organisation wants to know of matters on this topic; without any such question, go on."""
    draft = _draft_on_its_way(request)
    if isinstance(draft, HttpResponse):
        return draft
    fields = _fields_to_ask(request, draft)
    if not fields:
        return _onward(request, "contact")
    if request.method == "POST":
        form = AnswersForm(fields, request.POST)
        return _step(request, "details", form, back="where", onward="contact")
    return _show(request, "details", AnswersForm(fields, initial=_details_before(draft, fields)), draft=draft)


@require_GET
@citizen_page
def entrances(request: PublicRequest) -> HttpResponse:
    """List what else than help may be asked for: suggestions, complaints, accessibility, personal data, phishing."""
    rules = [rule_of(kind) for kind in offered_kinds(request.organisation)]
    return respond(request, "tickets/citizen/entrances.html", {"rules": rules})


@require_http_methods(["GET", "POST"])
@citizen_page
def contact(request: PublicRequest) -> HttpResponse:
    """Ask how the person is to be reached, by what name and in which language."""
    if request.method == "POST":
        form = ContactForm(typed(ContactForm, request.POST), organisation=request.organisation)
        return _step(request, "contact", form, back="details", onward="check")
    draft = _draft_on_its_way(request)
    if isinstance(draft, HttpResponse):
        return draft
    answers = {"language": request.language, **draft.answers}
    return _show(request, "contact", ContactForm(initial=answers, organisation=request.organisation), draft=draft)


@require_http_methods(["GET", "POST"])
@citizen_page
def check(request: PublicRequest) -> HttpResponse:
    """Show the whole question to check it, then send it. Sending twice gives the same reference."""
    before = _draft(request)
    if before and before.ticket and request.method == "POST":
        return _sent(drafts.link_to_sent(before))
    draft = _draft_on_its_way(request)
    if isinstance(draft, HttpResponse):
        return draft
    steps = _steps(request, draft)
    for name, form in steps.items():
        if not form.is_valid():
            return redirect(f"tickets:{name}")
    answers = {
        field: value for name, form in steps.items() if name != "details" for field, value in form.cleaned_data.items()
    } | {"kind": _kind_of_draft(request, draft), "custom": _answers_of(steps), "device": _device_to_send(request)}
    if request.method == "GET":
        return _show_check(request, draft, steps)
    refusal = _refusal_of_program(request) or _refusal_of_sending(request, answers)
    if not refusal:
        try:
            return _sent(drafts.send_draft(draft, _question(request, answers)))
        except ActionRefused as too_quick:
            refusal = str(too_quick)
    return _show_check(request, draft, steps, refusal=refusal)


@require_GET
@citizen_page
def sent(request: PublicRequest) -> HttpResponse:
    """Say the reference, what happens next and by when, and what this is not."""
    draft = _draft(request)
    if draft is None or draft.ticket is None:
        return redirect("tickets:find")
    token = request.COOKIES.get(LINK_COOKIE, "")
    link = request.organisation.link("tickets:follow_up", token=token) if token else ""
    page = {
        "ticket": draft.ticket,
        "link": link,
        "phone": readable_phone(draft.ticket.person.phone),
        "rule": rule_of(draft.ticket.kind),
        "acknowledgement": acknowledgement(request.organisation, draft.ticket.kind, request.language),
        "term": legal_term(draft.ticket),
    }
    return respond(request, "tickets/citizen/sent.html", page)


@require_POST
@citizen_page
def discard(request: PublicRequest) -> HttpResponse:
    """Forget what was typed: the next person at this computer does not find it."""
    drafts.discard_draft(request.organisation, _token(request))
    response = redirect("tickets:new")
    response.delete_cookie(DRAFT_COOKIE, samesite="Lax")
    response.delete_cookie(LINK_COOKIE, samesite="Lax")
    return response


@require_POST
@citizen_page
def autosave(request: PublicRequest) -> HttpResponse:
    """Keep what is being typed; answer a question with the articles that may help."""
    draft = _draft(request)
    is_question = "text" in request.POST
    if (draft and draft.ticket and not is_question) or _refusal_of_draft(request, draft):
        return HttpResponse(status=204)
    answers: dict[str, Any] = {
        name: value
        for form in (QuestionForm, WhereForm, ContactForm)
        for name, value in typed(form, request.POST).items()
    }
    answers |= _details_typed(request)
    saved = drafts.save_draft(request.organisation, _token(request), answers)
    if not is_question:
        return _remember(HttpResponse(status=204), saved)
    found = _found(request, answers["text"])
    return _remember(respond(request, "tickets/citizen/found.html", {"found": found, "form_id": "question"}), saved)


@require_POST
@same_origin_post
def article_opened(request: PublicRequest) -> HttpResponse:
    """Note which of the suggested articles was opened; said by the page itself as its link is followed."""
    slug = request.POST.get("article", "")
    if (article := article_named(request.organisation, slug)) is not None:
        drafts.note_article_opened(request.organisation, _token(request), article)
    return HttpResponse(status=204)


def _brought(request: PublicRequest, answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers with what the page that led here says of its reader: what they read, wrote and saw.

    What was typed here before stays, and comes first.
    """
    brought: dict[str, Any] = {"text": request.GET.get("texto", "")[:2000]}
    if vote := vote_behind(request.organisation, request.GET.get("opinion", "")):
        brought |= {"text": vote.comment, "read": vote.version.article_id}
    elif slug := request.GET.get("articulo"):
        brought["read"] = article_named(request.organisation, slug)
    if (kind := request.GET.get("clase", "")) in BY_SLUG:
        brought["clase"] = kind
    if search_key := request.GET.get("busqueda"):
        brought["search"] = search_key[:SEARCH_KEY_LENGTH]
    if code := request.GET.get("codigo"):
        brought["error_code"] = plain_text(code)[:200]
    before = answers.get("text", "")
    if before and brought["text"] not in before:
        brought["text"] = f"{before}\n\n{brought['text']}"
    return {**answers, **{name: value for name, value in brought.items() if value}}


# --- The draft and its cookie -------------------------------------------------------------------------


def _token(request: PublicRequest) -> str:
    return request.COOKIES.get(DRAFT_COOKIE, "")


def _draft(request: PublicRequest) -> TicketDraft | None:
    return draft_behind(request.organisation, _token(request))


def _draft_on_its_way(request: PublicRequest) -> TicketDraft | HttpResponse:
    """Return the draft with a question in it, or the page where its owner has to go instead."""
    draft = _draft(request)
    if draft is None or (draft.ticket is None and not draft.answers.get("text")):
        return redirect("tickets:new")
    return redirect("tickets:sent") if draft.ticket else draft


def _remember(response: HttpResponse, saved: drafts.Saved) -> HttpResponse:
    _set_cookie(response, DRAFT_COOKIE, saved.token, lasts=drafts.DRAFTS_LAST)
    return response


def _sent(done: drafts.Sent) -> HttpResponse:
    response = redirect("tickets:sent")
    _set_cookie(response, LINK_COOKIE, done.token, lasts=drafts.SENT_PAGE_LASTS)
    return response


def _set_cookie(response: HttpResponse, name: str, value: str, *, lasts: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


# --- Steps --------------------------------------------------------------------------------------------


def _step(request: PublicRequest, name: str, form: forms.Form, *, back: str, onward: str) -> HttpResponse:
    """Keep what was typed on one page, then go where its button says."""
    draft = _draft(request)
    if draft and draft.ticket:
        return redirect("tickets:sent")
    if refusal := _refusal_of_draft(request, draft):
        return _show(request, name, form, refusal=refusal, status=429)
    saved = drafts.save_draft(
        request.organisation,
        _token(request),
        _details_typed(request) if isinstance(form, AnswersForm) else form.data,
        files=request.FILES.getlist("uploads"),
        remove_file=row_key(request.POST.get("remove_file")),
    )
    return _remember(_after_saving(request, name, form, saved, back=back, onward=onward), saved)


def _after_saving(
    request: PublicRequest, name: str, form: forms.Form, saved: drafts.Saved, *, back: str, onward: str
) -> HttpResponse:
    if not saved.draft.answers.get("text"):
        return redirect(f"{reverse('tickets:new')}?caducado=1")
    if not saved.refused and "back" in request.POST:
        return redirect(f"tickets:{_back(request, back, saved.draft)}")
    if not saved.refused and "remove_file" in request.POST:
        return _onward(request, name, keep_then=True)
    if form.is_valid() and not saved.refused:
        return _onward(request, _ahead(request, onward, saved.draft))
    for sentence in saved.refused:
        form.add_error("uploads", sentence)
    return _show(request, name, form, draft=saved.draft, status=422)


def _back(request: PublicRequest, name: str, draft: TicketDraft) -> str:
    """Return the step before, leaving out the one without questions."""
    return "where" if name == "details" and not _fields_to_ask(request, draft) else name


def _ahead(request: PublicRequest, name: str, draft: TicketDraft) -> str:
    """Return the step that follows, leaving out the one without questions."""
    return "contact" if name == "details" and not _fields_to_ask(request, draft) else name


def _kind(request: PublicRequest, answers: Mapping[str, Any]) -> TicketKind:
    """Return the kind of matter that an address or a form names, support where it is not offered."""
    kind = kind_of_slug(str(answers.get("clase", "")))
    return kind if kind in offered_kinds(request.organisation) else TicketKind.SUPPORT


def _kind_of_draft(request: PublicRequest, draft: TicketDraft | None) -> TicketKind:
    return _kind(request, draft.answers if draft else {})


def _fields_to_ask(request: PublicRequest, draft: TicketDraft) -> list[Field]:
    key = row_key(str(draft.answers.get("topic", "")))
    topic = Topic.objects.filter(pk=key, organisation__in=request.organisation.lineage).first() if key else None
    return asked_fields(request.organisation, topic)


def _details_typed(request: PublicRequest) -> dict[str, list[str]]:
    """Return what was typed into the organisation's own fields, as it is kept in the draft."""
    names = [name for name in request.POST if name.startswith(PREFIX)][:MOST_DETAILS]
    return {name: [plain_text(text)[:LONG] for text in request.POST.getlist(name)] for name in names}


def _details_before(draft: TicketDraft, fields: list[Field]) -> dict[str, Any]:
    """Return what was typed into the organisation's own fields before, as the form shows it at first."""
    several = {PREFIX + field.key for field in fields if field.kind == FieldKind.SEVERAL}
    typed_before = {name: texts for name, texts in draft.answers.items() if name.startswith(PREFIX)}
    return {name: texts if name in several else "".join(texts[:1]) for name, texts in typed_before.items()}


def _answers_of(steps: Mapping[str, forms.Form]) -> dict[str, Any]:
    form = steps.get("details")
    return kept(form.shown, form.answers()) if isinstance(form, AnswersForm) else {}


def _then(request: PublicRequest) -> str:
    """Return "check" when the person came from the summary to change one thing, and goes back there."""
    asked = request.POST.get("then") or request.GET.get("then", "")
    return "check" if asked == "check" else ""


def _onward(request: PublicRequest, name: str, *, keep_then: bool = False) -> HttpResponse:
    then = _then(request)
    if keep_then and then:
        return redirect(f"{reverse(f'tickets:{name}')}?then={then}")
    return redirect(f"tickets:{then or name}")


def _show(
    request: PublicRequest,
    name: str,
    form: forms.Form,
    *,
    draft: TicketDraft | None = None,
    status: int = 200,
    refusal: str = "",
    expired: bool = False,
    kind: TicketKind | None = None,
) -> HttpResponse:
    page: dict[str, Any] = {
        "form": form,
        "kind": kind or _kind_of_draft(request, draft or _draft(request)),
        "files": list(draft.files.order_by("pk")) if draft else [],
        "may_discard": draft is not None and draft.ticket is None,
        "then": _then(request),
        "trap": TRAP,
        "refusal": refusal,
        "expired": expired,
    }
    page["rule"] = rule_of(page["kind"])
    return respond(request, f"tickets/citizen/{name}.html", page, status=status)


def _steps(request: PublicRequest, draft: TicketDraft) -> dict[str, forms.Form]:
    """Return the forms of the three steps, filled from the draft."""
    organisation, answers = request.organisation, draft.answers
    steps: dict[str, forms.Form] = {
        "new": QuestionForm(answers),
        "where": WhereForm(answers, organisation=organisation, kind=_kind_of_draft(request, draft)),
    }
    if fields := _fields_to_ask(request, draft):
        steps["details"] = AnswersForm(fields, _as_posted(answers))
    return steps | {"contact": ContactForm(answers, organisation=organisation)}


def _as_posted(answers: Mapping[str, Any]) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name, texts in answers.items():
        if name.startswith(PREFIX):
            posted.setlist(name, texts)
    return posted


def _show_check(
    request: PublicRequest, draft: TicketDraft, steps: dict[str, forms.Form], *, refusal: str = ""
) -> HttpResponse:
    deadline_on = steps["where"].cleaned_data.get("person_deadline_on")
    page = {
        "kind": _kind_of_draft(request, draft),
        "rule": rule_of(_kind_of_draft(request, draft)),
        "deadline_on": deadline_on,
        "deadline_is_past": deadline_on is not None and deadline_on < timezone.localdate(),
        "details": _details_in_words(request, steps),
        "question": steps["new"].cleaned_data,
        "where": steps["where"].cleaned_data,
        "contact": steps["contact"].cleaned_data,
        "phone": readable_phone(steps["contact"].cleaned_data["phone"]),
        "language": dict(settings.LANGUAGES).get(steps["contact"].cleaned_data["language"], ""),
        "files": list(draft.files.order_by("pk")),
        "device": _device(request),
        "sends_device": request.method == "GET" or "device" in request.POST,
        "trap": TRAP,
        "refusal": refusal,
    }
    return respond(request, "tickets/citizen/check.html", page, status=429 if refusal else 200)


def _details_in_words(request: PublicRequest, steps: Mapping[str, forms.Form]) -> list[tuple[str, str]]:
    form = steps.get("details")
    if not isinstance(form, AnswersForm):
        return []
    said, language = _answers_of(steps), request.language
    return [
        (field.name_in(language), words(field, said[field.key], language)) for field in form.shown if field.key in said
    ]


def _device(request: PublicRequest) -> str:
    """Return browser and system of whoever asks, in plain words, or ""."""
    return device_name(request.headers.get("User-Agent", ""), with_version=True)


def _device_to_send(request: PublicRequest) -> str:
    """Return it where the person left the box ticked that says so."""
    return _device(request) if "device" in request.POST else ""


def _question(request: PublicRequest, answers: dict[str, Any]) -> drafts.Question:
    return drafts.Question(
        text=answers["text"],
        procedure=answers.get("procedure"),
        page_url=answers["page_url"],
        error_code=answers["error_code"],
        contact_by=answers["contact_by"],
        email=answers["email"],
        phone=answers["phone"],
        name=answers["name"],
        language=answers["language"] or request.language,
        kind=answers["kind"],
        topic=answers.get("topic"),
        person_deadline_on=answers.get("person_deadline_on"),
        custom=answers["custom"],
        device=answers["device"],
    )


# --- Help before asking, and programs that only pretend to ask ------------------------------------------


def _found(request: PublicRequest, text: str) -> list[Found]:
    if len(text.strip()) < SHORTEST_SEARCH:
        return []
    return search(request.organisation, text, request.language, limit=ARTICLES_SUGGESTED)


def _refusal_of_program(request: PublicRequest) -> str:
    if not request.POST.get(TRAP):
        return ""
    return _("Parece que un programa ha rellenado el formulario. Si es usted una persona, pulse el botón otra vez.")


def _refusal_of_draft(request: PublicRequest, draft: TicketDraft | None) -> str:
    address = visitor(request)
    if (draft and not draft.ticket) or allow(f"ticket-draft:{address}", limit=DRAFTS_PER_HOUR, period=HOUR):
        return ""
    return _too_many()


def _refusal_of_sending(request: PublicRequest, answers: dict[str, Any]) -> str:
    address, reached_by = visitor(request), answers["email"] or answers["phone"]
    if not allow(f"ticket:{address}", limit=TICKETS_PER_HOUR, period=HOUR):
        return _too_many()
    if reached_by and not allow(f"ticket-of:{reached_by}", limit=TICKETS_PER_PERSON_PER_HOUR, period=HOUR):
        return _too_many()
    return ""


def _too_many() -> str:
    return _("Hemos recibido muchos envíos desde su conexión. Espere una hora y pulse el botón otra vez.")
