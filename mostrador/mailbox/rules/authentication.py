"""Whether a mail comes from where it says: what our own server found out, or what its signature shows.

Our server writes what it found into `Authentication-Results` (RFC 8601), which anybody else can write too. A result is
taken when it bears a name that the mailbox trusts and stands where our servers write: above every server that is not
ours. Where it stands directly below the entry of our first server, as Google and many Postfix put it, a forged one
looks the same. Then everything hangs on that server doing what RFC 8601 (5) asks for: to take out what comes in under
its own name. So a name may be trusted only of a server that checks and cleans; this cannot be seen from the message.

The verdict decides how much is believed, never whether a mail is read.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mostrador.mailbox.choices import Authentication
from mostrador.mailbox.rules.domains import domain_of, plain_domain, registered_domain
from mostrador.mailbox.rules.mail import Mail

PASS, FAIL = "pass", "fail"
# Exchange Online leaves its name out of the header.
MICROSOFT = "protection.outlook.com"
OWN_CHECK = "dkim"  # in `Authenticity.by`: nobody that we trust said anything, the signature was checked here
_METHODS = {"spf", "dkim", "dmarc"}
_RESULTS = {
    "pass",
    "fail",
    "softfail",
    "hardfail",
    "neutral",
    "none",
    "policy",
    "temperror",
    "permerror",
    "bestguesspass",
}
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.){0,2000}+\"|\\.|[();]|[^\"\\();]+|.", re.DOTALL)
_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)\b(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"\b(header|smtp)\.([a-z-]+)\s*=\s*(\"(?:[^\"\\]|\\.){0,500}+\"|[^\s;]+)", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([^\s();]+)", re.IGNORECASE)
_LONGEST_HEADER = 20_000
_MOST_HEADERS = 200


class Result(NamedTuple):
    """One line of what a server found: a method, what came out, and for which domain."""

    method: str
    result: str
    domain: str


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Whether a mail comes from where it says.

    Attributes:
        spf, dkim, dmarc: What came out ("pass", "fail", "none"…), "" where nobody said anything.
        by: Which server says so, OWN_CHECK for our own look at the signature, "" for nobody.
        aligned: Whether what passed belongs to the domain of the sender that people see.
        domain: That domain, "" without exactly one sender.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    by: str = ""
    aligned: bool = False
    domain: str = ""

    @property
    def verdict(self) -> Authentication:
        """What to tell people."""
        if self.aligned:
            return Authentication.PROVEN
        return Authentication.FORGED if self.dmarc == FAIL else Authentication.UNPROVEN


def authenticity(
    mail: Mail, trusted: Collection[str] = (), signatures: Sequence[tuple[str, str, str]] = ()
) -> Authenticity:
    """Return whether a mail comes from where it says.

    Args:
        mail: As it was read.
        trusted: Names, as they stand at the beginning of `Authentication-Results`, of the servers that receive this
            mailbox's mail, check it and take out forged results; MICROSOFT for Exchange Online.
        signatures: What our own check of the DKIM signatures found: (domain, result, reason). Used when no trusted
            server spoke of DKIM or DMARC.
    """
    domain = _domain(mail)
    by, results = _trusted_results(mail, trusted)
    if not any(result.method in {"dkim", "dmarc"} for result in results) and signatures:
        results = [*results, *(Result("dkim", result, plain_domain(signer)) for signer, result, _ in signatures)]
        by = by or OWN_CHECK
    of_dmarc = {result.result for result in results if result.method == "dmarc" and _is_about(result, domain)}
    return Authenticity(
        spf=_best(results, "spf", domain),
        dkim=_best(results, "dkim", domain),
        # Of several that contradict each other one was smuggled in, so none counts.
        dmarc=next(iter(of_dmarc)) if len(of_dmarc) == 1 else "",
        by=by,
        aligned=bool(domain) and FAIL not in of_dmarc and any(_proves(result, domain) for result in results),
        domain=domain,
    )


def needs_own_check(mail: Mail, trusted: Collection[str] = ()) -> bool:
    """Tell whether the DKIM signatures of a mail have to be looked at here: it has some, and nobody trusted did."""
    if not mail.header("DKIM-Signature") or not _domain(mail):
        return False
    return not any(result.method in {"dkim", "dmarc"} for result in _trusted_results(mail, trusted)[1])


def _domain(mail: Mail) -> str:
    """Return the sender's domain; with several senders none can be vouched for (RFC 7489, 6.6.1)."""
    return domain_of(mail.senders[0].address) if len(mail.senders) == 1 and len(mail.all("From")) <= 1 else ""


