"""The Jinja2 environment: components as globals, translations, and how dates and numbers are written."""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from mostrador.shared import formats, surroundings
from mostrador.shared.forms import field_parts
from mostrador.shared.markdown import render_markdown, render_message
from mostrador.shared.middleware import csrf_field


def environment(**options: Any) -> Environment:
    """Build the environment; Django calls this once per process."""
    options["undefined"] = StrictUndefined
    options["autoescape"] = lambda name: not (name or "").endswith(".txt")  # the text of e-mails is not HTML
    jinja = Environment(  # noqa: S701 - set on the line above
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    jinja.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    jinja.globals |= {"_": gettext, "gettext": gettext}  # quicker than what Jinja2 has just put there
    jinja.globals |= {
        "url": url,
        "static": lru_cache(maxsize=1000)(static),
        "csrf_field": csrf_field,
        "field_parts": field_parts,
    }
    jinja.globals |= {function.__name__: function for function in surroundings.GLOBALS}
    jinja.filters |= {
        "day": formats.day,
        "moment": formats.moment,
        "date": formats.exact_date,
        "clock": formats.clock,
        "day_and_month": formats.day_and_month,
        "weekday_and_day": formats.weekday_and_day,
        "language_name": formats.language_name,
        "number": formats.number,
        "percent": formats.percent,
        "change": formats.change,
        "duration": formats.duration,
        "file_size": formats.file_size,
        "initials": formats.initials,
        "markdown": render_markdown,
        "message_html": render_message,
    }
    jinja.globals["ui"] = components(jinja)
    return jinja


@pass_eval_context
def gettext(context: EvalContext, message: str, **values: Any) -> str:
    """Translate a text of a page, as Jinja2's own newstyle function: values are escaped, `%%` is a percent sign.

    A page has some hundred texts, most of them without values.
    """
    text = _text(translation.get_language(), message, context.autoescape)
    return text % values if values or "%" in text else text


@lru_cache(maxsize=20_000)
def _text(language: str | None, message: str, is_markup: bool) -> str:
    text = translation.gettext(message)
    return Markup(text) if is_markup else text  # noqa: S704 - our own words and those of our catalogues


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a page, with the language of the current page in front."""
    if args or not kwargs.keys() <= _NOT_SECRET:
        return reverse(name, args=args, kwargs=kwargs)
    return _address(settings.ROOT_URLCONF, get_script_prefix(), name, tuple(kwargs.items()))


# What addresses kept in memory may be made of: never the token of a private link.
_NOT_SECRET = {"reference", "pk", "slug", "person_id"}


@lru_cache(maxsize=5000)
def _address(addresses: str, prefix: str, name: str, kwargs: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, kwargs=dict(kwargs))


def components(jinja: Environment) -> SimpleNamespace:
    """Return every macro of components/*.html under its own name.

    Components call each other through the same `ui`, which is therefore a global before they are loaded.

    Raises:
        ValueError: Two components have the same name.
    """
    ui = SimpleNamespace()
    jinja.globals["ui"] = ui
    for name in sorted(jinja.list_templates(filter_func=lambda path: path.startswith("components/"))):
        for macro, value in vars(jinja.get_template(name).module).items():
            if macro.startswith("_"):
                continue
            if hasattr(ui, macro):
                raise ValueError(f"two components are called {macro!r}; the second is in {name}")
            setattr(ui, macro, value)
    return ui
