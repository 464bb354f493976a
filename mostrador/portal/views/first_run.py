"""The first run of an installation without the sample office: make the first organisation and its administrator."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import PublicRequest, citizen_page
from mostrador.organisations.queries import nothing_is_set_up
from mostrador.portal import actions, queries
from mostrador.portal.forms import FirstRunForm
from mostrador.shared.errors import ActionRefused
from mostrador.shared.links import absolute
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@citizen_page
def first_run(request: PublicRequest) -> HttpResponse:
    """Ask for all that an empty installation needs; only with the link that `mostrador up` printed, and only once."""
    token = request.POST.get("clave", "") if request.method == "POST" else request.GET.get("clave", "")
    if not (nothing_is_set_up() and queries.is_setup_token(token)):
        raise Http404
    if request.method != "POST":
        return _show(request, FirstRunForm(initial=_initial(request, token)))
    if "try_mail" in request.POST:
        return _after_trying_mail(request)
    form = FirstRunForm(request.POST)
    if form.is_valid():
        try:
            organisation = actions.open_first_office(form.office, token=token)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Todo está preparado. Entre con su correo y la contraseña que ha elegido."))
            return redirect(absolute(organisation.host, "portal:settings"))
    return _show(request, form)


def _initial(request: HttpRequest, token: str) -> dict[str, object]:
    host, _port = split_domain_port(request.get_host())
    return {"clave": token, "host": host, "languages": ["es"], "default_language": "es", "team": _("Soporte")}


def _after_trying_mail(request: PublicRequest) -> HttpResponse:
    """Say what became of a trial message, with everything else as it was typed."""
    form = FirstRunForm(request.POST)
    form.full_clean()
    mail_errors = form.errors.get("administrator_email")
    kept = FirstRunForm(initial=request.POST.dict() | {"languages": request.POST.getlist("languages")})
    if mail_errors:
        return _show(request, kept, mail={"kind": "bad", "words": str(mail_errors[0])}, status=422)
    try:
        words = actions.try_mail(form.cleaned_data["administrator_email"])
    except ActionRefused as refusal:
        return _show(request, kept, mail={"kind": "warning", "words": str(refusal)})
    return _show(request, kept, mail={"kind": "good", "words": words})


def _show(
    request: PublicRequest, form: FirstRunForm, *, mail: dict[str, str] | None = None, status: int | None = None
) -> HttpResponse:
    page = {"form": form, "mail": mail}
    return respond(request, "portal/setup/first_run.html", page, status=status or (422 if form.errors else 200))
