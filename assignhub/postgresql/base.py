"""Django's PostgreSQL, reading moments ten times as fast, and with prepared statements for those who ask for them."""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.backends.utils import CursorWrapper

# psycopg prepares what was asked more often by itself: what Django composes is rarely asked twice.
ONLY_WHEN_TOLD = 2**31


class UtcLoader(BaseTzLoader):
    """A moment as PostgreSQL writes it on a connection that speaks UTC, as all of ours do."""

    timezone = UTC

    def load(self, data):
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:  # before the year 1 or after 9999: psycopg's own words say so
            return super().load(data)


class PreparedCursor(base.CursorMixin, psycopg.RawCursor):
    """Lets the server plan a statement once for each connection, and sends it only values from then on."""

    def execute(self, query: str, params: Sequence[Any] = ()):  # type: ignore[override]
        return super().execute(_numbered(query, len(params)), params, prepare=True)


@functools.lru_cache(maxsize=4096)
def _numbered(query: str, places: int) -> bytes:
    """A statement with its places as PostgreSQL has them; psycopg would look for them each time in a long one."""
    return (query % tuple(f"${number}" for number in range(1, places + 1))).encode()


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        """For query logs: what a prepared statement was asked with, which its cursor does not tell."""
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        parameters = super().get_connection_params()
        if self.timezone is UTC:
            parameters["context"].register_loader("timestamptz", UtcLoader)
        if self.settings_dict["PREPARE"]:
            parameters["prepare_threshold"] = ONLY_WHEN_TOLD
        return parameters

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor for statements that come again and again."""
        if not self.settings_dict["PREPARE"]:
            return self.cursor()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor = PreparedCursor(self.connection)
        return self._prepare_cursor(cursor)  # type: ignore[attr-defined]

    @contextlib.contextmanager
    def pipeline(self) -> Iterator[None]:
        """What is executed inside goes to the server at once and is answered in its order when the block ends.

        Raises then what any of it raises; what came after that has not been done.
        """
        self.ensure_connection()
        with self.wrap_database_errors, self.connection.pipeline():
            yield
