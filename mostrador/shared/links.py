"""Addresses with their host, for e-mails and jobs."""

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix


def absolute(host: str, name: str, *args: object, prefix: str = "/", **kwargs: object) -> str:
    """Return the whole address of a page.

    Args:
        host: Host name of the organisation, without port.
        name: Name of the address, for example "tickets:follow_up".
        prefix: "/" or the language in the path: "/ca/".
        args: Positional parts of the address.
        kwargs: Named parts of the address.
    """
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        path = reverse(name, args=args, kwargs=kwargs)
    finally:
        set_script_prefix(before)
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"
