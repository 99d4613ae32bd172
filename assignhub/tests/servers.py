"""Real server processes over the test database, as a deployment runs them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connection


def database_url() -> str:
    """Where another process finds the database of this test run."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    login = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}@{at['HOST']}:{at['PORT'] or 5432}"
    return f"postgres://{login}/{at['NAME']}"


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def servers(count: int, **environment: str) -> Iterator[list[int]]:
    """That many servers on ports of their own, ready to answer; each a process with several threads."""
    base = os.environ | {
        "ASSIGNHUB_ENV": "local",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "PYTHONUNBUFFERED": "1",
    }
    with ExitStack() as stack:
        ports = [free_port() for _ in range(count)]
        started = [stack.enter_context(_server(port, base | environment)) for port in ports]
        for process, port in zip(started, ports, strict=True):
            _wait_for(process, port)
        yield ports


@contextmanager
def _server(port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--blocking-threads", "4"]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "assignhub.wsgi:application"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _wait_for(process: subprocess.Popen, port: int) -> None:
    """Return once the server answers; raise `RuntimeError` with what it printed if it has ended instead."""
    while process.poll() is None:
        with closing(socket.socket()) as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(process.communicate()[0])