def _is_about(result: Result, domain: str) -> bool:
    return not result.domain or registered_domain(result.domain) == registered_domain(domain)


def _proves(result: Result, domain: str) -> bool:
    """Tell whether a result vouches for the sender's domain (relaxed alignment: RFC 7489, 3.1)."""
    is_same = registered_domain(result.domain) == registered_domain(domain) if result.domain else False
    return result.result == PASS and (is_same or (result.method == "dmarc" and not result.domain))


def _best(results: Sequence[Result], method: str, domain: str) -> str:
    """Return what counts of several results: one that vouches for the sender, one that passed, the first."""
    of_method = [result for result in results if result.method == method]
    best = sorted(of_method, key=lambda result: (not _proves(result, domain), result.result != PASS))
    return best[0].result if best else ""


def _trusted_results(mail: Mail, trusted: Collection[str]) -> tuple[str, list[Result]]:
    """Return which trusted server speaks and what it says."""
    names = {name.strip().lower() for name in trusted if name.strip()}
    by, found = "", []
    for value in _above_strangers(mail, names) if names else ():
        name, results = _read(value)
        is_microsoft = not name and any(one.endswith("outlook.com") for one in names)
        if name in names or is_microsoft:
            by = by or name or MICROSOFT
            found += results if (name or MICROSOFT) == by else []
    return by, found


def _above_strangers(mail: Mail, names: Collection[str]) -> Iterator[str]:
    """Yield the results that stand above the first server that is not ours.

    Ours are the one that handed the mail over and those under the registered domains of trusted names.
    """
    ours = {registered_domain(name) for name in names if "." in name}
    is_first = True
    for name, value in mail.headers[:_MOST_HEADERS]:
        lower = name.lower()
        if lower == "authentication-results":
            yield value[:_LONGEST_HEADER]
        elif lower == "received":
            found = _BY.search(value[:_LONGEST_HEADER])
            host = found[1].strip("[]").lower() if found else ""
            is_named = "." in host and not re.fullmatch(r"[\d.]+", host)
            if is_first:
                ours.add(registered_domain(host))
                is_first = not is_named  # a handing over inside one machine says nothing of where we are
            elif is_named and registered_domain(host) not in ours:
                return


def _read(value: str) -> tuple[str, list[Result]]:
    """Return the name of the server and its results; "" for the name where it was left out."""
    pieces = _pieces(value)
    first = pieces[0].strip() if pieces else ""
    is_nameless = bool(_METHOD.match(first)) and first.partition("=")[0].strip().lower() in {*_METHODS, "compauth"}
    name = "" if is_nameless else (first.split() or [""])[0].strip('"').lower()
    return name, [result for piece in pieces[0 if is_nameless else 1 :] for result in _result(piece)]


def _pieces(value: str) -> list[str]:
    """Cut a header at its semicolons, comments left out; neither inside quotes nor inside comments is anything cut."""
    pieces, depth = [""], 0
    for sign in _TOKEN.findall(value):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif sign == ";":
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces


def _result(piece: str) -> Iterator[Result]:
    found = _METHOD.match(piece)
    if not found or found[1].lower() not in _METHODS or found[2].lower() not in _RESULTS:
        return
    method, result = found[1].lower(), found[2].lower()
    said = {f"{kind}.{name}".lower(): written.strip('"') for kind, name, written in _PROPERTY.findall(found[3])}
    wanted = {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i"), "dmarc": ("header.from",)}
    written = next((said[name] for name in wanted[method] if said.get(name)), "")
    yield Result(method, "fail" if result == "hardfail" else result, plain_domain(written.rpartition("@")[2]))
