"""How many queries something takes where the two databases are asked differently."""

from django.db import connection


def queries(*, sqlite: int, postgresql: int) -> int:
    """The number for the database at hand. PostgreSQL is asked the questions of the rules in one statement."""
    return postgresql if connection.vendor == "postgresql" else sqlite
