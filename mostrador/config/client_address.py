"""Who is really asking, behind reverse proxies that we trust."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read addresses and networks such as 10.0.0.7 or 10.0.0.0/8.

    Raises:
        ValueError: One of them is neither.
    """
    return tuple(ip_network(text) for text in texts)


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Return the visitor's address.

    Args:
        peer: The other end of the connection; "" for a unix socket.
        forwarded_for: The header X-Forwarded-For, "" without one. Whoever is not trusted may write anything into it.
        trusted: The proxies. Their entries are believed from the right until one that is not a proxy.
    """
    peer = plain(peer)
    if not is_trusted(peer, trusted):
        return peer
    for entry in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not is_address(entry):
            return peer
        entry = plain(entry)
        if not is_trusted(entry, trusted):
            return entry
        peer = entry
    return peer


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Tell whether the address is one of our proxies."""
    return is_address(address) and any(ip_address(address) in network for network in trusted)


def plain(address: str) -> str:
    """Write an IPv4 visitor of a server that listens on `::` as IPv4: 10.0.0.7 for ::ffff:10.0.0.7."""
    mapped = getattr(ip_address(address), "ipv4_mapped", None) if is_address(address) else None
    return str(mapped) if mapped else address


def is_address(text: str) -> bool:
    """Tell whether the text is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
