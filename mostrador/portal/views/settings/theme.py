"""How the organisation looks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions
from mostrador.organisations.choices import Typeface
from mostrador.organisations.forms import LogoForm, ThemeForm
from mostrador.organisations.rules.themes import verdicts
from mostrador.portal.views.settings.common import files, offer_undo, saved, show, status_of, tried, typed
from mostrador.shared.colours import NotAColourError


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def theme(request: StaffRequest) -> HttpResponse:
    """Choose colour and typeface, seeing what becomes of the colour."""
    body = request.organisation
    form = ThemeForm(typed(request), initial={"accent": body.accent, "typeface": body.typeface})
    is_save = request.method == "POST" and "try" not in request.POST
    if is_save and saved(
        form,
        lambda data: actions.change_theme(
            body, accent=data["accent"], typeface=Typeface(data["typeface"]), actor=request.user
        ),
    ):
        messages.success(request, _("Guardado. Las páginas ya tienen el aspecto nuevo."))
        return redirect("portal:theme")
    return _show(request, form, LogoForm(), accent=form.data.get("accent", body.accent))


@require_GET
@staff_page(Role.ADMINISTRATOR)
def theme_preview(request: StaffRequest) -> HttpResponse:
    """Say and draw what becomes of a colour while it is being chosen."""
    accent = request.GET.get("accent", "")
    form = ThemeForm(initial={"accent": accent, "typeface": request.organisation.typeface})
    return _show(request, form, LogoForm(), accent=accent)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def logo(request: StaffRequest) -> HttpResponse:
    """Show a picture beside the name."""
    body = request.organisation
    form = LogoForm(typed(request), files(request))
    if saved(form, lambda data: actions.change_logo(body, data["logo"], actor=request.user)):
        messages.success(request, _("El logotipo nuevo ya se ve en todas las páginas."))
        return redirect("portal:theme")
    theme_form = ThemeForm(initial={"accent": body.accent, "typeface": body.typeface})
    return _show(request, theme_form, form, accent=body.accent)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def logo_remove(request: StaffRequest) -> HttpResponse:
    """Show the name alone."""
    if request.organisation.logo:
        name = tried(request, lambda: actions.remove_logo(request.organisation, actor=request.user))
        offer_undo(request, kind="logo", words=_("Ha quitado el logotipo."), values={"name": name})
    return redirect("portal:theme")


def _show(request: StaffRequest, form: ThemeForm, logo_form: LogoForm, *, accent: str) -> HttpResponse:
    try:
        seen = verdicts(accent)
    except NotAColourError:
        seen = verdicts(request.organisation.accent)
    page = {"form": form, "logo_form": logo_form, "verdicts": seen, "has_logo": bool(request.organisation.logo)}
    return show(
        request,
        "portal/administrator/theme.html",
        page,
        here=_("Aspecto"),
        status=status_of(form, logo_form),
        fragment="preview",
    )
