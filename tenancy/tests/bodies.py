"""What the tenancy API says about rows, written out by hand after the documented shapes."""

from datetime import datetime
from typing import Any

from tenancy.models import Assignment, Membership, Role, Tenant, User


def success(data: Any) -> dict:
    return {"data": data, "meta": {"message": "success"}, "httpStatus": 200}


def page(rows: list[dict], *, count: int, skip: int = 0, take: int = 10) -> dict:
    meta = {"message": "success", "pageMeta": {"skip": skip, "take": take, "count": count}}
    return {"data": rows, "meta": meta, "httpStatus": 200}


def problem(status: int, message: str, code: str | None = None) -> dict:
    meta = {"message": message} if code is None else {"message": message, "code": code}
    return {"data": None, "meta": meta, "httpStatus": status}


FORBIDDEN = problem(403, "You do not have permission to perform this action.")


def moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def assignment(row: Assignment) -> dict:
    row = Assignment.objects.get(pk=row.pk)
    return {
        "id": str(row.pk),
        "roleId": str(row.role_id),
        "tenantId": str(row.tenant_id),
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
        "removedAt": moment(row.removed_at),
    }


def assignment_detail(row: Assignment) -> dict:
    return assignment(row) | {"role": named_role(row.role), "tenant": named_tenant(row.tenant)}


def named_role(row: Role) -> dict:
    return {"id": str(row.pk), "name": row.name, "type": row.type}


def named_tenant(row: Tenant) -> dict:
    return {"id": str(row.pk), "name": row.name}


def role(row: Role) -> dict:
    row = Role.objects.get(pk=row.pk)
    return {
        "id": str(row.pk),
        "name": row.name,
        "type": row.type,
        "tenantId": str(row.tenant_id) if row.tenant_id else None,
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    }


def tenant(row: Tenant) -> dict:
    row = Tenant.objects.get(pk=row.pk)
    return {
        "id": str(row.pk),
        "name": row.name,
        "timeZone": row.time_zone,
        "requiresSecondFactor": row.requires_second_factor,
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    }


def user(row: User) -> dict:
    row = User.objects.get(pk=row.pk)
    return {
        "id": str(row.pk),
        "email": row.email,
        "firstName": row.first_name,
        "lastName": row.last_name,
        "avatarUrl": row.avatar_url,
        "isActive": row.is_active,
        "isStaff": row.is_staff,
        "isSuperAdmin": row.is_superuser,
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    }


def membership(row: Membership) -> dict:
    row = Membership.objects.get(pk=row.pk)
    return {
        "id": str(row.pk),
        "userId": str(row.user_id),
        "assignmentId": str(row.assignment_id),
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    }


def membership_detail(row: Membership) -> dict:
    held_by = row.user
    return membership(row) | {
        "user": {
            "id": str(held_by.pk),
            "email": held_by.email,
            "firstName": held_by.first_name,
            "lastName": held_by.last_name,
        },
        "role": named_role(row.assignment.role),
        "tenant": named_tenant(row.assignment.tenant),
    }
