"""Leaves of the founders API (seed 003). Rules are in the services, who is responsible in `responsibility.py`."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from assignhub import wire
from assignhub.errors import Refused, not_found
from assignhub.permissions import ALL, reach
from assignhub.views import DoneShape, HubViewSet
from founders import candidates, filters, responsibility, services
from founders import serializers as shapes
from founders.models import Assignment, Founder
from tenancy.models import User

INVALID = "Invalid request data"
FOUNDER_REQUIRED, ADMIN_REQUIRED = "Founder ID is required", "Admin ID is required"
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that GET gave: 412 when the list has changed."
)
FOUNDER_ID = OpenApiParameter("founderId", OpenApiTypes.UUID, required=True)
ADMIN_ID = OpenApiParameter("adminId", OpenApiTypes.UUID, required=True)
AT = OpenApiParameter("at", OpenApiTypes.DATETIME, required=True, description="A past moment, with its time zone.")


class AssignmentViewSet(HubViewSet):
    dialect = wire.CountedDialect()
    service = services.assignments
    serializer_class = shapes.AdminShape
    action_shapes = {
        "partial_update": shapes.PairChangeShape,
        "balance": shapes.BalanceShape,
        "hand_over": shapes.HandOverShape,
    }
    filter_backends = ()
    # A founder's admins, and an admin's founders, come whole, as documented.
    paginator = None

    @extend_schema(request=shapes.ListShape, responses={200: DoneShape}, parameters=[IF_MATCH])
    def create(self, request, **kwargs):
        """Give a founder exactly these admins. Pairs that stay keep their date; the first leads, or `leadId`."""
        shape = shapes.ListShape(data=request.data)
        if not shape.is_valid():
            raise Refused(INVALID, "invalid")
        count = services.replace(**shape.validated_data, by=request.user, expected=self.expected_tags())
        return Response(wire.Reply(None, f"Successfully assigned {count} admin(s) to founder"))

    @extend_schema(responses=shapes.AdminShape(many=True), parameters=[FOUNDER_ID, IF_MATCH])
    def list(self, request, **kwargs):
        """Who looks after a founder right now, covers included. The `ETag` is for `If-Match`."""
        founder = self.founder(self.key_in_query("founderId", FOUNDER_REQUIRED))
        pairs = responsibility.pairs_of([founder.pk], timezone.now())
        tag, expected = responsibility.tag(founder, pairs), self.expected_tags()
        if expected is not None and tag not in expected and services.ANY not in expected:
            raise Refused(services.LOST_UPDATE, "precondition_failed")
        people = responsibility.responsible(pairs).get(founder.pk, {}).values()
        return Response(shapes.AdminShape(people, many=True).data, headers={"ETag": tag})

    @extend_schema(responses=shapes.PairShape(many=True))
    def retrieve_many(self, request, **kwargs):
        """A founder's assignments with lead and covers, those included that do not count at present."""
        founder = self.founder(self.key_in_path("founderId", Founder._meta.pk))
        pairs = responsibility.pairs_of([founder.pk], timezone.now())
        return Response(shapes.PairShape(pairs, many=True).data)

    @extend_schema(responses=shapes.AssignedFounderShape(many=True), parameters=[ADMIN_ID])
    def founders(self, request, **kwargs):
        """The founders an admin looks after right now: for super admins, and for the admin in question."""
        key = self.key_in_query("adminId", ADMIN_REQUIRED)
        if key != request.user.pk and reach(request.user, self.permission) != ALL:
            raise PermissionDenied("Other than super admins, admins see only their own founders.")
        person = User.objects.filter(pk=key).first_with_roles()
        if person is None:
            raise Refused("Admin not found", "not_found")
        return Response(shapes.AssignedFounderShape(responsibility.founders_of(person), many=True).data)

    @extend_schema(responses=shapes.PairShape)
    def retrieve(self, request, **kwargs):
        """One assignment with lead and cover."""
        return self.respond_with(self.pair())

    @extend_schema(request=shapes.PairChangeShape, responses=shapes.PairShape)
    def partial_update(self, request, **kwargs):
        """Make an admin the lead, or let another cover for them until a moment; `coverAdminId: null` ends that."""
        pair = self.pair()
        return self.respond_with(services.assignments.update(pair, by=request.user, **self.submitted()))

    @extend_schema(responses={200: DoneShape})
    def destroy(self, request, **kwargs):
        """End one assignment."""
        return self.end(self.key_in_path("founderId", Founder._meta.pk))

    @extend_schema(responses={200: DoneShape}, parameters=[FOUNDER_ID])
    def destroy_many(self, request, **kwargs):
        """The same with the founder in the query: an address that names only the admin is refused."""
        return self.end(self.key_in_query("founderId", FOUNDER_REQUIRED))

    def end(self, founder_id: UUID) -> Response:
        services.remove(self.key_in_path("adminId", User._meta.pk), founder_id, by=self.request.user)
        return Response(wire.Reply(None, "Assignment deleted successfully"))

    @extend_schema(responses=shapes.TenureShape(many=True), parameters=[FOUNDER_ID, AT])
    def history(self, request, **kwargs):
        """Who looked after a founder at a past moment, and from when to when they did."""
        founder_id = self.key_in_query("founderId", FOUNDER_REQUIRED)
        shape = shapes.MomentShape(data={"at": request.query_params.get("at", "")})
        shape.is_valid(raise_exception=True)
        moment = shape.validated_data["at"]
        if moment > timezone.now():
            raise Refused(f"{moment.isoformat()} is still to come: ask about a moment that has passed.", "invalid")
        tenures = responsibility.responsible_at(self.founder(founder_id), moment)
        return Response(shapes.TenureShape(tenures, many=True).data)

    @extend_schema(request=shapes.BalanceShape, responses={200: shapes.BalanceResultShape})
    def balance(self, request, **kwargs):
        """Propose an admin for each founder without one, and say why; written with `dryRun: false`, all or none."""
        sent = self.submitted()
        proposals = services.balance(by=request.user, **sent)
        placed = sum(proposal.admin is not None for proposal in proposals)
        result = {
            "applied": not sent["dry_run"],
            "placed": placed,
            "leftOver": len(proposals) - placed,
            "proposals": proposals,
        }
        return Response(shapes.BalanceResultShape(result).data)

    @extend_schema(request=shapes.HandOverShape, responses={200: DoneShape})
    def hand_over(self, request, **kwargs):
        """Put one admin in the place of another, or of those who no longer count; all founders named, or none."""
        handed = services.hand_over(**self.submitted(), by=request.user)
        return Response(wire.Reply(None, f"Successfully handed over {len(handed)} founder(s)"))

    def respond_with(self, pair: Assignment) -> Response:
        found = responsibility.pairs_of([pair.founder_id], timezone.now())
        return Response(shapes.PairShape(next(row for row in found if row.pk == pair.pk)).data)

    def pair(self) -> Assignment:
        """The assignment the address names."""
        admin_id = self.key_in_path("adminId", User._meta.pk)
        founder = self.founder(self.key_in_path("founderId", Founder._meta.pk))
        return services.pair_of(admin_id, founder)

    def founder(self, key: UUID) -> Founder:
        found = Founder.objects.filter(pk=key).first()
        if found is None:
            raise Refused("Founder not found", "not_found")
        return found

    def key_in_query(self, name: str, missing: str) -> UUID:
        """A key among the query parameters; raises `Refused` (400) when it is missing or cannot be one."""
        text = self.request.query_params.get(name, "")
        if not text:
            raise Refused(missing, "required")
        try:
            return UUID(text)
        except ValueError:
            raise ValidationError({name: f"“{text[:40]}” is not a valid ID."}) from None

    def expected_tags(self) -> set[str] | None:
        """The tags of the `If-Match` header, or None without one; raises `Refused` (400) for anything else in it."""
        header = self.request.headers.get("If-Match")
        if header is None:
            return None
        tags = set(parse_etags(header))
        if not tags:
            raise Refused(f"The If-Match header “{header[:40]}” is no list of entity tags.", "invalid")
        return tags


