"""Requests about somebody's data, and what speaks against erasing them."""

from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.people.models import DataRequest, Person
from mostrador.people.queries.persons import records_of
from mostrador.people.rules import Hold, keepers
from mostrador.shared.formats import exact_date

MOST_LISTED = 50


def holds_of(person: Person) -> list[Hold]:
    """Return why the data of a person may not be erased now: a legal obligation noted by the desk, or what apps say.

    Source: RGPD, art. 17.3 (b and e).
    """
    records = records_of(person)
    holds = [_legal_hold(each) for each in records if each.held_until and each.held_until >= timezone.localdate()]
    functions = [keeper.holds_function() for keeper in keepers()]
    found = [hold for function in functions if function for each in records for hold in function(each)]
    return list(dict.fromkeys(holds + found))


def requests_of(person: Person) -> list[DataRequest]:
    """Return what was asked about a person's data, newest first. One query."""
    return list(DataRequest.objects.filter(person=person).select_related("asked_by").order_by("-pk")[:MOST_LISTED])


def requests_visible_to(access: Access) -> list[DataRequest]:
    """Return the last fifty requests of the organisations that this user administers. One query."""
    administered = DataRequest.objects.filter(organisation__in=access.organisation_ids(Role.ADMINISTRATOR))
    return list(administered.select_related("asked_by", "organisation").order_by("-pk")[:MOST_LISTED])


def _legal_hold(person: Person) -> Hold:
    assert person.held_until is not None  # noqa: S101 - asked by the caller, for types
    words = {"day": exact_date(person.held_until), "reason": person.hold_reason or "—"}
    return Hold("legal", _("Sus datos se conservan por obligación legal hasta el %(day)s: %(reason)s.") % words)
