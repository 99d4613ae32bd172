"""The dialects, and which addresses speak which.

Sources: seed 000, "Response Structure" (`EnvelopeDialect`); seed 001, "Request and Response Format" (`MetaDialect`);
seed 002, "Error Responses" (`BareDialect`); seed 003, the response examples (`CountedDialect`); seed 004, "Error Codes"
(`CodedDialect`).
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from assignhub.wire.messages import Page, Problem
from assignhub.wire.pages import SkipPagination

# What a program reads where no rule gave a code of its own.
STATUS_CODES = {
    400: "VALIDATION_ERROR",
    401: "NOT_AUTHENTICATED",
    403: "INSUFFICIENT_PERMISSIONS",
    404: "RESOURCE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    411: "LENGTH_REQUIRED",
    412: "PRECONDITION_FAILED",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
    503: "UNAVAILABLE",
}


def code_of(problem: Problem) -> str:
    return problem.code.upper() or STATUS_CODES.get(problem.status, "SERVER_ERROR")


class BareDialect:
    """Scheduling and sign-in: bare bodies, bare lists, errors as `{"detail": "…"}`.

    Where a rule refused, its `code` and the ids it concerns stand beside `detail`, for programs to read.
    """

    pagination = staticmethod(partial(SkipPagination, "limit", default=100, largest=1000))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
        "required": ["detail"],
        "additionalProperties": True,
    }

    def success(self, data: Any, status: int, message: str = "") -> Any:
        return data

    def page(self, page: Page) -> Any:
        return page.rows

    def problem(self, problem: Problem) -> Any:
        code = {"code": problem.code} if problem.code else {}
        return {"detail": problem.message, **code, **problem.about}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        return schema


class MetaDialect:
    """Tenancy: `{data, meta: {message}, httpStatus}`; a page's position in `meta.pageMeta`; errors alike."""

    pagination = staticmethod(partial(SkipPagination, "take", default=10, largest=100))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "data": {"nullable": True, "enum": [None]},
            "meta": {
                "type": "object",
                "properties": {"message": {"type": "string"}, "code": {"type": "string"}},
                "required": ["message"],
            },
            "httpStatus": {"type": "integer"},
        },
        "required": ["data", "meta", "httpStatus"],
    }

    def success(self, data: Any, status: int, message: str = "") -> Any:
        return {"data": data, "meta": {"message": message or "success"}, "httpStatus": status}

    def page(self, page: Page) -> Any:
        position = {"skip": page.skip, "take": page.take, "count": page.total}
        return {"data": page.rows, "meta": {"message": "success", "pageMeta": position}, "httpStatus": 200}

    def problem(self, problem: Problem) -> Any:
        code = {"code": problem.code.upper()} if problem.code else {}
        return {"data": None, "meta": {"message": problem.message, **code}, "httpStatus": problem.status}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        whole = {"type": "integer"}
        meta: dict[str, Any] = {
            "type": "object",
            "properties": {"message": {"type": "string"}},
            "required": ["message"],
        }
        if listing:
            meta["properties"]["pageMeta"] = {
                "type": "object",
                "properties": {"skip": whole, "take": whole, "count": whole},
                "required": ["skip", "take", "count"],
            }
            meta["required"].append("pageMeta")
        return {
            "type": "object",
            "properties": {"data": schema, "meta": meta, "httpStatus": whole},
            "required": ["data", "meta", "httpStatus"],
        }


class EnvelopeDialect:
    """AI features: `{success, data, message}`, lists with `total`, and `warnings` where there are any.

    Errors are `{success: false, error: "CODE", message}`.
    """

    pagination = staticmethod(partial(SkipPagination, "limit", default=100, largest=1000))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "success": {"type": "boolean", "enum": [False]},
            "error": {"type": "string"},
            "message": {"type": "string"},
        },
        "required": ["success", "error", "message"],
        "additionalProperties": True,
    }

    def success(self, data: Any, status: int, message: str = "", warnings: Sequence[str] = ()) -> Any:
        warned = {"warnings": list(warnings)} if warnings else {}
        return {"success": True, "data": data, "message": message or "success", **warned}

    def page(self, page: Page) -> Any:
        return {"success": True, "data": page.rows, "total": page.total, "message": "success"}

    def problem(self, problem: Problem) -> Any:
        return {"success": False, "error": code_of(problem), "message": problem.message, **problem.about}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        properties = {"success": {"type": "boolean"}, "data": schema, "message": {"type": "string"}}
        if listing:
            properties["total"] = {"type": "integer"}
        required = list(properties)
        properties["warnings"] = {"type": "array", "items": {"type": "string"}}
        return {"type": "object", "properties": properties, "required": required}


