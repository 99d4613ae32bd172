"""What every app's models stand on, the audit trail, and the counters behind the rate limits."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Self, cast

from django.db import models
from django.db.models import Q
from django.db.models.base import ModelState

from assignhub import permissions
from assignhub.permissions import Reach


class HubQuerySet(models.QuerySet):
    def within(self, user, action: str) -> "HubQuerySet":
        """The rows `user` may do `action` on (`assignhub/permissions.py`)."""
        return cast(HubQuerySet, permissions.within(self, user, action))


class Record(models.Model):
    """A row that is written through services only.

    `reach` says where each reach of the table of grants lies, as look-up paths: one, or, for what is one's own,
    several. Rows that match `shared` may be viewed from every tenant. `fixed` fields are set once. `secret` fields
    never enter the audit trail, and neither do `copied` ones, whose truth stands in another row.
    """

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = HubQuerySet.as_manager()

    reach: ClassVar[dict[Reach, Any]]
    shared: ClassVar[Q] = Q(pk__in=[])
    fixed: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()
    copied: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs are of a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """A stored row. As Django's, which goes through a constructor that asks field by field, and sends signals.

        Nobody listens to those, and a list or a large write reads thousands of rows.
        """
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        return row

    def another(self, related: Mapping[str, models.Model], **values: Any) -> Self:
        """A new row with the values and related rows of this one, which is not stored either, but for some.

        `related` has stored rows by the names of their relations, `values` the others by the names of their columns.
        Many that are alike are made so; their constructor would ask each field of each for its default.
        """
        row = type(self).__new__(type(self))
        columns, state = row.__dict__, ModelState()
        columns.update(self.__dict__, **values)
        columns["_state"] = state
        state.db, state.fields_cache = self._state.db, {**self._state.fields_cache, **related}
        for name, other in related.items():
            columns[f"{name}_id"] = other.pk
        return row

    @classmethod
    def own(cls, user, tenant_ids: Sequence[Any]) -> Q:
        """The rows that are `user`'s own. What is one's own by more than a path overrides this.

        `tenant_ids` are the tenants in which the rank of `user` reaches no further than that; None stands for wherever
        the row belongs.
        """
        paths = cls.reach[Reach.OWN]
        condition = Q(pk__in=[])
        for path in (paths,) if isinstance(paths, str) else paths:
            condition |= Q(**{path: user.pk})
        if Reach.ORG in cls.reach and None not in tenant_ids:
            condition &= Q(**{f"{cls.reach[Reach.ORG]}__in": tenant_ids})
        return condition

    @classmethod
    def permission(cls, verb: str) -> str:
        """The name of an action in the table of grants, e.g. `tenancy.role.change`."""
        return f"{cls._meta.label_lower}.{verb}"

    @classmethod
    def in_projects_of(cls, user) -> Q:
        """The rows that belong to projects `user` takes part in: none, for models that know no projects."""
        return Q(pk__in=[])

    def get_tenant_id(self):
        """The key of the tenant this row belongs to, or None if it belongs to none or to several."""
        path = self.reach.get(Reach.ORG)
        if path is None or permissions.crosses_many(type(self), path):
            return None
        value: Any = self
        *steps, last = path.split("__")
        for step in steps:
            value = getattr(value, step)
        return getattr(value, "pk" if last == "pk" else f"{last}_id")


class AuditEntry(models.Model):
    """One committed change: who did what to which row, when, and what it was before and after.

    Keys are kept without foreign keys: an entry outlives the account and the row it speaks of. A trigger on both
    databases refuses UPDATE and DELETE.
    """

    at = models.DateTimeField(auto_now_add=True)
    by_id = models.UUIDField(null=True)
    by_label = models.CharField(max_length=254)
    tenant_id = models.UUIDField(null=True)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=200)
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    objects = HubQuerySet.as_manager()

    reach: ClassVar[dict[Reach, str]] = {Reach.ORG: "tenant_id"}
    shared: ClassVar[Q] = Q(pk__in=[])

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object"),
            models.Index(fields=["tenant_id", "-id"], name="audit_tenant"),
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_request"),
        ]

    def __str__(self) -> str:
        return f"{self.by_label}: {self.action} {self.object_label}"


class RateCounter(models.Model):
    """How often something was done in the window that began with the first time (`assignhub/throttling.py`)."""

    key = models.CharField(max_length=120, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.FloatField(help_text="When the window ends, in seconds since 1970.")

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="ratecounter_ends")]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class Upload(models.Model):
    """A file somebody has sent for import and not yet confirmed: theirs alone, for an hour (`assignhub/admin`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_id = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=80)
    tenant_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
