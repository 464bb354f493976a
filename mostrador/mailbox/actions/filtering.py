"""Filter rules at work."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from mostrador.mailbox.models import FilterRule
from mostrador.shared.together import later


def count_matches(keys: Sequence[int]) -> None:
    """Note that rules decided about a mail. One query for each rule, at the end of what is done together."""
    if not later(_count, keys):
        _count([keys])


def _count(decided: list[Sequence[int]]) -> None:
    times = Counter(key for keys in decided for key in keys)
    for key in sorted(times):  # in one order, so that two who count at once do not wait for each other
        matched = F("matched") + times[key]
        FilterRule.objects.filter(pk=key).update(matched=matched, last_matched_at=timezone.now())
