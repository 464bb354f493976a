"""Signs that somebody passes for the office: domains that look like its own, names and links that say one thing and
lead to another.

A pointer makes an agent look twice; it decides nothing. What ordinary mail shows every day is no pointer: local firms
with the town in their domain, lists and forms with another address for answers, links that a filter has rewritten.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from rapidfuzz.distance import OSA
from selectolax.lexbor import LexborHTMLParser

from mostrador.mailbox.choices import Suspicion
from mostrador.mailbox.rules import senders
from mostrador.mailbox.rules.domains import domain_of, plain_domain, public_suffix, registered_domain
from mostrador.mailbox.rules.folding import folded, words
from mostrador.mailbox.rules.mail import Mail

SHORTEST_NAME = 5  # letters before the dot; among shorter ones everything looks like something
SHORTEST_TYPO = 7  # and one letter more or less is another town
SHORTEST_JOINED = 4  # letters of a word that is joined without hyphen: «olivar» and «olivares» are two towns
LONGEST_TEXT = 200_000
_MOST_LINKS = 200
_DEEPEST_REWRITING = 2
_URL = re.compile(r"\bhttps?://[^\s<>\"'«»]{3,2000}", re.IGNORECASE)
_SHOWN = re.compile(
    r"(?:https?://)?(?:[\w.-]{1,100}@)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})(?:[:/?#]\S*)?", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+'-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Cyrillic, Greek and other letters, and digits, that look like a letter of ours.
_SAME_SHAPE = str.maketrans(
    "авекмнорстухѕіјһԁԛԝзгпиαβγεηικνορτυχωıłɡɩ013458",
    "abekmhopctyxsijhdqwernuabyenikvoptuxwilgioleasb",
)
_SAME_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))
_GOVERNMENT = "gob.es"
_LIKE_GOVERNMENT = re.compile(r"(?:^|[.-])g[o0]b[.-]?es(?:[.-]|$)")
# With what somebody adorns the name of an office to pass for it.
_OFFICE_WORDS = {
    *("sede", "sedes", "seu", "egoitza", "sedeelectronica", "electronica", "electronico", "ayuntamiento", "ayto"),
    *(
        "ajuntament",
        "concello",
        "udala",
        "diputacion",
        "diputacio",
        "deputacion",
        "cabildo",
        "consell",
        "gobierno",
        "gob",
    ),
    *("tramite", "tramites", "registro", "notificacion", "notificaciones", "oficial", "seguridad", "soporte", "ayuda"),
    *("atencion", "ciudadano", "ciudadana", "ciudadania", "cita", "citaprevia", "previa", "pago", "pagos", "multa"),
    *(
        "multas",
        "tasas",
        "recaudacion",
        "tributos",
        "impuestos",
        "online",
        "login",
        "acceso",
        "clave",
        "es",
        "esp",
        "info",
    ),
    *(
        "web",
        "portal",
        "oficina",
        "virtual",
        "verificacion",
        "verificar",
        "support",
        "secure",
        "account",
        "app",
        "mail",
    ),
    *("servicio", "servicios", "area", "departamento", "unidad", "informacion", "correo", "avisos", "aviso", "factura"),
}
_PARTICLES = {"de", "del", "la", "el", "los", "las", "d", "y", "i", "e", "da", "do"}
_FREE = re.compile(
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|me|aol|gmx|proton|protonmail|tutanota|tuta|zoho|"
    r"mail|yandex|telefonica|movistar|orange|ono|terra|wanadoo)\.(?:com|es|net|org|me|eu|de|fr|it|pt|ru|ch|co\.uk)"
)
# Filters and programs that rewrite links; those of the second kind do not show where a link leads.
_REWRITERS = {"outlook.com", "google.com", "facebook.com"}
_OPAQUE_REWRITERS = {
    *("urldefense.com", "proofpoint.com", "mimecast.com", "cudasvc.com", "barracudanetworks.com", "sophos.com"),
    *("trendmicro.com", "fireeye.com", "hornetsecurity.com"),
}


@dataclass(frozen=True, slots=True)
class Office:
    """What is the office's own.

    Attributes:
        domains: Its domains; those of providers that anybody may write from are left out of account.
        addresses: Its addresses.
        names: Its name, and others that it goes by.
        known: Domains that look like its own and are not to be suspected: a neighbour's, a company of its own.
    """

    domains: Collection[str]
    addresses: Collection[str] = ()
    names: Collection[str] = ()
    known: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Pointer:
    """A sign that somebody passes for the office: what people see, and what is behind it."""

    kind: Suspicion
    shown: str
    real: str

    @property
    def text(self) -> str:
        """What to tell people."""
        return str(self.kind.label) % {"shown": self.shown, "real": self.real}


def pointers(mail: Mail, office: Office, *, is_proven: bool = False) -> tuple[Pointer, ...]:
    """Return the signs that a mail passes for the office's, each once.

    Args:
        mail: As it was read.
        office: What is its own.
        is_proven: Whether the mail comes from the domain of its sender; see `authentication`.
    """
    own = tuple(sorted({plain_domain(one) for one in office.domains if one and not _is_free(one)}))
    known = {registered_domain(one) for one in (*own, *office.known)}
    found = [*_of_sender(mail, office, own, known), *_of_answers(mail, own, is_proven=is_proven)]
    found += _of_links(mail, own, known)
    return tuple(dict.fromkeys(found))


def looks_like(domain: str, own: str) -> bool:
    """Tell whether a domain that is not the office's could be taken for it."""
    domain, own = plain_domain(domain), plain_domain(own)
    theirs, ours = registered_domain(domain), registered_domain(own)
    if not theirs or not ours or theirs == ours:
        return False
    if re.search(rf"(?:^|[.-]){re.escape(ours)}[.-]", domain):
        return True
    name, their_name = _shape(_name(ours)), _shape(_name(theirs))
    if len(name) < SHORTEST_NAME:
        return False
    if name == their_name or _adorns(_name(ours), _name(theirs)):
        return True
    return len(name) >= SHORTEST_TYPO and OSA.distance(name, their_name, score_cutoff=1) <= 1


