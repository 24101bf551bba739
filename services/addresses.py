"""Which addresses of the network are public: whoever may name an address to be called names no other."""

from __future__ import annotations

import ipaddress

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Whether an address is one of the public Internet, and so is the IPv4 address that it may carry.

    Raises ValueError for what is no address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return _reachable(ip)
    if ip in NAT64:
        return _reachable(_last_four_bytes(ip))
    if ip.sixtofour is not None:
        return _reachable(ip.sixtofour)
    return _reachable(ip) and ip not in LOCAL_NAT64


def _last_four_bytes(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(ip.packed[-4:])


def _reachable(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
