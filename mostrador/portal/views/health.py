"""Answers for load balancers and monitoring; strangers learn only yes or no."""

from ipaddress import ip_address

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mostrador.accounts.access import PublicRequest, citizen_page
from mostrador.accounts.choices import Role
from mostrador.shared.health import Health, current_health


@require_safe
@citizen_page
def alive(request: PublicRequest) -> JsonResponse:
    """Say that the process answers; asks nobody else, so that a slow database never gets the process killed."""
    return JsonResponse({"alive": True})


@require_safe
@citizen_page
def ready(request: PublicRequest) -> JsonResponse:
    """Say whether visitors may be sent here (200) or not (503); details only for this machine and administrators."""
    health = current_health()
    content: dict[str, object] = {"ready": health.ready}
    if may_see_details(request):
        content |= details(health)
    return JsonResponse(content, status=200 if health.ready else 503)


def may_see_details(request: HttpRequest) -> bool:
    """Tell whether the request comes from this machine itself, not through a proxy on it, or from an administrator."""
    address = request.META.get("REMOTE_ADDR") or "127.0.0.1"  # empty: a unix socket, so this machine
    if ip_address(address).is_loopback and not request.META.get("mostrador.forwarded"):  # see config/front.py
        return True
    user = getattr(request, "user", None)
    access = getattr(request, "access", None)
    return user is not None and user.is_authenticated and access is not None and access.has(Role.ADMINISTRATOR)


def details(health: Health) -> dict[str, object]:
    """Return what an administrator wants to know."""
    return {
        "database": health.database,
        "migrations": health.migrations,
        "worker": health.worker_lives(timezone.now()),
        "queue_age_seconds": int(health.oldest_waiting.total_seconds()),
    }
