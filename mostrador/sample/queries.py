"""What is asked about the sample office."""

from mostrador.accounts.models import Membership
from mostrador.organisations.models import Organisation


def sample_organisations() -> list[Organisation]:
    """Return the organisations of the sample, the deepest first."""
    return sorted(Organisation.objects.filter(is_sample=True), key=lambda organisation: -len(organisation.lineage))


def sign_ins() -> list[tuple[str, str, str]]:
    """Return address, name and role of everybody who works in the sample office."""
    rows = Membership.objects.filter(organisation__is_sample=True).select_related("user").order_by("pk")
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        found.setdefault(row.user.email, (row.user.email, row.user.name, row.role))
    return list(found.values())
