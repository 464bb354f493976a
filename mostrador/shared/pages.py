"""Answer with a page, or with the fragment of it that htmx asked for, from one template."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template import engines
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect
from jinja2 import Environment


def respond(
    request: HttpRequest, template: str, page: dict[str, Any], *, fragment: str | None = None, status: int = 200
) -> HttpResponse:
    """Render the whole template, or only its block `fragment` when htmx asks."""
    context = page_context(request) | page
    loaded = jinja().get_template(template)
    if fragment and getattr(request, "htmx", False):
        content = "".join(loaded.blocks[fragment](loaded.new_context(context)))
        response = HttpResponse(content, status=status)
    else:
        response = HttpResponse(loaded.render(context), status=status)
    if fragment:
        response["Vary"] = "HX-Request"
    return response


def lead_to(request: HttpRequest, address: str, **names: Any) -> HttpResponse:
    """Send the browser to another page, also out of a dialog or a part that htmx draws."""
    url = resolve_url(address, **names)
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else HttpResponseRedirect(url)


def render_text(template: str, context: dict[str, Any], *, language: str) -> str:
    """Render an e-mail or another text outside of requests, in `language`."""
    with translation.override(language):
        return jinja().get_template(template).render(context)


def jinja() -> Environment:
    """Return the one Jinja2 environment of the product."""
    environment: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return environment


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page may use besides its own names."""
    context: dict[str, Any] = {"messages": ()}
    if getattr(request, "is_cacheable", False):
        return context | {"request": request}  # the processors would read the session
    for processor in engines["jinja2"].template_context_processors:  # type: ignore[attr-defined]
        context |= processor(request)
    return context | {"request": request}