class CountedDialect:
    """Founders: `{success, message}` or `{success, data}`, lists with the `count` of what they hold.

    Errors are `{status: "error", statusCode, message}`.
    """

    pagination = staticmethod(partial(SkipPagination, "limit", default=100, largest=1000))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["error"]},
            "statusCode": {"type": "integer"},
            "message": {"type": "string"},
        },
        "required": ["status", "statusCode", "message"],
    }

    def success(self, data: Any, status: int, message: str = "") -> Any:
        if isinstance(data, list):
            return {"success": True, "count": len(data), "data": data}
        return {"success": True} | ({"message": message} if message else {}) | ({} if data is None else {"data": data})

    def page(self, page: Page) -> Any:
        return {"success": True, "count": len(page.rows), "data": page.rows}

    def problem(self, problem: Problem) -> Any:
        return {"status": "error", "statusCode": problem.status, "message": problem.message}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        properties: dict[str, Any] = {"success": {"type": "boolean"}}
        if listing:
            properties["count"] = {"type": "integer"}
        properties["data"] = schema
        return {"type": "object", "properties": properties, "required": list(properties)}


class CodedDialect:
    """Tasks: bare bodies and lists, errors as `{success: false, error, error_code}` and the ids they concern."""

    pagination = staticmethod(partial(SkipPagination, "limit", default=100, largest=1000))
    problem_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "success": {"type": "boolean", "enum": [False]},
            "error": {"type": "string"},
            "error_code": {"type": "string"},
        },
        "required": ["success", "error", "error_code"],
        "additionalProperties": True,
    }

    def success(self, data: Any, status: int, message: str = "") -> Any:
        return data

    def page(self, page: Page) -> Any:
        return page.rows

    def problem(self, problem: Problem) -> Any:
        # The codes are a closed list (seed 004, "Error Codes"): a rule that has none of them speaks by its status.
        code = problem.code.upper() if problem.code.upper() in TASK_CODES else STATUS_CODES.get(problem.status)
        return {"success": False, "error": problem.message, "error_code": code or "SERVER_ERROR", **problem.about}

    def success_schema(self, schema: dict[str, Any], *, listing: bool) -> dict[str, Any]:
        return schema


TASK_CODES = {"NOT_ORGANIZATION_MEMBER", "INVALID_ASSIGNMENT"}

Dialect = BareDialect | MetaDialect | EnvelopeDialect | CountedDialect | CodedDialect

# The beginnings of every API's addresses: here live the 404s, the limits and the freedom of the final slash.
PREFIXES: dict[str, Dialect] = {
    "api": BareDialect(),
    "api/dynamic-ai": EnvelopeDialect(),
    "api/v1": CodedDialect(),
    "api/v1/admins": CountedDialect(),
    "api/v1/assignments": CountedDialect(),
    "api/v1/founders": CountedDialect(),
    "assignments": MetaDialect(),
    "memberships": MetaDialect(),
    "roles": MetaDialect(),
    "tenants": MetaDialect(),
    "users": MetaDialect(),
}
DEEPEST = max(prefix.count("/") for prefix in PREFIXES) + 1


def dialect_at(path: str) -> Dialect | None:
    """The dialect of the API a path belongs to, or None for pages and static files."""
    segments = path.strip("/").split("/")
    depths = range(min(DEEPEST, len(segments)), 0, -1)
    return next((PREFIXES[start] for depth in depths if (start := "/".join(segments[:depth])) in PREFIXES), None)
