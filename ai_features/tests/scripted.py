"""A provider that does what the test says: a real HTTP server on loopback, with every way to fail that we know."""

import datetime
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import BaseModel, ConfigDict, Field

ITEMS = ["Count the beds", "Call the ward"]
TOKENS = (100, 50)


class Checklist(BaseModel):
    """What the tests ask for."""

    model_config = ConfigDict(extra="forbid")

    items: list[str] = Field(min_length=1, max_length=8)


BUILTIN = Checklist(items=["Think for yourself"])


def builtin() -> Checklist:
    return BUILTIN


def chat(text: str) -> bytes:
    """The body of a chat completion."""
    usage = {"prompt_tokens": TOKENS[0], "completion_tokens": TOKENS[1]}
    return json.dumps({"model": "m-1", "choices": [{"message": {"content": text}}], "usage": usage}).encode()


GOOD = chat(json.dumps({"items": ITEMS}))


@dataclass
class Seen:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: dict


@dataclass
class Script:
    """The server's side of one exchange; `over` is set when the test is."""

    connection: socket.socket
    over: threading.Event
    seen: Seen | None = None

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.connection.sendall(piece)

    def answer(self, status: str, body: bytes, *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def drip(self, data: bytes, seconds: float) -> None:
        for byte in data:
            if self.over.wait(seconds):
                return
            self.send(bytes([byte]))


Behaviour = Callable[[Script], None]


def status(line: str, body: bytes = b'{"error": {"message": "no"}}', *headers: str) -> Behaviour:
    return lambda script: script.answer(line, body, *headers)


def good(script: Script) -> None:
    script.answer("200 OK", GOOD)


def silent(script: Script) -> None:
    script.over.wait(30)


def silent_after_headers(script: Script) -> None:
    script.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    script.over.wait(30)


def drip(script: Script) -> None:
    script.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    script.drip(b" " * 5000, 0.02)


def drip_headers(script: Script) -> None:
    script.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 5000, 0.02)


def truncated(script: Script) -> None:
    script.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + GOOD)


def hung_up(script: Script) -> None:
    """Closes without a word."""


def huge(script: Script) -> None:
    script.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    while not script.over.is_set():
        script.send(b" " * 65_536)


@dataclass
class Provider:
    """A listening provider: its address, what it has seen, and how it behaves towards the next request."""

    address: str
    behave: Behaviour
    connections: int = 0
    seen: list[Seen] = field(default_factory=list)


@contextmanager
def provider(behave: Behaviour = good, *, tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """A provider on loopback, for as long as the block lasts."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    scheme = "https" if tls else "http"
    made = Provider(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/v1", behave)

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            made.connections += 1
            threading.Thread(target=exchange, args=(connection,), daemon=True).start()

    def exchange(connection: socket.socket) -> None:
        with connection:
            try:
                speaking = tls.wrap_socket(connection, server_side=True) if tls else connection
                with speaking:
                    script = Script(speaking, over)
                    script.seen = read(speaking)
                    made.seen.append(script.seen)
                    made.behave(script)
            except OSError:
                return  # the other side has had enough

    accepting = threading.Thread(target=serve, daemon=True)
    accepting.start()
    try:
        yield made
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()


def read(connection: socket.socket) -> Seen:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            raise OSError
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536)
    return Seen(line, headers, json.loads(body))


def closed_port() -> str:
    """An address of loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def certificate(folder: Path) -> Path:
    """A file with a certificate for 127.0.0.1 that it has signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "self-signed.pem"
    path.write_bytes(text)
    return path


def server_side(path: Path) -> ssl.SSLContext:
    """A server's side of TLS with the certificate of a file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


FAILURES: dict[str, Behaviour] = {
    "timeout before headers": silent,
    "timeout after headers": silent_after_headers,
    "slow drip": drip,
    "401": status("401 Unauthorized"),
    "404": status("404 Not Found"),
    "429": status("429 Too Many Requests"),
    "429 with Retry-After": status("429 Too Many Requests", b"{}", "Retry-After: 60"),
    "500": status("500 Internal Server Error"),
    "503": status("503 Service Unavailable"),
    "not JSON": status("200 OK", b"<html>It works!</html>"),
    "wrong schema": status("200 OK", chat('{"items": []}')),
    "truncated": truncated,
    "empty": status("200 OK", b""),
    "huge": huge,
    "garbage encoding": status("200 OK", b"\xff\xfe\x00\x9c" * 20, "Content-Encoding: gzip"),
}
