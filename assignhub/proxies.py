"""Where a request really came from."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

NOBODY_KNOWS = "0.0.0.0"  # noqa: S104 - stands for a caller without an address, nothing is bound to it

# What some proxies write around an address: brackets, a port, the name of the network card.
ADDRESS = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+")


def client_address(request: HttpRequest) -> str:
    """The IP address a request came from, counting back over the proxies that `TRUSTED_PROXIES` says stand in front.

    Always a well-formed one, since databases keep it: `0.0.0.0` when there is none to be had.
    """
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = header.split(",") if header else []
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        given = hops[-settings.TRUSTED_PROXIES].strip()
    else:
        given = request.META.get("REMOTE_ADDR") or ""
    wrapped = ADDRESS.fullmatch(given)
    if wrapped:
        given = wrapped[1] or wrapped[2] or ""
    try:
        address = ipaddress.ip_address(given.partition("%")[0])
    except ValueError:
        return NOBODY_KNOWS
    return str(getattr(address, "ipv4_mapped", None) or address)
