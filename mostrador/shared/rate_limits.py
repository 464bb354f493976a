"""How often somebody may do something, counted in the database so that every process counts together."""

import hmac
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

_COUNT = (
    "INSERT INTO shared_rate_limit AS counted (key, uses, expires) VALUES (%s, 1, %s)"
    " ON CONFLICT (key) DO UPDATE SET uses = counted.uses + 1 RETURNING uses"
)


def allow(key: str, *, limit: int, period: timedelta) -> bool:
    """Count one more use of `key` and tell whether it is still within `limit` per `period`.

    Counts in fixed windows. The key (an address, say) is stored only as a keyed hash, until its window is over. Call it
    outside of a transaction: what is rolled back was not counted, and others with the same key would wait.
    """
    seconds = int(period.total_seconds())
    window = int(timezone.now().timestamp()) // seconds
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{key}|{window}".encode(), "sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [digest, timezone.now() + period])
        uses: int = cursor.fetchone()[0]
    return uses <= limit


def forget_expired() -> None:
    """Remove the counters whose time is over, ours and those of the shared cache."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shared_rate_limit WHERE expires < now()")
        cursor.execute("DELETE FROM shared_cache WHERE expires < now()")


def visitor(request: HttpRequest) -> str:
    """Return the address that limits on a visitor count by: a whole network of IPv6, which one person often has."""
    return network_of(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Return an IPv4 address as it is and an IPv6 address as its network of 64 bits; "::" when it is neither."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "::"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed.packed, 64), strict=False).network_address)
