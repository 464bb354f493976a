"""How often somebody may do something, counted in the shared cache so that every process counts together."""

import hmac
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone


def allow(key: str, *, limit: int, period: timedelta) -> bool:
    """Count one more use of `key` and tell whether it is still within `limit` per `period`.

    Counts in fixed windows. The key (an address, say) is stored only as a keyed hash, and no longer than two windows.
    """
    seconds = int(period.total_seconds())
    window = int(timezone.now().timestamp()) // seconds
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{key}|{window}".encode(), "sha256").hexdigest()
    name = f"rate:{digest}"
    if cache.add(name, 1, timeout=2 * seconds):
        return limit >= 1
    return int(cache.incr(name)) <= limit
