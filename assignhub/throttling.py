"""Rate limits that are exact across threads, processes and hosts.

One atomic counter per key and window: a Lua script in Redis when there is one, otherwise a single
`INSERT … ON CONFLICT … RETURNING` in the database. A window begins with the first request and lasts its period, so
request number limit + 1 inside it is refused, whoever counts.
"""

import re
import time

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from assignhub.models import RateCounter
from assignhub.proxies import client_address

log = structlog.get_logger(__name__)

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

COUNT_IN_REDIS = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""

COUNT_IN_DATABASE = """
INSERT INTO {table} AS counter (key, count, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.ends_at <= %s THEN 1 ELSE counter.count + 1 END,
    ends_at = CASE WHEN counter.ends_at <= %s THEN excluded.ends_at ELSE counter.ends_at END
RETURNING count, ends_at
"""


def parse_rate(rate: str) -> tuple[int, int]:
    """“10/minute” → (10, 60): how many, in how many seconds. Raises `ValueError` for anything else."""
    match = re.fullmatch(r"([1-9][0-9]*)/(second|minute|hour|day)", rate)
    if not match:
        raise ValueError(f"“{rate}” is not a rate; write for example “10/minute”.")
    return int(match[1]), SECONDS[match[2]]


def hit(key: str, seconds: int) -> tuple[int, float]:
    """Count one use of `key`; return how many there were in the window of `seconds`, and when it ends, in seconds."""
    if settings.REDIS_URL:
        try:
            client = redis_client()
            count, milliseconds = client.eval(COUNT_IN_REDIS, 1, f"rate:{key}", seconds * 1000)
            return count, milliseconds / 1000
        except redis.RedisError as error:
            log.warning("redis is away, counting in the database", error=str(error))
    return _hit_in_database(key, seconds)


def redis_client() -> redis.Redis:
    """A client on the pool of Django's cache."""
    return cache._cache.get_client(write=True)  # type: ignore[attr-defined]


def _hit_in_database(key: str, seconds: int) -> tuple[int, float]:
    now = time.time()
    statement = COUNT_IN_DATABASE.format(table=connection.ops.quote_name(RateCounter._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, now + seconds, now, now])
        count, ends_at = cursor.fetchone()
    return count, ends_at - now


def limit(scope: str, who: str) -> None:
    """Count one use of `scope` by `who` and raise `Throttled` (429) once it is more than settings allow."""
    rate = settings.RATE_LIMITS[scope]
    if not rate:
        return
    most, seconds = parse_rate(rate)
    count, wait = hit(f"{scope}:{who}", seconds)
    if count > most:
        raise Throttled(wait=max(wait, 1))


class UserThrottle(BaseThrottle):
    """Limit a user, or an address that has not signed in, to the rate of the view's `throttle_scope` (“api”)."""

    def allow_request(self, request, view) -> bool:
        who = str(request.user.pk) if request.user and request.user.is_authenticated else client_address(request)
        limit(getattr(view, "throttle_scope", "api"), who)
        return True
