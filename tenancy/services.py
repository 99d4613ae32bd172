"""Every write of the tenancy domain. Whoever calls says `by` whom."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from assignhub import audit
from assignhub.errors import Refused, not_found
from assignhub.permissions import NO, reach, require, within
from assignhub.services import RecordService, transactional
from tenancy.authority import authority, every_rank, require_account
from tenancy.models import Assignment, Membership, Role, SignIn, Tenant, User

ONLY_A_SUPER_ADMIN = "Only super admins make somebody a super admin."
NOT_ONES_OWN = {"email", "is_active", "is_staff", "is_superuser"}


# What other apps let only members of a tenant have is taken from those who leave; they add themselves when they start.
# Called in the transaction of the leaving, the tenant locked, as `follow(tenant_id, user_ids, by=by)`.
leavers_followers: list[Callable[..., None]] = []


@contextmanager
def seen_off(held: QuerySet[Membership], *, by) -> Iterator[None]:
    """Tell the other apps which holders of these memberships no longer belong to their tenant after the block."""
    before = set(_in_force(held).values_list("assignment__tenant_id", "user_id"))
    yield
    if not before:
        return
    tenant_ids, user_ids = zip(*before, strict=True)
    still = _in_force(Membership.objects.filter(assignment__tenant__in=set(tenant_ids), user__in=set(user_ids)))
    left: dict[UUID, set[UUID]] = defaultdict(set)
    for tenant_id, user_id in before - set(still.values_list("assignment__tenant_id", "user_id")):
        left[tenant_id].add(user_id)
    for tenant_id in sorted(left):
        for follow in leavers_followers:
            follow(tenant_id, left[tenant_id], by=by)


def _in_force(held: QuerySet[Membership]) -> QuerySet[Membership]:
    return held.filter(assignment__removed_at=None, user__is_active=True)


class TenantService(RecordService[Tenant]):
    # What other apps keep in a tenant's local time follows it; they add themselves when they start.
    time_zone_followers: list[Callable[..., None]] = []

    @transactional
    def update(self, row: Tenant, *, by, **values: Any) -> Tenant:
        stored = self.locked(row)
        before, strict = stored.time_zone, stored.requires_second_factor
        tenant = super().update(row, by=by, **values)
        if tenant.requires_second_factor != strict:
            self._require_owner(tenant, by)
        if tenant.time_zone != before:
            for follow in self.time_zone_followers:
                follow(tenant, by=by)
        return tenant

    def _require_owner(self, tenant: Tenant, by) -> None:
        if reach(by, self.model.permission("require_second_factor"), tenant.pk) == NO:
            text = "Only owners decide whether the staff needs a second factor."
            raise Refused(text, "forbidden", field="requires_second_factor")


class RoleService(RecordService[Role]):
    @transactional
    def create(self, *, by, **values: Any) -> Role:
        tenant = values.get("tenant")
        with authority(by, [tenant.pk] if tenant else []) as held:
            role = super().create(by=by, **values)
            held.require(role.rank, role.tenant_id)
        return role

    @transactional
    def update(self, row: Role, *, by, **values: Any) -> Role:
        tenants = self._tenants(row)
        with authority(by, tenants) as held:
            before = self.locked(row).rank
            if not self._tenants(row) <= tenants:
                text = f"{row} was put into force in another tenant at the same moment. Please try again."
                raise Refused(text, "conflict")
            role = super().update(row, by=by, **values)
            held.require(max(before, role.rank), role.tenant_id)
        return role

    @transactional
    def remove(self, row: Role, *, by) -> Role:
        with authority(by, self._tenants(row)) as held:
            role = super().remove(row, by=by)
            held.require(role.rank, role.tenant_id)
        return role

    @staticmethod
    def _tenants(role: Role) -> set[UUID]:
        """A shared role rules wherever it is in force."""
        if role.tenant_id:
            return {role.tenant_id}
        return set(role.assignments.values_list("tenant_id", flat=True))


class AssignmentService(RecordService[Assignment]):
    @transactional
    def create(self, *, by, **values: Any) -> Assignment:
        with authority(by, [values["tenant"].pk]) as held:
            # As it is now: what the caller has read before the lock may have changed its type since.
            values["role"] = roles.locked(values["role"])
            assignment = super().create(by=by, **values)
            held.require(assignment.role.rank, assignment.tenant_id)
        return assignment

    @transactional
    def update(self, row: Assignment, *, by, **values: Any) -> Assignment:
        """Put another role in its place, or bring a removed assignment back with `removed_at=None`."""
        with authority(by, [row.tenant_id]) as held:
            before = self.locked(row).role.rank
            if "role" in values:
                values["role"] = roles.locked(values["role"])
            assignment = super().update(row, by=by, **values)
            held.require(max(before, assignment.role.rank), assignment.tenant_id)
        return assignment

    @transactional
    def remove(self, row: Assignment, *, by) -> Assignment:
        with authority(by, [row.tenant_id]) as held, seen_off(Membership.objects.filter(assignment=row.pk), by=by):
            assignment = super().remove(row, by=by)
            held.require(assignment.role.rank, assignment.tenant_id)
        return assignment

    @transactional
    def withdraw(self, row: Assignment, *, by) -> Assignment:
        """Take one assignment out of force; one that already is stays as it was. Returns it as stored."""
        self.withdraw_many([row.pk], by=by)
        return self.locked(row)

    @transactional
    def withdraw_many(self, keys: Iterable[UUID], *, by) -> int:
        """Take assignments out of force, all or none, in a flat number of queries; return how many it changed.

        Keys that are unknown, out of sight or no longer in force are not counted.
        """
        action = self.model.permission("remove")
        seen = within(Assignment.objects.filter(pk__in=list(keys)), by, self.model.permission("view"))
        tenants = set(seen.values_list("tenant_id", flat=True))
        with authority(by, tenants) as held:
            seen = seen.select_related("role", "tenant").select_for_update(of=("self",), no_key=True)
            rows = list(seen.order_by("pk"))
            require(by, action, rows)
            live = [row for row in rows if row.removed_at is None]
            for row in live:
                held.require(row.role.rank, row.tenant_id)
            now, keys = timezone.now(), [row.pk for row in live]
            with seen_off(Membership.objects.filter(assignment__in=keys), by=by):
                Assignment.objects.filter(pk__in=keys).update(removed_at=now, updated_at=now)
                audit.record(by, action, [(row, {"removed_at": [None, now.isoformat()]}) for row in live])
        return len(live)


class MembershipService(RecordService[Membership]):
    @transactional
    def create(self, *, by, **values: Any) -> Membership:
        assignment = values["assignment"]
        # The person first, then the tenant: the order in which deactivating an account takes its locks.
        users.locked(values["user"])
        with authority(by, [assignment.tenant_id]) as held:
            values["assignment"] = assignment = assignments.locked(assignment)
            membership = super().create(by=by, **values)
            held.require(assignment.role.rank, assignment.tenant_id)
        return membership

    @transactional
    def update(self, row: Membership, *, by, **values: Any) -> Membership:
        """Give a person another role of the same tenant in place of the one they hold."""
        with authority(by, [row.assignment.tenant_id]) as held:
            before = self.locked(row).assignment
            if "assignment" in values:
                values["assignment"] = assignments.locked(values["assignment"])
            membership = super().update(row, by=by, **values)
            if membership.assignment.tenant_id != before.tenant_id:
                text = "A membership stays in its tenant; add the person to the other tenant instead."
                raise Refused(text, "fixed", field="assignment")
            held.require(max(before.role.rank, membership.assignment.role.rank), before.tenant_id)
        return membership

    @transactional
    def remove(self, row: Membership, *, by) -> Membership:
        leaving = Membership.objects.filter(pk=row.pk)
        with authority(by, [row.assignment.tenant_id]) as held, seen_off(leaving, by=by):
            membership = super().remove(row, by=by)
            held.require(membership.assignment.role.rank, membership.assignment.tenant_id)
        return membership


class UserService(RecordService[User]):
    @transactional
    def create(self, *, by, password: str | None = None, assignment: Assignment | None = None, **values: Any) -> User:
        """Create an account and, with `assignment`, give it that role in the same step.

        Other than super admins, nobody creates an account outside their tenants: they must name an assignment.
        """
        if assignment is None and not by.is_superuser:
            text = "Say which role the new person holds: only super admins create people without one."
            raise Refused(text, "required", field="assignment")
        user = User(**values)
        if user.is_superuser and not by.is_superuser:
            raise Refused(ONLY_A_SUPER_ADMIN, "forbidden", field="is_superuser")
        if password is not None:
            _validate_password(password, user)
        user.set_password(password)
        user.full_clean()
        user.save()
        audit.record(by, self.model.permission("add"), [(user, audit.added(user))])
        if assignment is not None:
            memberships.create(by=by, user=user, assignment=assignment)
        require(by, self.model.permission("add"), [user])
        return user

    @transactional
    def update(self, row: User, *, by, **values: Any) -> User:
        stored = self.locked(row)
        require_account(by, stored)
        changed = {name for name, value in values.items() if value != getattr(stored, name)}
        if "is_superuser" in changed and not by.is_superuser:
            raise Refused(ONLY_A_SUPER_ADMIN, "forbidden", field="is_superuser")
        if by.pk == stored.pk and (own := sorted(changed & NOT_ONES_OWN)):
            text = f"You cannot change this about your own account: {', '.join(own)}."
            raise Refused(text, "forbidden", field=own[0])
        with authority(by, stored.roles), seen_off(stored.memberships.all(), by=by):
            user = super().update(stored, by=by, **values)
            if not user.is_active:
                end_sign_ins(user, by=by)
        return user

    @transactional
    def remove(self, row: User, *, by) -> User:
        stored = self.locked(row)
        require_account(by, stored)
        if by.pk == stored.pk:
            raise Refused("You cannot delete your own account.", "forbidden")
        with authority(by, every_rank(stored)):
            return super().remove(stored, by=by)

    def change_password(self, row: User, current_password: str, new_password: str, *, by) -> User:
        """What a person does for themselves: the present password proves it is them."""
        if not row.check_password(current_password):
            raise ValidationError({"current_password": "This is not your present password."})
        return self.set_password(row, new_password, by=by, field="new_password")

    @transactional
    def reset_password(self, row: User, password: str, *, stamp: str) -> User:
        """What a person does who was mailed a link: a new password; all their sign-ins end.

        `stamp` is `get_session_auth_hash()` of the account the link was checked against: of two uses of one link at
        once, the second finds another password and is refused, as is a link to an account closed meanwhile.
        """
        stored = self.locked(row)
        if not stored.is_active or stored.get_session_auth_hash() != stamp:
            raise Refused("This link has been used already. Please ask for another.", "conflict")
        return self.set_password(stored, password, by=stored, verb="reset_password")

    @transactional
    def set_password(self, row: User, password: str, *, by, field: str = "password", verb: str = "password") -> User:
        """Give a person a new password and end all their sign-ins. Others than the person must be super admins.

        `verb` says in the trail which way it came about.
        """
        if by.pk != row.pk and not by.is_superuser:
            raise Refused("Only super admins set the password of somebody else.", "forbidden", field="password")
        stored = self.locked(row)
        _validate_password(password, stored, field)
        stored.set_password(password)
        stored.save(update_fields=["password", "updated_at"])
        audit.record(by, self.model.permission(verb), [(stored, {})])
        end_sign_ins(stored, by=by)
        return stored


def _validate_password(password: str, user: User, field: str = "password") -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None


@transactional
def end_sign_ins(user: User, *, by, keep: UUID | None = None) -> int:
    """End every sign-in of a person that still runs, but for the one whose key is `keep`; return how many."""
    others = SignIn.objects.filter(user=user)
    return _end(others.exclude(pk=keep) if keep else others, by)


@transactional
def end_sign_in(key: UUID, *, by) -> int:
    """End one sign-in that `by` may end; return 1, or 0 when it had ended already.

    Raises `Refused` (404) when there is none, or none within reach of `by`.
    """
    within_reach = within(SignIn.objects.filter(pk=key), by, SignIn.permission("change"))
    if not within_reach.exists():
        raise not_found(SignIn, key)
    return _end(within_reach, by)


@transactional
def end_sign_in_if_running(key: UUID | str, *, by) -> int:
    """End the sign-in that `by` leaves; 0 when it has ended, or was forgotten, meanwhile."""
    return _end(SignIn.objects.filter(pk=key, user=by.pk), by)


def _end(sign_ins, by) -> int:
    now = timezone.now()
    running = list(sign_ins.filter(ended_at=None).select_for_update(of=("self",)).select_related("user"))
    SignIn.objects.filter(pk__in=[row.pk for row in running]).update(ended_at=now, updated_at=now)
    audit.record(by, SignIn.permission("end"), [(row, {"ended_at": [None, now.isoformat()]}) for row in running])
    return len(running)


@transactional
def purge_sign_ins(expired_before: datetime, *, by) -> int:
    """Forget the sign-ins that expired before this moment, with their addresses; return how many there were."""
    expired = SignIn.objects.filter(expires_at__lt=expired_before)
    rows = list(expired.select_for_update(of=("self",)).select_related("user"))
    audit.record(by, SignIn.permission("delete"), [(row, {}) for row in rows])
    expired.delete()
    return len(rows)


tenants = TenantService(Tenant)
roles = RoleService(Role)
assignments = AssignmentService(Assignment)
memberships = MembershipService(Membership)
users = UserService(User)
