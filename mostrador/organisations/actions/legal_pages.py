"""Texts of the pages that the law asks for."""

from django.db import transaction
from django.utils import timezone

from mostrador.audit.actions import Actor, record
from mostrador.organisations.choices import LegalPageKind
from mostrador.organisations.models import LegalPage, Organisation


@transaction.atomic
def write_legal_page(
    organisation: Organisation, kind: LegalPageKind, language: str, *, body: str, actor: Actor | None
) -> LegalPage:
    """Publish the text (CommonMark) of a legal page in one language at once; an empty one takes it away.

    The audit record keeps the text that it replaces, so that it can be brought back and proved.
    """
    page, _is_new = LegalPage.objects.select_for_update().get_or_create(
        organisation=organisation, kind=kind, language=language, defaults={"body": "", "updated_at": timezone.now()}
    )
    if page.body == body:
        return page
    before, page.body, page.updated_at = page.body, body, timezone.now()
    page.save(update_fields=["body", "updated_at"])
    details = {"kind": str(kind), "language": language, "before": before}
    record("organisations.legal_page_written", page, actor=actor, details=details)
    return page
