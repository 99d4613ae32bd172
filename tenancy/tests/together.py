"""Requests that meet: sent at the same moment, or one overtaken by another between its reading and its locking."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from django.db import connection, connections

PATIENCE = 30


def together(*requests: Callable[[], Any]) -> list:
    """Send requests at the same moment, each from a thread of its own; return the responses in their order."""
    start = Barrier(len(requests))

    def send(request):
        start.wait(PATIENCE)
        try:
            return request()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(send, requests))


def overtaken(request: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
    """Let `request` read, run all of `other` before it takes its first lock, then let it go on; return both responses.

    What a request has read before it locks may be history by then.
    """
    has_read, go_on = Event(), Event()

    def hold(execute, sql, params, many, context):
        if not has_read.is_set() and (sql == "BEGIN IMMEDIATE" or " FOR NO KEY UPDATE" in sql):
            has_read.set()
            assert go_on.wait(PATIENCE)
        return execute(sql, params, many, context)

    def send():
        try:
            with connection.execute_wrapper(hold):
                return request()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        pending = threads.submit(send)
        try:
            assert has_read.wait(PATIENCE)
            first = other()
        finally:
            go_on.set()
        return pending.result(), first
