"""Values no well-meaning client sends, and the places of the API they can be put: read from the schema it publishes."""

import copy
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from drf_spectacular.generators import SchemaGenerator

NOBODYS_KEY = "00000000-0000-4000-8000-000000000000"

TEXTS = (
    "",
    " ",
    "x" * 5_000,
    "a\0b",
    "\ud800",
    "\u202egnp.exe",
    "\ufeff\u200b",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧 é́́",
    "null",
    "NaN",
    "1e400",
    "٣",
    "-1",
    "9223372036854775808",
    NOBODYS_KEY,
    "{" + NOBODYS_KEY + "}",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "0001-01-01T00:00:00+14:00",
    "25:61",
    "../../etc/passwd",
    "' OR 1=1; DROP TABLE users; --",
    "%s %(name)s {0} {{7*7}} $" + "{jndi:ldap://x}",
    "<script>alert(1)</script>",
    "a@b@c.example",
    "http://[::1",
    "\\",
)

VALUES = (
    *TEXTS,
    None,
    True,
    0,
    -1,
    1.5,
    1e300,
    2**31,
    2**63 - 1,
    -(2**63),
    2**63,
    [],
    [None],
    [[[]]],
    ["x"] * 1_001,
    {},
    {"id": NOBODYS_KEY},
)

Place = tuple[str | int, ...]


@cache
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operation(method: str, path: str) -> dict[str, Any]:
    """What the schema says about a route of the URL files."""
    return schema()["paths"]["/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)][method.lower()]


def query_names(method: str, path: str) -> list[str]:
    return [each["name"] for each in operation(method, path).get("parameters", ()) if each["in"] == "query"]


def places(method: str, path: str) -> list[Place]:
    """Every place of the body a client may fill, the whole body first; `()` is the body itself."""
    content = operation(method, path).get("requestBody", {}).get("content", {})
    return list(_places(content["application/json"]["schema"])) if content else []


def _places(shape: dict[str, Any], place: Place = ()) -> Iterator[Place]:
    while "$ref" in shape or "allOf" in shape:
        reference = shape["allOf"][0]["$ref"] if "allOf" in shape else shape["$ref"]
        shape = schema()["components"]["schemas"][reference.rpartition("/")[2]]
    yield place
    if "items" in shape:
        yield from _places(shape["items"], (*place, 0))
    for name, inner in shape.get("properties", {}).items():
        yield from _places(inner, (*place, name))


def put(body: Any, place: Place, value: Any) -> Any:
    """The body with `value` at that place."""
    if not place:
        return value
    changed = copy.deepcopy(body)
    target = changed
    for step, following in pairwise(place):
        if isinstance(target, dict) and step not in target:
            target[step] = [None] if following == 0 else {}
        target = target[step]
    target[place[-1]] = value
    return changed
