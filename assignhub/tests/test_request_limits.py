"""What is refused at the door, before any view has seen it: too large, no JSON, more than a database holds.

Without a token: a view would answer 401, so every other answer is the door's.
"""

import io

import pytest

from assignhub import wire
from assignhub.tests.refusals import refused

PATHS = ("/tenants", "/api/assignments/bulk")
NESTED = "The body is nested more than 32 levels deep."


def nested(levels: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * levels + "1" * (opening != "[") + closing * levels).encode()


@pytest.fixture
def door(api, django_assert_num_queries):
    """`door(path, body, …)` → the answer to a POST without a token, which must not cost a single query."""

    def send(path: str, body: bytes, content_type: str = "application/json", **environ):
        with django_assert_num_queries(0):
            return api(None).generic("POST", path, body, content_type, **environ)

    return send


# --- Size -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
@pytest.mark.parametrize("path", PATHS)
def test_body_over_the_limit_is_413(path, content_type, door, settings):
    settings.API_MAX_BODY_BYTES = 100

    response = door(path, b'"' + b"x" * 99 + b'"', content_type)

    assert response.status_code == 413
    assert response.json() == refused(path, 413, "The body is larger than 100 bytes.")


def test_body_of_just_the_limit_passes(door, settings):
    settings.API_MAX_BODY_BYTES = 100

    response = door("/tenants", b'"' + b"x" * 98 + b'"')

    assert response.status_code == 401


def test_default_limit_is_four_megabytes(door):
    response = door("/tenants", b" " * (4 * 1024 * 1024 + 1))

    assert response.status_code == 413
    assert response.json() == refused("/tenants", 413, "The body is larger than 4194304 bytes.")


@pytest.mark.parametrize("length", ["4194305", "9" * 19, "9" * 5000])
@pytest.mark.parametrize("path", PATHS)
def test_announced_length_over_the_limit_is_413_however_little_follows(path, length, door):
    response = door(path, b"{}", CONTENT_LENGTH=length)

    assert response.status_code == 413
    assert response.json() == refused(path, 413, "The body is larger than 4194304 bytes.")


@pytest.mark.parametrize("length", ["-1", "abc", "1.5", "1e3", "0x10", "+2", "2, 2", " "])
@pytest.mark.parametrize("path", PATHS)
def test_length_that_is_no_number_is_400(path, length, door):
    response = door(path, b"{}", CONTENT_LENGTH=length)

    assert response.status_code == 400
    assert response.json() == refused(path, 400, "The Content-Length header is not a number.")


def test_nothing_is_read_beyond_the_announced_length(door):
    body = io.BytesIO(b'{"name": "St. Elsewhere"}')

    response = door("/tenants", b"", CONTENT_LENGTH="10", **{"wsgi.input": body})

    assert response.status_code == 400
    assert response.json()["meta"]["message"].startswith("The body is not valid JSON: ")
    assert body.tell() == 10