def looks_like_government(domain: str) -> bool:
    """Tell whether a domain passes for one under gob.es, which only public bodies get (Orden ITC/1542/2005)."""
    domain = plain_domain(domain)
    return public_suffix(domain) != _GOVERNMENT and bool(_LIKE_GOVERNMENT.search(domain))


def _of_sender(mail: Mail, office: Office, own: Collection[str], known: Collection[str]) -> Iterator[Pointer]:
    ours = {registered_domain(one) for one in own}
    addresses = {one.lower() for one in office.addresses}
    for sender in mail.senders:
        domain, address = domain_of(sender.address), sender.address.lower()
        if like := _like(domain, own, known):
            yield Pointer(Suspicion.SENDER_DOMAIN, like, domain)
        if registered_domain(domain) in ours or address in addresses or public_suffix(domain) == _GOVERNMENT:
            continue
        shown = [one.lower() for one in _ADDRESS.findall(sender.name[:1000])]
        if inside := next((one for one in shown if one in addresses or registered_domain(domain_of(one)) in ours), ""):
            yield Pointer(Suspicion.SENDER_ADDRESS, inside, sender.address)
        elif any(_is_name_of(sender.name, name) for name in office.names):
            yield Pointer(Suspicion.SENDER_NAME, sender.name, sender.address)


def _of_answers(mail: Mail, own: Collection[str], *, is_proven: bool) -> Iterator[Pointer]:
    """Point at answers that would go elsewhere: to where anybody may have an address, or if nobody vouches for it."""
    sender = mail.senders[0].address if mail.senders else ""
    domain = domain_of(sender)
    is_own = registered_domain(domain) in {registered_domain(one) for one in own}
    is_list = any(mail.header(name) for name in ("List-Id", "List-Unsubscribe", "List-Post"))
    if not domain or _is_free(domain) or is_list or (is_own and is_proven) or senders.is_no_reply(mail):
        return
    for address in (one.address for one in mail.reply_to):
        theirs = domain_of(address)
        is_elsewhere = bool(theirs) and registered_domain(theirs) != registered_domain(domain)
        if is_elsewhere and (_is_free(theirs) or not is_proven):
            yield Pointer(Suspicion.REPLY_TO, sender, address)


