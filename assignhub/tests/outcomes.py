"""Who gets which answer: how the apps' `tests/addresses.py` write it down."""

from typing import Any

# A row of every kind by its model's label, those that must differ by a name.
Rows = dict[str, Any]

PERSONS = ("nobody", "viewer", "member", "admin", "owner", "super_admin", "stranger")

# Pages of the admin. “login”: sent to sign in. “index”: told there is no such row, and sent to the start page. “save”
# is what the change page says to an empty form; where that is refused, so is any other.
KEPT_BY_ADMINS = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  200    200     200    200    200    200
add         login  403    403     200    200    200    200
change      login  200    200     200    200    200    index
save        login  403    403     200    200    200    index
history     login  403    403     200    200    200    index
delete      login  403    403     200    200    200    index
"""


def outcomes(table: str) -> dict[tuple[str, ...], list[str]]:
    """A table's lines as {what it is about: what each of `PERSONS` gets}; the first line names the persons."""
    lines = [line.split() for line in table.strip().splitlines()[1:]]
    return {tuple(words[: -len(PERSONS)]): words[-len(PERSONS) :] for words in lines}