def test_body_that_comes_in_chunks_is_refused_rather_than_taken_for_none(door):
    response = door("/tenants", b"", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": io.BytesIO(b"{}")})

    assert response.status_code == 411
    assert response.json() == refused("/tenants", 411, "The body needs a Content-Length header.")


# --- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'name': 1}",
        b'{"name": "x",}',
        b"{} {}",
        b"undefined",
        b"NaN",
        b'{"priority": NaN}',
        b"[Infinity]",
        b"[-Infinity]",
        b"1e400",
        b'{"priority": -1e400}',
        b'{"priority": 01}',
        b"\xff\xfe",
        b'{"name": "\xe9"}',
        b'{"name": "a\x00b"}',
        b'{"name": "a\nb"}',
        b'{"name": "\\ud800"}',
        b'{"name": "\\udc00\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"name": "\xed\xa0\x80"}',
        '{"name": "x"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        nested(2_000),
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_body_that_is_no_json_is_400(path, body, door):
    response = door(path, body)

    assert response.status_code == 400
    message = response.json()["detail"] if path.startswith("/api/") else response.json()["meta"]["message"]
    assert response.json() == refused(path, 400, message)
    assert message.startswith("The body is not valid JSON: ")


@pytest.mark.parametrize(
    "body, message",
    [
        (b'{"name": "a\\u0000b"}', "The body has a NUL character in a text."),
        (b'{"a\\u0000b": 1}', "The body has a NUL character in a text."),
        (b'[[{"name": ["\\u0000"]}]]', "The body has a NUL character in a text."),
        (b"9223372036854775808", "The body has a number beyond 64 bits: 9223372036854775808"),
        (b"[-9223372036854775809]", "The body has a number beyond 64 bits: -9.223372036854776e+18"),
        (b'{"priority": 18446744073709551616}', "The body has a number beyond 64 bits: 1.8446744073709552e+19"),
        (b'{"priority": 1' + b"0" * 300 + b"}", "The body has a number beyond 64 bits: 1e+300"),
        (b'{"priority": 1e19}', "The body has a number beyond 64 bits: 1e+19"),
        (b'{"priority": -1E+300}', "The body has a number beyond 64 bits: -1e+300"),
        (b'{"priority": 12345678901e9}', "The body has a number beyond 64 bits: 1.2345678901e+19"),
        (b'{"priority": 12345678901.5e9}', "The body has a number beyond 64 bits: 1.23456789015e+19"),
        (nested(33), NESTED),
        (nested(33, '{"a":', "}"), NESTED),
        (nested(1_000), NESTED),
        (b'{"a": [1, ' + nested(32) + b', {"b": 2}]}', NESTED),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_json_that_no_database_holds_is_400(path, body, message, door):
    response = door(path, body)

    assert response.status_code == 400
    assert response.json() == refused(path, 400, message)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"text"',
        b"9223372036854775807",
        b"-9223372036854775808",
        b"0." + b"1" * 400,
        b"1e-400",
        b'{"name": "\\\\u0000"}',
        b'{"name": "\\ud83d\\ude00"}',
        b'{"name": "c0ffee00-0000-0000-0000-12e400000000"}',
        nested(32),
        nested(32, '{"a":', "}"),
        b"[" + b"[]," * 5_000 + b"[]]",
    ],
)
def test_json_within_the_limits_reaches_the_view(body, door):
    response = door("/tenants", body)

    assert response.status_code == 401


def test_limits_hold_for_every_method(api, owner, tenant):
    response = api(owner).generic("DELETE", f"/tenants/{tenant.pk}", b"{", "application/json")

    assert response.status_code == 400
    assert response.json()["httpStatus"] == 400


def test_depth_is_a_setting(door, settings):
    settings.API_MAX_JSON_DEPTH = 2

    response = door("/tenants", b"[[[]]]")

    assert response.status_code == 400
    assert response.json() == refused("/tenants", 400, "The body is nested more than 2 levels deep.")


@pytest.mark.parametrize(
    "body, kind",
    [(b"[]", "list"), (b'"text"', "str"), (b"7", "int"), (b"1.5", "float"), (b"true", "bool"), (b"[[1]]", "list")],
)
@pytest.mark.parametrize("path", PATHS)
def test_body_of_another_shape_is_400(path, body, kind, api, super_admin, stored):
    client = api(super_admin)
    before = stored()

    response = client.generic("POST", path, body, "application/json")

    assert response.status_code == 400
    message = f"Invalid data. Expected a dictionary, but got {kind}."
    assert response.json() == refused(path, 400, message)
    assert stored() == before


@pytest.mark.parametrize(
    "body, message",
    [
        (b'{"name": 7.5, "timeZone": []}', "timeZone: Not a valid string."),
        (b'{"name": {"a": 1}}', "name: Not a valid string."),
        (b'{"name": null}', "name: This field may not be null."),
        (b'{"name": true}', "name: Not a valid string."),
        (b"null", "No data provided"),
        (b"", "name: This field is required."),
    ],
)
def test_value_of_another_type_is_400_and_named(body, message, api, super_admin, stored):
    client = api(super_admin)
    before = stored()

    response = client.generic("POST", "/tenants", body, "application/json")

    assert response.status_code == 400
    assert response.json() == refused("/tenants", 400, message)
    assert stored() == before


# --- Addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", wire.PREFIXES)
@pytest.mark.parametrize("rest", ["/%00", "/a%00b", "?search=%00", "?search=a&b=c%00d", "?%00=1"])
def test_nul_in_an_address_is_400_in_the_dialect(prefix, rest, api, django_assert_num_queries):
    client = api(None)

    with django_assert_num_queries(0):
        response = client.get(f"/{prefix}{rest}")

    assert response.status_code == 400
    assert response.json() == refused(f"/{prefix}/", 400, "The address has a NUL character in it.")


@pytest.mark.parametrize("path", ["/admin/%00", "/admin/login/?next=%00", "/health/ready?%00", "/no%00where"])
def test_nul_in_the_address_of_a_page_is_400(path, client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(path)

    assert response.status_code == 400
