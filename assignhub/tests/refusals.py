"""What a refusal looks like in the dialect of each API, written out once more for tests to compare with."""

META = ("assignments", "memberships", "roles", "tenants", "users")
COUNTED = ("api/v1/admins", "api/v1/assignments", "api/v1/founders")
CODES = {
    400: "VALIDATION_ERROR",
    401: "NOT_AUTHENTICATED",
    403: "INSUFFICIENT_PERMISSIONS",
    404: "RESOURCE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    411: "LENGTH_REQUIRED",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
    500: "SERVER_ERROR",
    503: "UNAVAILABLE",
}


def refused(path: str, status: int, message: str, **extra: str) -> dict:
    """The body of a refusal in the dialect of the API at `path`; `extra` is the code and ids of a rule."""
    path = path.lstrip("/")
    if path.split("/")[0] in META:
        return {"data": None, "meta": {"message": message, **extra}, "httpStatus": status}
    if path.startswith("api/dynamic-ai"):
        return {"success": False, "error": CODES[status], "message": message} | extra
    if path.startswith(COUNTED):
        return {"status": "error", "statusCode": status, "message": message}
    if path.startswith("api/v1"):
        return {"success": False, "error": message, "error_code": CODES[status]} | extra
    return {"detail": message, **extra}