def _of_links(mail: Mail, own: Collection[str], known: Collection[str]) -> Iterator[Pointer]:
    is_list = bool(mail.header("List-Unsubscribe"))
    ours = {registered_domain(one) for one in own}
    hosts: dict[str, None] = {}
    for shown, address in _links(mail):
        host, before = _host(address)
        if not host:
            continue
        hosts[host] = None
        if before and registered_domain(before) in ours and registered_domain(host) not in ours:
            yield Pointer(Suspicion.LINK_TEXT, before, host)
        seen = _shown_host(shown, ours)
        is_other = bool(seen) and registered_domain(seen) != registered_domain(host)
        if is_other and (registered_domain(seen) in ours or not is_list):
            yield Pointer(Suspicion.LINK_TEXT, seen, host)
    for host in list(hosts)[:_MOST_LINKS]:
        if like := _like(host, own, known):
            yield Pointer(Suspicion.LINK_DOMAIN, like, host)


def _like(domain: str, own: Collection[str], known: Collection[str]) -> str:
    """Return what a domain is made to look like, "" for nothing."""
    if not domain or registered_domain(domain) in known:
        return ""
    if like := next((one for one in own if looks_like(domain, one)), ""):
        return registered_domain(like)
    return _GOVERNMENT if looks_like_government(domain) else ""


def _links(mail: Mail) -> Iterator[tuple[str, str]]:
    """Yield the links of a mail: what is shown, "" in plain text, and where they lead."""
    html = mail.html[:LONGEST_TEXT]
    if "<a" in html or "<A" in html:
        for node in LexborHTMLParser(html).css("a[href]")[:_MOST_LINKS]:
            yield node.text().strip(), (node.attributes.get("href") or "").strip()
    for found in _URL.findall(mail.text[:LONGEST_TEXT])[:_MOST_LINKS]:
        yield "", found.rstrip(".,;:)]}>")


def _host(address: str, depth: int = 0) -> tuple[str, str]:
    """Return where a link leads, rewriting undone, and what stands before an @ to look like it."""
    if address.lower().startswith("mailto:"):
        return domain_of(address[7:].partition("?")[0]), ""
    try:
        parts = urlsplit(address)
        host, before = plain_domain(parts.hostname or ""), parts.username or ""
    except ValueError:
        return "", ""
    if parts.scheme.lower() not in {"http", "https"}:
        return "", ""
    if registered_domain(host) in _REWRITERS | _OPAQUE_REWRITERS and depth < _DEEPEST_REWRITING:
        real = next((value for _, value in parse_qsl(parts.query) if value.lower().startswith("http")), "")
        if real:
            return _host(real, depth + 1)
    return ("", "") if registered_domain(host) in _OPAQUE_REWRITERS else (host, before)


def _shown_host(shown: str, ours: Collection[str]) -> str:
    """Return the domain that a link shows, "" when its words are no address, as «acta.final»."""
    found = _SHOWN.fullmatch(shown.strip())
    if not found:
        return ""
    host = plain_domain(found[1])
    is_address = shown.strip().lower().startswith(("http://", "https://", "www.")) or "@" in shown
    return host if is_address or registered_domain(host) in ours else ""


def _is_name_of(written: str, name: str) -> bool:
    """Tell whether somebody signs as the office: its whole name, adorned at most with words of offices."""
    of_office, of_sender = _telling(name), _telling(written)
    return len(of_office) >= 2 and of_office <= of_sender and not of_sender - of_office - _OFFICE_WORDS


def _telling(name: str) -> set[str]:
    return {word for word in words(name) if word not in _PARTICLES}


def _adorns(ours: str, theirs: str) -> bool:
    """Tell whether a name is ours with words of offices around it: «sede-valdelmar», «valdelmaronline»."""
    if ours not in theirs or ours == theirs:
        return False
    before, after = theirs.split(ours, 1)
    joined = [word for word in (before.split("-")[-1], after.split("-")[0]) if word]
    around = [word for word in (*before.split("-"), *after.split("-")) if word]
    return all(word in _OFFICE_WORDS for word in around) and all(len(word) >= SHORTEST_JOINED for word in joined)


def _name(registered: str) -> str:
    """Return what stands before the public suffix, in the letters that people see."""
    suffix = public_suffix(registered)
    name = registered.removesuffix(f".{suffix}") if registered != suffix else registered.partition(".")[0]
    if "xn--" in name:
        try:
            return name.encode().decode("idna")
        except UnicodeError:
            return name
    return name


@lru_cache(maxsize=4096)
def _shape(name: str) -> str:
    """Return a name so that what looks the same is the same."""
    plain = unicodedata.normalize("NFKD", folded(name)).translate(_SAME_SHAPE).replace("-", "")
    for pair, letter in _SAME_PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _is_free(domain: str) -> bool:
    return bool(_FREE.fullmatch(plain_domain(domain)))
