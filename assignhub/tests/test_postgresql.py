"""The backend reads moments from PostgreSQL as Django's own does, and sends several statements at once."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection, transaction

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="for PostgreSQL only")


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 21, 8, 30, 15, 120_000, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_moment_comes_back_as_it_went(db, moment):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        ((read,),) = cursor.fetchall()

    assert (read, read.tzinfo) == (moment, UTC)


def test_moment_that_python_has_no_word_for_is_an_error_in_words(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT '0044-03-15 12:00:00+00 BC'::timestamptz")

        with pytest.raises(DataError, match="before year 1"):
            cursor.fetchall()


def test_statements_sent_together_are_answered_in_their_order(db):
    with connection.cursor() as first, connection.cursor() as second:
        with connection.pipeline():
            first.execute("SELECT 1")
            second.execute("SELECT 2")

        assert (first.fetchall(), second.fetchall()) == ([(1,)], [(2,)])


def test_error_among_statements_sent_together_is_djangos_and_leaves_the_connection_usable(db):
    def ask() -> None:
        with transaction.atomic(), connection.cursor() as cursor, connection.pipeline():
            cursor.execute("SELECT 1 / 0")
            cursor.execute("SELECT 2")

    with pytest.raises(DataError, match="division by zero"):
        ask()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 3")
        assert cursor.fetchall() == [(3,)]
