"""Texts of the legal pages."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.choices import LEGAL_PATHS, LegalPageKind
from mostrador.organisations.forms import LegalPageForm
from mostrador.portal.views.settings.common import saved, show, status_of, typed
from mostrador.shared.formats import language_name


@require_GET
@staff_page(Role.ADMINISTRATOR)
def legal_pages(request: StaffRequest) -> HttpResponse:
    """Show which texts are written, in which languages."""
    names = dict(settings.LANGUAGES)
    page = {
        "kinds": [(kind, kind.label, path) for kind, path in LEGAL_PATHS.items()],
        "languages": [(code, names[code]) for code in request.organisation.languages],
        "written": queries.legal_pages_written(request.organisation),
    }
    return show(request, "portal/administrator/legal_pages.html", page, here=_("Textos legales"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def legal_page_edit(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """Write one text in one language."""
    if kind not in LegalPageKind.values or language not in request.organisation.languages:
        raise Http404
    page_kind = LegalPageKind(kind)
    written = queries.legal_pages_written(request.organisation)
    row = written.get((kind, language))
    form = LegalPageForm(typed(request), initial={"body": row.body if row else ""})
    if request.method == "POST" and saved(
        form,
        lambda data: actions.write_legal_page(
            request.organisation, page_kind, language, body=data["body"], actor=request.user
        ),
    ):
        messages.success(request, _("Guardado. Los visitantes lo verán en menos de dos minutos."))
        return redirect("portal:legal_pages")
    return show(
        request,
        "portal/administrator/legal_page_edit.html",
        {"form": form, "row": row, "language": language},
        here=_("%(page)s en %(language)s") % {"page": page_kind.label, "language": language_name(language)},
        above=[(_("Textos legales"), reverse("portal:legal_pages"))],
        status=status_of(form),
    )
