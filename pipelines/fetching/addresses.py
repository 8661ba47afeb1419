"""Which addresses may be fetched. A name is resolved once, every answer is checked, and the connection goes to a checked one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from kg.errors import AddressRefused, FetchFailed

Resolver = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # carrier-grade NAT, RFC 6598
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host by the system's resolver."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchFailed(
            f"The name '{host}' does not resolve.", str(error), "Check the spelling and the network connection."
        ) from error
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def checked_address(url: str, allow_private: bool, resolver: Resolver = resolve) -> str:
    """The address to connect to for `url`. Raises `AddressRefused` unless every address of its host is public."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(
            f"'{parts.scheme or url}' is not fetched.",
            "Only http and https addresses are.",
            "Save the page and give the file instead.",
        )
    if not parts.hostname:
        raise AddressRefused(f"'{url}' names no host.", next="Write the address as https://host/path.")
    if parts.username is not None:
        raise AddressRefused(
            f"'{parts.hostname}' is asked for with a user name in the address.",
            "Such addresses disguise where they lead.",
            "Remove the part before the @.",
        )
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressRefused(f"'{url}' has no valid port.", str(error), "Correct the address.") from error
    addresses = resolver(parts.hostname, port)
    if not addresses:
        raise FetchFailed(f"The name '{parts.hostname}' does not resolve.", "It has no address.", "Check the spelling.")
    refused = next((a for a in addresses if not is_public(a)), None)
    if refused is not None and not allow_private:
        raise AddressRefused(
            f"{parts.hostname} is refused.", f"It leads to {refused}, which is no public address.",
            "If it is yours, add --allow-private-addresses.",
        )  # fmt: skip
    return addresses[0]


def is_public(address: str) -> bool:
    """Is this an address of the public internet, however it is wrapped in IPv6?"""
    try:
        ip: Address = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    elif ip in _SHARED:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified
