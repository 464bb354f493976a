"""Copies and erasures of somebody's data, as jobs with a report."""

import tempfile
from datetime import timedelta

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.people.actions.persons import erase_person, locked, refuse_unless_known, unnamed
from mostrador.people.choices import IdentityCheck, RequestKind, RequestState
from mostrador.people.models import DataRequest, Person
from mostrador.people.queries.export import write_copy
from mostrador.people.queries.requests import holds_of
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.tokens import new_token

FILES_LAST = timedelta(hours=24)


@transaction.atomic
def ask_for_copy(person: Person, *, by: User, identity_check: IdentityCheck) -> DataRequest:
    """Have a copy of everything about a person made; whoever asks may take it for 24 hours.

    Raises:
        ActionRefused: The record is erased or joined to another.

    Source: RGPD, arts. 15 and 20.
    """
    person = locked(person)
    refuse_unless_known(person)
    return _ask(person, RequestKind.EXPORT, by=by, identity_check=identity_check)


@transaction.atomic
def ask_for_erasure(
    person: Person, *, by: User, identity_check: IdentityCheck, forced_because: str = ""
) -> DataRequest:
    """Have everything about a person erased, except the figures.

    Args:
        forced_because: Why at once, although something speaks against it.

    Raises:
        ActionRefused: The record is erased or joined; or something speaks against it and there is no reason.

    Source: RGPD, art. 17; its third paragraph says what speaks against it.
    """
    person = locked(person)
    if person.erased_at is not None:
        raise ActionRefused(_("Los datos de esta persona ya se suprimieron."))
    refuse_unless_known(person)
    holds = holds_of(person)
    if holds and not forced_because.strip():
        raise ActionRefused(" ".join(hold.sentence for hold in holds))
    return _ask(
        person, RequestKind.ERASURE, by=by, identity_check=identity_check, forced_because=forced_because.strip()[:500]
    )


def run_request(request_id: int) -> None:
    """Do what was asked; done before, nothing is done again."""
    request = DataRequest.objects.select_related("person__organisation", "asked_by").get(pk=request_id)
    if request.state != RequestState.WAITING:
        return
    if request.kind == RequestKind.EXPORT:
        _write_copy(request)
    else:
        _erase(request)


def note_download(request: DataRequest, *, by: User) -> None:
    """Record who took a copy of somebody's data."""
    record("people.exported", unnamed(request.person), actor=by, details={"request": request.pk})


def forget_copies() -> int:
    """Delete the files that nobody may take any more; return how many. The reports stay."""
    old = DataRequest.objects.filter(expires_at__lt=timezone.now()).exclude(file="")
    return sum(forget_copy(request) for request in old.order_by("pk"))


def forget_copy(request: DataRequest) -> int:
    """Delete the file of one request, once the surrounding transaction is certain; return 1."""
    name = request.file.name or ""
    request.file = ""
    request.save(update_fields=["file"])
    transaction.on_commit(lambda: default_storage.delete(name))
    return 1


def _ask(
    person: Person, kind: RequestKind, *, by: User, identity_check: IdentityCheck, forced_because: str = ""
) -> DataRequest:
    waiting = DataRequest.objects.filter(person=person, kind=kind, state=RequestState.WAITING, asked_by=by)
    if already := waiting.order_by("pk").first():
        return already
    request = DataRequest.objects.create(
        organisation=person.organisation,
        person=person,
        kind=kind,
        identity_check=identity_check,
        forced_because=forced_because,
        asked_by=by,
        asked_at=timezone.now(),
    )
    details = {"request": request.pk, "check": identity_check.value, "forced": bool(forced_because)}
    verb = "people.copy_asked" if kind == RequestKind.EXPORT else "people.erasure_asked"
    record(verb, unnamed(person), actor=by, details=details)
    run_later("people.run_request", request_id=request.pk)
    return request


def _write_copy(request: DataRequest) -> None:
    with tempfile.TemporaryFile() as target:
        report = write_copy(request.person, target)
        target.seek(0)
        name = default_storage.save(f"copies/{new_token()}", File(target))
    request.file.name = name
    _finish(request, report, expires=True)


@transaction.atomic
def _erase(request: DataRequest) -> None:
    holds = holds_of(request.person)
    if holds and not request.forced_because:
        _refuse(request, " ".join(hold.sentence for hold in holds))
        return
    try:
        report = erase_person(request.person, by=request.asked_by)
    except ActionRefused as refusal:
        _refuse(request, str(refusal))
    else:
        _finish(request, report, expires=False)


def _finish(request: DataRequest, report: dict[str, dict[str, int]], *, expires: bool) -> None:
    request.state, request.done_at, request.report = RequestState.DONE, timezone.now(), report
    request.expires_at = request.done_at + FILES_LAST if expires else None
    request.save(update_fields=["state", "done_at", "report", "file", "expires_at"])


def _refuse(request: DataRequest, sentence: str) -> None:
    request.state, request.done_at, request.refusal = RequestState.REFUSED, timezone.now(), sentence[:500]
    request.save(update_fields=["state", "done_at", "refusal"])
