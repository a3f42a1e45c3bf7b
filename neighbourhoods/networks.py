"""Whom a limit counts: one machine of IPv4, or one network of IPv6."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

IPV6_PREFIX = 64  # what one customer gets: each of them has addresses without end


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """An IPv4 address itself, the /64 of an IPv6 one. Raises ValueError for another text."""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((int(found), IPV6_PREFIX), strict=False))
        found = found.ipv4_mapped
    return str(found)


def network_of_client(peer: str, forwarded_for: str, proxies: int) -> str:
    """The network of whoever asks, behind ``proxies`` trusted proxies.

    Each of them adds on the right of X-Forwarded-For whom it was asked by; what
    stands further left is the client's own claim and is not read. Where the header
    has fewer parts, or no address at that place, ``peer`` itself is counted.
    """
    claimed = forwarded_for.split(",")
    if 0 < proxies <= len(claimed):
        try:
            return network_of(claimed[-proxies].strip())
        except ValueError:
            pass
    try:
        return network_of(peer)
    except ValueError:
        return peer
