"""Domains as people register them."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


def domain_of(address: str) -> str:
    """Return the domain of an address as it is compared, "" without one."""
    return plain_domain(address.rpartition("@")[2]) if "@" in address else ""


def plain_domain(domain: str) -> str:
    """Return a domain in lower case, without a dot at its end and with foreign letters as DNS writes them."""
    domain = domain.strip().strip(".").lower()
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


@lru_cache(maxsize=4096)
def registered_domain(domain: str) -> str:
    """Return the part of a domain that somebody registered: "correo.valdelmar.es" → "valdelmar.es".

    Domains that share it belong to one organisation (RFC 7489, 3.2). What is itself a public suffix, such as "gob.es",
    is returned as it is.

    Source: Public Suffix List, as it was when the package was locked.
    """
    plain = plain_domain(domain)
    return _suffixes().privatesuffix(plain) or plain if plain else ""


@lru_cache(maxsize=4096)
def public_suffix(domain: str) -> str:
    """Return under what a domain is registered: "es", "gob.es", "com"."""
    return _suffixes().publicsuffix(plain_domain(domain)) or ""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
