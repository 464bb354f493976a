"""What an assisted person consents to, word for word; whoever changes the text raises its version."""

from django.utils.translation import gettext as _

TEXT_VERSION = "2026-1"


def consent_text(*, person: str, identity: str, organisation: str, official: str, scope: str) -> str:
    """Return the consent in the language in force, in paragraphs parted by blank lines.

    Args:
        person: Name of who consents.
        identity: Their number, masked.
        organisation: Name of the public body.
        official: Name of the public official.
        scope: What for.

    Source: Ley 39/2015, art. 12.2: the person identifies themselves before the official and consents expressly, which
    must be recorded for cases of disagreement or litigation. RD 203/2021, art. 30: they get a copy.
    """
    words = {
        "person": person,
        "identity": identity or "—",
        "organisation": organisation,
        "official": official,
        "scope": scope,
    }
    paragraphs = [
        _(
            "Yo, %(person)s, con documento %(identity)s, no dispongo de los medios electrónicos necesarios y no estoy "
            "entre quienes deben relacionarse por medios electrónicos con las Administraciones."
        ),
        _(
            "Me he identificado ante %(official)s, de %(organisation)s, y consiento de forma expresa que me "
            "identifique y firme electrónicamente en mi nombre, solo para esto: %(scope)s."
        ),
        _(
            "Puedo retirar este consentimiento cuando quiera, lo que no afecta a lo que ya se haya hecho. Recibo una "
            "copia de este documento y de lo que se tramite."
        ),
        _(
            "Base legal: artículo 12.2 de la Ley 39/2015, de 1 de octubre, y artículo 30 del Real Decreto 203/2021, de "
            "30 de marzo. El consentimiento se conserva como prueba por si hubiera discrepancias o litigios."
        ),
    ]
    return "\n\n".join(paragraph % words for paragraph in paragraphs)
