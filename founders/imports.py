"""The sheets programmes keep: founders, who looks after them, what is noted about them, and who takes how many."""

from typing import Any

from django.utils import timezone

from assignhub.errors import Refused, not_found
from assignhub.imports import CREATED, UNCHANGED, UPDATED, Row, Sheet, names_in
from founders import services
from founders.models import Assignment, Capacity, Founder, Note
from tenancy.models import User

LEADS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}


class Founders(Sheet):
    name = "founders"
    columns = ("email", "name", "company", "industry", "user")
    required = ("email", "name")
    related = ("user",)

    @staticmethod
    def line(row: Founder) -> tuple[Any, ...]:
        return row.email, row.name, row.company_name, row.industry, row.user.email if row.user else ""

    def take(self, row: Row) -> str:
        values = {"name": row["name"], "email": row["email"], "company_name": row["company"]}
        values["industry"] = row["industry"]
        if row["user"]:
            values["user"] = User.objects.within(self.by, User.permission("view")).filter(email=row["user"]).first()
            if values["user"] is None:
                raise not_found(User, row["user"], field="user", by="e-mail")
        present = Founder.objects.filter(tenant=self.tenant, email=row["email"]).first()
        return self.put(services.founders, present, tenant=self.tenant, **values)


class FounderAssignments(Sheet):
    """Admins added to founders; who is there stays."""

    name = "founder assignments"
    columns = ("founder", "admin", "lead")
    required = ("founder", "admin")
    related = ("founder", "admin")

    @staticmethod
    def line(row: Assignment) -> tuple[Any, ...]:
        return row.founder.email, row.admin.email, "yes" if row.is_lead else "no"

    def take(self, row: Row) -> str:
        founder = Founder.objects.filter(tenant=self.tenant, email=row["founder"]).first()
        if founder is None:
            raise not_found(Founder, row["founder"], field="founder", by="e-mail")
        admin = User.objects.within(self.by, User.permission("view")).filter(email=row["admin"]).first()
        if admin is None:
            raise not_found(User, row["admin"], field="admin", by="e-mail")
        leads = LEADS.get(row["lead"].lower())
        if leads is None:
            raise Refused(f"“{row['lead']}” says neither yes nor no.", "invalid", field="lead")
        present = Assignment.objects.filter(founder=founder, admin=admin).first()
        if present is None:
            services.assignments.create(by=self.by, founder=founder, admin=admin, is_lead=leads)
            return CREATED
        if leads and not present.is_lead:
            services.assignments.update(present, by=self.by, is_lead=True)
            return UPDATED
        return UNCHANGED


class Notes(Sheet):
    """Notes are added; one with the same day and text is there already."""

    name = "notes"
    columns = ("founder", "date", "text")
    required = ("founder", "text")
    related = ("founder",)

    @staticmethod
    def line(row: Note) -> tuple[Any, ...]:
        return row.founder.email, row.date, row.text

    def take(self, row: Row) -> str:
        visible = Founder.objects.within(self.by, Founder.permission("view"))
        founder = visible.filter(tenant=self.tenant, email=row["founder"]).first()
        if founder is None:
            raise not_found(Founder, row["founder"], field="founder", by="e-mail")
        date = row["date"] or timezone.localdate(timezone=self.tenant.zone)
        if Note.objects.filter(founder=founder, date=date, text=row["text"]).exists():
            return UNCHANGED
        services.notes.create(by=self.by, founder=founder, date=date, text=row["text"])
        return CREATED


class Capacities(Sheet):
    name = "capacities"
    columns = ("admin", "capacity", "industries")
    required = ("admin", "capacity")
    related = ("user",)

    @staticmethod
    def line(row: Capacity) -> tuple[Any, ...]:
        return row.user.email, row.capacity, "|".join(row.industries)

    def take(self, row: Row) -> str:
        admin = User.objects.within(self.by, User.permission("view")).filter(email=row["admin"]).first()
        if admin is None:
            raise not_found(User, row["admin"], field="admin", by="e-mail")
        present = Capacity.objects.filter(tenant=self.tenant, user=admin).first()
        values = {"capacity": row["capacity"], "industries": names_in(row["industries"])}
        return self.put(services.capacities, present, tenant=self.tenant, user=admin, **values)
