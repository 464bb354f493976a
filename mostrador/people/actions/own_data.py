"""What this app itself keeps of a person besides who they are: erased, or moved when records are joined."""

from collections.abc import Mapping
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, QuerySet

from mostrador.people.actions.requests import forget_copy
from mostrador.people.models import Assistance, DataRequest, Merge, Person, PossibleDuplicate, Representation
from mostrador.people.rules import Moved


def erase(person: Person) -> dict[str, int]:
    """Erase representations, what consents say, copies of the data and what joining records kept.

    Of a consent stays that it was given, when, before whom and for which procedure. In the caller's transaction.
    """
    representations = Representation.objects.filter(person=person) | Representation.objects.filter(
        representative=person
    )
    assistances = Assistance.objects.filter(person=person).exclude(text="")
    for assistance in assistances.exclude(scan=""):
        transaction.on_commit(partial(default_storage.delete, assistance.scan.name or ""))
    requests = DataRequest.objects.filter(person=person)
    Merge.objects.filter(kept=person).update(before={}, chosen={})
    Merge.objects.filter(gone=person).update(before={}, chosen={})
    PossibleDuplicate.objects.filter(first=person).delete()
    PossibleDuplicate.objects.filter(second=person).delete()
    return {
        "representations": representations.delete()[0],
        "consents": assistances.update(
            text="", scope="", office="", scan="", scan_name="", scan_type="", scan_sha256="", ticket_reference=""
        ),
        "copies": sum(forget_copy(request) for request in requests.exclude(file="")),
    }


def move(source: Person, target: Person, only: Mapping[str, list[int]] | None) -> Moved:
    """Give representations, consents and requests of one person to another; return the keys of what was moved.

    A representation between the two would be of oneself: it stays where it is.
    """
    of_source = Representation.objects.filter(person=source).exclude(representative=target)
    by_source = Representation.objects.filter(representative=source).exclude(person=target)
    rows: dict[str, tuple[QuerySet[Model], str]] = {
        "represented": (of_source, "person"),
        "represents": (by_source, "representative"),
        "consents": (Assistance.objects.filter(person=source), "person"),
        "requests": (DataRequest.objects.filter(person=source), "person"),
    }
    moved = {}
    for what, (found, field) in rows.items():
        if only is not None:
            found = found.filter(pk__in=only.get(what, []))
        keys = list(found.order_by("pk").values_list("pk", flat=True))
        found.model._default_manager.filter(pk__in=keys).update(**{field: target.pk})
        moved[what] = keys
    return moved
