"""How much is answered by itself, so that two programs never write to each other without end.

Signs by which programs tell each other that nobody wrote (RFC 3834) are looked at where mail comes in; these brakes
hold where there are none. What they hold back is kept, for somebody to look at.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Somebody who writes twice in a row gets both acknowledgements; a third within the hour tells them nothing new.
MOST_TO_ADDRESS_AN_HOUR = 2
# The same by thread, for programs that write from another address each time.
MOST_IN_THREAD_AN_HOUR = 2
# A slow loop, of one answer an hour, ends on its first day.
MOST_TO_ADDRESS_A_DAY = 6
# Programs that change address and thread: more people than this do not write to one desk in an hour.
MOST_OF_ORGANISATION_AN_HOUR = 300
_TAG = re.compile(r"\+[^@]*@")


@dataclass(frozen=True, slots=True)
class Reactions:
    """What was answered by itself of late: to an address and in a thread, and by the organisation."""

    to_address_an_hour: int
    to_address_a_day: int
    in_thread_an_hour: int
    of_organisation_an_hour: int


def is_too_much(already: Reactions) -> bool:
    """Tell whether one more would be one too many."""
    return (
        already.to_address_an_hour >= MOST_TO_ADDRESS_AN_HOUR
        or already.to_address_a_day >= MOST_TO_ADDRESS_A_DAY
        or already.in_thread_an_hour >= MOST_IN_THREAD_AN_HOUR
        or already.of_organisation_an_hour >= MOST_OF_ORGANISATION_AN_HOUR
    )


def whose(address: str) -> str:
    """Return the address that stands for somebody: in lower case, without what follows a "+" (RFC 5233)."""
    return _TAG.sub("@", address.lower())
