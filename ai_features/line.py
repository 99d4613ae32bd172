"""One HTTP request over one connection: to a checked address, within one deadline, without any detour.

Built on httpcore, the engine of httpx, whose network is a documented seam: here a name is resolved and checked once
and every single wait ends at the deadline, so that an answer that drips in byte by byte cannot outlast it. There are
no redirects, no proxies, no cookies and no retries to switch off.
"""

import functools
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import certifi
import httpcore
from django.conf import settings

from ai_features import endpoints

# Written in pieces, so that the deadline is looked at in between.
PIECE = 16_384


class TooLarge(Exception):
    """The answer is longer than `AI_MAX_RESPONSE_BYTES`."""


@dataclass(frozen=True)
class Response:
    """What came back: HTTP status, headers by lower-case name, and the body's bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Request:
    """A POST of JSON bytes. The headers hold the provider's key, so they are left out of the representation."""

    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Deadline:
    """A moment on the monotonic clock."""

    def __init__(self, seconds: float):
        self.at = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        return self.at - time.monotonic()

    def require(self) -> float:
        """The seconds that remain; raises `httpcore.ReadTimeout` when there are none."""
        if self.remaining <= 0:
            raise httpcore.ReadTimeout("The deadline has passed.")
        return self.remaining


class Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline):
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.deadline.require())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            self.stream.write(buffer[start : start + PIECE], self.deadline.require())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        return Stream(self.stream.start_tls(ssl_context, server_hostname, self.deadline.require()), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class Network(httpcore.NetworkBackend):
    """Connects to a checked address of the endpoint, whatever it is asked for."""

    def __init__(self, endpoint: endpoints.Endpoint, deadline: Deadline):
        self.endpoint, self.deadline, self.system = endpoint, deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        addresses = endpoints.addresses_of(self.endpoint, seconds=self.deadline.require())
        for address in addresses[:-1]:
            try:
                return self._connect(address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(addresses[-1])

    def _connect(self, address: str) -> Stream:
        return Stream(self.system.connect_tcp(address, self.endpoint.port, self.deadline.require()), self.deadline)


@functools.cache
def tls(ca_file: str) -> ssl.SSLContext:
    """The certificates a server is checked against: those of a file, or the usual authorities."""
    return ssl.create_default_context(cafile=ca_file or certifi.where())


def send(request: Request, deadline: Deadline) -> Response:
    """Send a request and read the whole answer.

    Raises `httpcore` errors, `TooLarge`, `endpoints.Unresolvable`, or `Refused` for an address that is not public.
    """
    endpoint = endpoints.parse(request.url.partition("?")[0])
    with (
        httpcore.ConnectionPool(
            ssl_context=tls(settings.AI_CA_FILE), network_backend=Network(endpoint, deadline), retries=0
        ) as pool,
        pool.stream("POST", request.url, headers=_headers(request, endpoint), content=request.body) as response,
    ):
        body = b""
        for piece in response.iter_stream():
            body += piece
            if len(body) > settings.AI_MAX_RESPONSE_BYTES:
                raise TooLarge
            deadline.require()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Response(response.status, headers, body)


def _headers(request: Request, endpoint: endpoints.Endpoint) -> list[tuple[str, str]]:
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    usual = endpoint.port == endpoints.DEFAULT_PORTS[endpoint.scheme]
    return [
        ("Host", host if usual else f"{host}:{endpoint.port}"),
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", "AssignHub"),
        ("Connection", "close"),
        *request.headers.items(),
    ]