class FounderViewSet(HubViewSet):
    """Super admins all; admins those whom they look after right now."""

    dialect = wire.CountedDialect()
    service = services.founders
    serializer_class = shapes.FounderShape
    filterset_class = filters.FounderFilters
    ordering = ("name", "pk")


class NoteViewSet(HubViewSet):
    """Notes about one founder, for those who may see the founder."""

    dialect = wire.CountedDialect()
    service = services.notes
    serializer_class = shapes.NoteShape
    filterset_class = filters.NoteFilters
    select_related = ("author", "founder")
    ordering = ("-date", "-created_at", "-pk")

    def get_queryset(self):
        return super().get_queryset().filter(founder=self.founder())

    def get_object(self):
        key = self.key_in_path("noteId", self.model._meta.pk)
        row = self.get_queryset().filter(pk=key).first()
        if row is None:
            raise not_found(self.model, key)
        return row

    def create(self, request, **kwargs):
        note = self.service.create(by=request.user, founder=self.founder(), **self.submitted())
        return self.respond(note, self.created_status)

    def founder(self) -> Founder:
        """The founder the address names, if the caller may see them."""
        key = self.key_in_path("founderId", Founder._meta.pk)
        visible = Founder.objects.within(self.request.user, Founder.permission("view"))
        found = visible.filter(pk=key).select_related("tenant").first()
        if found is None:
            raise not_found(Founder, key)
        return found


class CandidateViewSet(HubViewSet):
    """`/api/v1/admins`: who can be assigned."""

    dialect = wire.CountedDialect()
    service = services.capacities
    serializer_class = shapes.CandidateShape
    action_shapes = {"update": shapes.CapacityShape}
    filterset_class = filters.CandidateFilters
    # For OpenAPI: the list is of memberships, whoever has stated a capacity or not.
    queryset = candidates.admins_held().none()

    def get_queryset(self):
        return candidates.admins_held()

    def list(self, request, **kwargs):
        """Every admin of every tenant, with the founders they have and their capacity."""
        places = candidates.places(self.filter_queryset(self.get_queryset()))
        found = candidates.described(self.paginator.paginate_queryset(places, request, view=self))
        return self.get_paginated_response(shapes.CandidateShape(found, many=True).data)

    @extend_schema(request=shapes.CapacityShape, responses=shapes.CandidateShape)
    def update(self, request, **kwargs):
        """Say how many founders of a tenant an admin takes, and of which industries (none: of any)."""
        admin_id = self.key_in_path("adminId", User._meta.pk)
        stored = services.set_capacity(admin_id, by=request.user, **self.submitted())
        held = candidates.admins_held().filter(user=stored.user_id, assignment__tenant=stored.tenant_id)
        return Response(shapes.CandidateShape(candidates.described(candidates.places(held))[0]).data)
