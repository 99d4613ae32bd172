"""Where a provider may be: http or https, and not inside our own network unless the settings list the host.

A name is resolved once, every address it has is checked, and the connection goes to a checked address
(`ai_features/line.py`), so that a name cannot mean one thing when it is judged and another when it is used.
"""

import ipaddress
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from assignhub.errors import Refused

DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
# What resolvers read as an IPv4 address although it does not look like one: 2130706433, 0x7f.1, 0177.0.0.1
NUMBER = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)")
LONGEST_HOST = 253
# The system's resolver knows no deadline: it is asked in a thread that one can stop waiting for.
RESOLVERS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolve")
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
# IPv6 addresses that lead to an IPv4 address inside them (6to4, Teredo), and the relays of 6to4.
TUNNELS = [ipaddress.ip_network(network) for network in ("2002::/16", "2001::/32", "192.88.99.0/24")]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unresolvable(Exception):
    """The name has no address just now."""


@dataclass(frozen=True)
class Endpoint:
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_listed(self) -> bool:
        """Whether the settings allow this host whatever its address is (`AI_ALLOWED_HOSTS`: host or host:port)."""
        listed = {entry.strip().lower() for entry in settings.AI_ALLOWED_HOSTS}
        host = f"[{self.host}]" if ":" in self.host else self.host
        return bool(listed & {self.host, host, f"{host}:{self.port}"})


def forbidden(url: str, why: str) -> Refused:
    return Refused(f"“{url[:200]}” cannot be an endpoint: {why}", "forbidden_endpoint", field="endpoint")


def parse(url: str) -> Endpoint:
    """Read an endpoint's address; raises `Refused` (400) for one that no request may go to, whatever it resolves to."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise forbidden(url, "it has characters that do not belong into an address.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise forbidden(url, "it is malformed.") from None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").removesuffix(".")
    if scheme not in DEFAULT_PORTS:
        raise forbidden(url, "it begins neither with http:// nor with https://.")
    if "@" in parts.netloc:
        raise forbidden(url, "it has a user name or password in it.")
    if "?" in url or "#" in url:
        raise forbidden(url, "it has a query or a fragment.")
    if port == 0:
        raise forbidden(url, "nothing listens at port 0.")
    literal = _literal(host)
    if literal is None and (not HOST.fullmatch(host) or len(host) > LONGEST_HOST or NUMBER.fullmatch(host)):
        raise forbidden(url, f"“{host[:100]}” is neither a host name nor an address in its usual form.")
    found = Endpoint(scheme, str(literal or host), port or DEFAULT_PORTS[scheme])
    if literal is not None and not found.is_listed:
        _require_public(url, literal)
    return found


def check(url: str, *, seconds: float = 3) -> bool:
    """Raise `Refused` (400) when `url` may not be an endpoint or its name has an address of our own network.

    Returns whether the name could be resolved: one that cannot, now, is judged when it is called.
    """
    found = parse(url)
    try:
        addresses_of(found, seconds=seconds)
    except Unresolvable:
        return False
    return True


def addresses_of(endpoint: Endpoint, *, seconds: float) -> list[str]:
    """The addresses of an endpoint, each of them checked.

    Raises `Unresolvable` when there are none within `seconds`, `Refused` when any of them is not public.
    """
    question = RESOLVERS.submit(socket.getaddrinfo, endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    try:
        answers = question.result(timeout=max(seconds, 0))
    except (OSError, UnicodeError, Late):
        question.cancel()
        raise Unresolvable(endpoint.host) from None
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not endpoint.is_listed:
        for address in found:
            _require_public(endpoint.origin, ipaddress.ip_address(address.partition("%")[0]))
    return found


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _require_public(url: str, address: Address) -> None:
    public = address.is_global and not address.is_multicast and not any(address in tunnel for tunnel in TUNNELS)
    if not public or (address.version == 6 and address not in PUBLIC_IPV6):
        raise forbidden(url, f"{address} is not a public address, and AI_ALLOWED_HOSTS does not list the host.")
