"""What was found out about a mail and is kept with it, in words for whoever reads it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mostrador.mailbox.choices import Authentication, SignatureState, Suspicion
from mostrador.mailbox.rules.authentication import OWN_CHECK
from mostrador.mailbox.rules.protection import ENCRYPTED_PGP, ENCRYPTED_SMIME, SIGNED_PGP
from mostrador.shared.formats import exact_date
from mostrador.tickets.rules.beside import Fact, by_weight


def verdicts(
    authenticity: Mapping[str, Any], signature: Mapping[str, Any], warnings: Iterable[Mapping[str, Any]]
) -> tuple[Fact, ...]:
    """Say all that was found out, what matters most first; also that nobody vouches for the sender."""
    found = [*map(warning_fact, warnings), authenticity_fact(authenticity), signature_fact(signature)]
    if authenticity.get("verdict", Authentication.UNPROVEN) == Authentication.UNPROVEN:
        found.append(Fact(str(Authentication.UNPROVEN.label)))
    return by_weight(found)


def authenticity_fact(values: Mapping[str, Any]) -> Fact | None:
    """Say whether a mail comes from where it says; None when nobody looked or nothing can be told."""
    verdict = values.get("verdict")
    if verdict == Authentication.FORGED:
        return Fact(str(Authentication.FORGED.label), "bad")
    return Fact(str(Authentication.PROVEN.label), "good") if verdict == Authentication.PROVEN else None


def check_rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what each check of the sender found, and who looked."""
    words = {
        "pass": _("superado"),
        "fail": _("no superado"),
        "softfail": _("no superado, con dudas"),
        "none": _("el dominio no dice nada"),
        "neutral": _("el dominio no se pronuncia"),
    }
    checks = [(name.upper(), str(values.get(name) or "")) for name in ("spf", "dkim", "dmarc")]
    rows = [(name, words.get(result, result)) for name, result in checks if result]
    by = str(values.get("by") or "")
    who = _("la firma DKIM se comprobó aquí") if by == OWN_CHECK else by
    return [*rows, (_("Según"), who)] if rows and who else rows


def signature_fact(values: Mapping[str, Any]) -> Fact | None:
    """Say who signed a mail and whether the signature holds, or that it is encrypted; None for all others."""
    state = values.get("state")
    if state in {ENCRYPTED_SMIME, ENCRYPTED_PGP}:
        return Fact(_("Cifrado: aquí no se puede leer. Descargue el original y ábralo con su clave."), "warning")
    if state == SIGNED_PGP:
        return Fact(_("Firmado con PGP. Esa firma no se comprueba aquí."))
    if state not in SignatureState.values:
        return None
    if state == SignatureState.ALTERED:
        return Fact(_signed_by(values) + str(SignatureState.ALTERED.label), "warning")
    if values.get("covers_all") is False:
        words = _("Solo está firmada una parte del mensaje: el resto lo pudo escribir otra persona.")
        return Fact(f"{_signed_by(values)}{words}", "warning")
    return Fact(_signed_by(values) + str(SignatureState(state).label))


def signature_rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a certificate says, by heading."""
    who, signed_at = values.get("signer") or {}, str(values.get("signed_at") or "")
    rows = [
        (_("Firmante"), who.get("name")),
        (_("Número de identidad"), who.get("number")),
        (_("Entidad"), who.get("organisation")),
        (_("Emisor del certificado, sin comprobar"), who.get("issuer")),
        (_("Firmado"), exact_date(datetime.fromisoformat(signed_at)) if signed_at else ""),
        (_("Certificado"), _("no estaba vigente al firmar") if values.get("was_valid") is False else ""),
        (_("Dirección"), _certified_address(values)),
    ]
    return [(term, str(value)) for term, value in rows if value]


def warning_fact(values: Mapping[str, Any]) -> Fact | None:
    """Say how a mail passes for the office's; None for a code that is not known (any more)."""
    code, names = values.get("code"), {name: str(values.get(name, "")) for name in ("shown", "real")}
    if code not in Suspicion.values:
        return None
    return Fact(str(Suspicion(code).label) % names, "warning")


def defect_words(codes: Iterable[str]) -> list[str]:
    """Say what was wrong with how a mail was written; each once."""
    badly_coded = _("Una parte llegó mal codificada: se guardó lo que se pudo recuperar.")
    known = {
        "header": _("Las cabeceras están rotas: puede faltar quién lo envía, a quién o cuándo."),
        "boundary": _("Faltan las marcas que separan sus partes: se separaron por lo que contienen."),
        "charset": _("No dice bien con qué letras está escrito: puede haber alguna mal."),
        "base64": badly_coded,
        "uuencode": badly_coded,
        "encoding": badly_coded,
        "tnef": _("Trae un winmail.dat que no se pudo abrir del todo."),
        "nul": _("Contiene caracteres nulos, que se quitaron."),
        "date": _("No dice cuándo se escribió, o la fecha no puede ser cierta."),
        "sender": _("No dice quién lo envía."),
        "several-senders": _("Dice que lo envían varias personas a la vez."),
        "too-": _("Tiene demasiadas partes unas dentro de otras: las más hondas se dejaron como texto."),
        "type": _("Una parte no dice bien de qué tipo es."),
        "encoded": _("Sus partes venían codificadas todas juntas, lo que ninguna norma permite."),
        "text-outside": _("Había texto fuera de sus partes: se muestra también."),
        "page": _("Venía como texto y es una página: se muestra como página."),
        "reader": _("No se pudo leer como correo: se muestra tal como llegó."),
    }
    said = (next((words for start, words in known.items() if code.startswith(start)), code) for code in codes)
    return list(dict.fromkeys(said))


def _signed_by(values: Mapping[str, Any]) -> str:
    signer = values.get("signer") or {}
    name, organisation = signer.get("name"), signer.get("organisation")
    who = f"{name} ({organisation})" if name and organisation else name or organisation
    return _("Firmado por %(who)s.") % {"who": who} + " " if who else ""


def _certified_address(values: Mapping[str, Any]) -> str:
    if values.get("is_senders"):
        return _("el certificado lleva la dirección del remitente")
    return _("el certificado no lleva la dirección del remitente") if values.get("signer") else ""
