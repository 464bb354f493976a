"""The mailboxes of the organisations that one administers: how they go, set up, stopped and started."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import mailboxes as actions
from mostrador.mailbox.choices import Box, Connection, FetchProblem, MailState, Outcome, SignIn, Way
from mostrador.mailbox.forms.mailboxes import MailboxForm, SecretForm
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.mailbox.queries import mailboxes as queries
from mostrador.mailbox.queries.checks import latest_check
from mostrador.mailbox.queries.doors import doors_of
from mostrador.mailbox.rules.connections import connection_of
from mostrador.mailbox.views.rows import box_of
from mostrador.notifications.clients import configured_server
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import duration, moment, number
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond

# What each way is for, where one is chosen.
WHAT_FOR = {
    Connection.MICROSOFT: gettext_lazy(
        "Con el permiso de la organización (OAuth2). Hace falta registrar una aplicación."
    ),
    Connection.GOOGLE: gettext_lazy("Con el permiso de la organización (OAuth2). Hace falta registrar una aplicación."),
    Connection.IMAP: gettext_lazy("Con usuario y contraseña. Lo más común, y lo que sirve para casi todo."),
    Connection.POP3: gettext_lazy("Con usuario y contraseña, si el servidor no ofrece IMAP."),
    Connection.OAUTH2: gettext_lazy("Sin contraseña, con un permiso que da otro proveedor a la aplicación."),
    Connection.DELIVERED: gettext_lazy("Sin recoger nada: Postfix, otro servidor por LMTP, o un proveedor por HTTP."),
}
# What became of a message: words and their meaning.
MEANING = {
    Outcome.OPENED: "good",
    Outcome.ADDED: "good",
    Outcome.LINKED: "good",
    Outcome.NOTED: "good",
    Outcome.UNREADABLE: "bad",
    Outcome.SPAM: "warning",
}


@require_GET
@staff_page(Role.ADMINISTRATOR)
def mailboxes(request: StaffRequest) -> HttpResponse:
    """List the mailboxes that one administers, those of the visited organisation first."""
    boxes = queries.mailbox_list(request.access, request.organisation)
    figures = queries.figures_of(boxes)
    page = {
        "rows": [_row(box, figures[box.pk], request.organisation.pk) for box in boxes],
        "has_server": configured_server() is not None,
    }
    return respond(request, "mailbox/administrator/mailboxes.html", page)


@require_GET
@staff_page(Role.ADMINISTRATOR)
def mailbox(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how one mailbox goes and what came in, newest first."""
    box = box_of(request, pk)
    which = _box(request.GET.get("ver", ""))
    found = queries.mail_page(
        box, which, before=row_key(request.GET.get("antes")), after=row_key(request.GET.get("despues"))
    )
    figures = queries.figures_of([box])[box.pk]
    page = {
        "box": box,
        "state": state_of(box),
        "facts": _facts(box),
        "figures": figures,
        "outcomes": queries.outcomes_lately(box, timezone.now()),
        "rows": [_mail_row(mail) for mail in found.mails],
        "tabs": _tabs(box, which, figures),
        "is_all": which == Box.ALL,
        "trouble": trouble_of(box),
        "needs_permission": needs_permission(box),
        "check": latest_check(box),
        "doors": doors_of(box) if box.way == Way.DELIVERED else [],
        "hook_secret": request.session.pop(f"hook-secret-{box.pk}", ""),
        "came": box.came_at,  # type: ignore[attr-defined]  # annotated by the query
        "can_import": box.way == Way.IMAP,
    }
    return respond(request, "mailbox/administrator/mailbox.html", page | _neighbours(box, found, which))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def mailbox_new(request: StaffRequest) -> HttpResponse:
    """Add a mailbox: first how its mail arrives, then what that needs."""
    connection = _connection(request.GET.get("como", ""))
    if connection is None:
        return _choose(request, None)
    form = MailboxForm(request.organisation, connection, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            box = actions.save_mailbox(request.organisation, connection, form.cleaned_data, actor=request.user)
        except ActionRefused as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, _("El buzón está añadido. Pruébelo para ver que el correo sale y llega."))
            return redirect(*_next_page(box))
    page = {"form": form, "box": None, "connection": connection, "callback": _callback(request)}
    return respond(request, "mailbox/administrator/mailbox_edit.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def mailbox_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a mailbox, and how its mail arrives when another way is chosen."""
    box = box_of(request, pk)
    if request.GET.get("como") == "elegir":
        return _choose(request, box)
    connection = _connection(request.GET.get("como", "")) or connection_of(box.way, box.sign_in)
    form = MailboxForm(box.organisation, connection, request.POST if request.method == "POST" else None, box=box)
    if request.method == "POST" and form.is_valid():
        try:
            box = actions.save_mailbox(box.organisation, connection, form.cleaned_data, actor=request.user, box=box)
        except ActionRefused as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, _("Guardado."))
            return redirect(*_next_page(box))
    page = {"form": form, "box": box, "connection": connection, "callback": _callback(request)}
    return respond(request, "mailbox/administrator/mailbox_edit.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def mailbox_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, and stop a mailbox; or put it to use again."""
    box = box_of(request, pk)
    if request.method == "POST":
        if box.is_active:
            actions.stop_mailbox(box, actor=request.user)
            messages.success(request, _("El buzón está parado."))
        else:
            actions.restart_mailbox(box, actor=request.user)
            messages.success(request, _("El buzón vuelve a estar en uso en unos segundos."))
        return redirect("mailbox:mailbox", pk=box.pk)
    return respond(request, "mailbox/administrator/mailbox_stop.html", {"box": box})


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def secret(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, and make the secret with which a provider signs, or keep the provider's own; a new one is shown once."""
    box = box_of(request, pk)
    form = SecretForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["secret"]
        kept = actions.keep_hook_secret(box, given, actor=request.user)
        if given:
            messages.success(request, _("Guardado."))
        else:
            request.session[f"hook-secret-{box.pk}"] = kept
        return redirect(f"{reverse('mailbox:mailbox', args=[box.pk])}#entrega")
    page = {"box": box, "form": form}
    return respond(request, "mailbox/administrator/secret.html", page, status=422 if form.errors else 200)


def _choose(request: StaffRequest, box: Mailbox | None) -> HttpResponse:
    choices = [(each.label, f"?como={each.value}", WHAT_FOR[each]) for each in Connection]
    return respond(request, "mailbox/administrator/mailbox_way.html", {"choices": choices, "box": box})


def _next_page(box: Mailbox) -> tuple[str, int]:
    return ("mailbox:permission" if needs_permission(box) else "mailbox:mailbox"), box.pk


def _callback(request: StaffRequest) -> str:
    return request.build_absolute_uri(reverse("mailbox:permission_given"))


def _connection(value: str) -> Connection | None:
    return Connection(value) if value in Connection.values else None


def _box(value: str) -> Box:
    return Box(value) if value in Box.values else Box.ALL


def needs_permission(box: Mailbox) -> bool:
    """Tell whether somebody must still permit us, at the provider, to read the mailbox."""
    if box.way == Way.DELIVERED or box.sign_in not in {SignIn.MICROSOFT, SignIn.GOOGLE}:
        return False
    return not box.oauth_refresh_sealed and not box.oauth_scope.endswith("/.default")


def state_of(box: Mailbox) -> tuple[str, str]:
    """Return how a mailbox goes, in words and with their meaning."""
    if needs_permission(box):
        return _("Falta el permiso"), "warning"
    if not box.is_active:
        if box.problem:
            return _("No pudo empezar"), "bad"
        is_beginning = box.way != Way.DELIVERED and box.last_fetch_at is None
        return (_("Empezando"), "info") if is_beginning else (_("Parado"), "neutral")
    if box.problem:
        return _("Falla"), "bad"
    if box.alarmed_at:
        return _("Demasiado callado"), "warning"
    if box.way != Way.DELIVERED and box.last_fetch_at is None:
        return _("Sin recoger todavía"), "info"
    return _("En marcha"), "good"


def trouble_of(box: Mailbox) -> dict[str, Any] | None:
    """Return what is wrong with a mailbox and what to do, if something is."""
    if not box.problem:
        return None
    words = FetchProblem(box.problem).label if box.problem in FetchProblem.values else ""
    return {"words": words, "answer": box.last_error, "since": box.failing_since}


def _row(box: Mailbox, figures: queries.Figures, visited: int) -> dict[str, Any]:
    words, meaning = state_of(box)
    trouble = trouble_of(box)
    return {
        "href": reverse("mailbox:mailbox", args=[box.pk]),
        "name": box.name,
        "address": box.address,
        "organisation": box.organisation.short_name if box.organisation_id != visited else "",
        "state": words,
        "meaning": meaning,
        "trouble": trouble["words"] if trouble else "",
        "fetched": _when(box.last_fetch_at) if box.way != Way.DELIVERED else _("se entrega"),
        "came": _when(box.came_at),  # type: ignore[attr-defined]  # annotated by the query
        "left": figures,
    }


def _when(value: datetime | None) -> str:
    return moment(value) if value else "—"


def _facts(box: Mailbox) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [(_("Cómo llega"), Connection(connection_of(box.way, box.sign_in)).label)]
    if box.way != Way.DELIVERED:
        lag = timezone.now() - box.last_fetch_at if box.last_fetch_at else None
        late = f" ({_('hace %(time)s') % {'time': duration(lag)}})" if lag else ""
        facts += [
            (_("Servidor"), f"{box.host}:{box.port}"),
            (_("Última recogida"), (_when(box.last_fetch_at) + late) if box.last_fetch_at else _("Ninguna todavía")),
        ]
    came_at = box.came_at  # type: ignore[attr-defined]  # annotated by the query
    facts += [
        (_("Último mensaje"), _when(came_at) if came_at else _("Ninguno todavía")),
        (_("Equipo"), box.team.name if box.team else _("El que recibe las consultas nuevas")),
        (_("Se responde desde"), box.sender.address),
    ]
    return facts


def _mail_row(mail: IncomingMail) -> dict[str, Any]:
    return {
        "href": reverse("mailbox:mail", args=[mail.pk]),
        "when": moment(mail.received_at),
        "sender": mail.sender_name or mail.sender or (_("Sin leer todavía") if mail.file else _("Datos suprimidos")),
        "address": mail.sender if mail.sender_name else "",
        "subject": mail.subject or (_("Sin asunto") if mail.state == MailState.DONE and mail.file else "—"),
        "outcome": outcome_words(mail),
        "meaning": outcome_meaning(mail),
        "reference": mail.ticket.reference if mail.ticket else "",
    }


def outcome_words(mail: IncomingMail) -> str:
    """Return what became of a message, or where it is."""
    label = Outcome(mail.outcome).label if mail.outcome else MailState(mail.state).label
    return str(label)


def outcome_meaning(mail: IncomingMail) -> str:
    """Return the meaning of that."""
    if mail.state == MailState.FAILED:
        return "bad"
    return MEANING.get(Outcome(mail.outcome), "neutral") if mail.outcome else "info"


def _tabs(box: Mailbox, current: Box, figures: queries.Figures) -> list[dict[str, Any]]:
    address = reverse("mailbox:mailbox", args=[box.pk])
    counts = {Box.WAITING: figures.waiting, Box.FAILED: figures.failed, Box.ASIDE: figures.aside}
    return [
        {
            "label": each.label,
            "href": address if each == Box.ALL else f"{address}?{urlencode({'ver': each.value})}",
            "current": each == current,
            "count": number(counts[each]) if counts.get(each) else None,
        }
        for each in Box
    ]


def _neighbours(box: Mailbox, found: queries.MailPage, which: Box) -> dict[str, str | None]:
    address = reverse("mailbox:mailbox", args=[box.pk])
    fixed = {} if which == Box.ALL else {"ver": which.value}

    def link(name: str, key: int | None) -> str | None:
        return f"{address}?{urlencode(fixed | {name: key})}#recibidos" if key is not None else None

    return {"newer": link("despues", found.newer), "older": link("antes", found.older)}
