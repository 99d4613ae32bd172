"""Is the process alive, and can it serve? For load balancers and container health checks."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse

from assignhub.handlers import RETRY_SECONDS
from assignhub.throttling import redis_client


def live(request) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


def ready(request) -> JsonResponse:
    """200 when database, migrations and (if configured) Redis are in order, else 503 saying which is not."""
    checks = {"database": _database()}
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    if settings.REDIS_URL:
        checks["redis"] = _redis()
    good = all(state == "ok" for state in checks.values())
    response = JsonResponse({"status": "ok" if good else "unavailable", **checks}, status=200 if good else 503)
    if not good:
        response["Retry-After"] = RETRY_SECONDS
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _redis() -> str:
    try:
        redis_client().ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
