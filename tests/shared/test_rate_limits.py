"""How often somebody may do something."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, connections

from mostrador.shared.rate_limits import allow, forget_expired, network_of

HOUR = timedelta(hours=1)


def counters() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM shared_rate_limit) + (SELECT count(*) FROM shared_cache)")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_limit_holds_until_the_whole_period_is_over() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False) as clock:
        first = [allow("door", limit=2, period=HOUR) for _ in range(3)]
        clock.shift(timedelta(minutes=40))  # longer than the shared cache keeps what nobody gave a time
        still = allow("door", limit=2, period=HOUR)
        clock.shift(timedelta(minutes=20))
        later = allow("door", limit=2, period=HOUR)

    assert (first, still, later) == ([True, True, False], False, True)


@pytest.mark.django_db(transaction=True)
def test_those_who_come_at_the_same_time_count_each() -> None:
    def come(_: int) -> bool:
        try:
            return allow("door", limit=5, period=HOUR)
        finally:
            connections.close_all()

    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False), ThreadPoolExecutor(8) as together:
        allowed = list(together.map(come, range(24)))

    assert allowed.count(True) == 5


@pytest.mark.django_db
def test_many_visitors_do_not_make_others_forgotten() -> None:
    cache.set("locked", True, timeout=3600)
    for number in range(400):  # more than Django's cache keeps when nobody says how many
        cache.set(f"{number}", True, timeout=3600)

    assert cache.get("locked") is True


@pytest.mark.django_db
def test_counters_are_removed_when_their_time_is_over() -> None:
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=False):
        allow("door", limit=2, period=HOUR)
        cache.set("locked", True, timeout=300)
    allow("window", limit=2, period=HOUR)

    forget_expired()

    assert counters() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("nonsense", "::"),
        ("", "::"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_visitor(address: str, network: str) -> None:
    assert network_of(address) == network
