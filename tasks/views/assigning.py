"""Leaves that say who may put whom on a card (seed 004, "Role-Based Assignment Endpoints")."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from assignhub.errors import Refused, not_found
from assignhub.permissions import Rank, within
from assignhub.views import Key
from tasks import assignees, services
from tasks.models import Card, Project
from tasks.serializers import cards as shapes
from tasks.views.base import TasksViewSet
from tenancy.models import Tenant

ORGANIZATION_ID = OpenApiParameter("organization_id", OpenApiTypes.UUID, required=True)
PROJECT_ID = OpenApiParameter("project_id", OpenApiTypes.UUID, description="Ask for this project only.")


class AssignmentViewSet(TasksViewSet):
    service = services.cards
    filter_backends = ()
    pagination_class = None

    @extend_schema(
        parameters=[ORGANIZATION_ID, PROJECT_ID], request=shapes.AssignedShape, responses={200: shapes.ValidityShape}
    )
    def validate(self, request, **kwargs):
        """Whether the caller may put these people on cards; changes nothing."""
        key = self._key("organization_id")
        if key is None:
            raise ValidationError({"organization_id": "This parameter is required."})
        tenant = within(Tenant.objects.filter(pk=key), request.user, Tenant.permission("view")).first()
        if tenant is None:
            raise assignees.not_a_member(key)
        people = self.read(shapes.AssignedShape)["assigned_to"]
        circle = assignees.Circle.load(request.user, tenant, self._project(tenant), people)
        refused = circle.refused(people)
        if not refused:
            return Response({"valid": True})
        return Response({"valid": False, "error_code": "INVALID_ASSIGNMENT", **circle.refusal(refused).about})

    @extend_schema(parameters=[PROJECT_ID], responses=shapes.AssignableMembersShape)
    def assignable_members(self, request, **kwargs):
        """Whom the caller may put on cards of an organisation."""
        tenant = self.named(Tenant, "organization_id")
        return self._members(tenant, self._project(tenant))

    @extend_schema(responses=shapes.AssignableMembersShape)
    def assignable_members_of_card(self, request, **kwargs):
        """Whom the caller may put on this card."""
        project = self.named(Card, "id", "column__board__project__tenant").get_project()
        return self._members(project.tenant, project)

    @extend_schema(responses=shapes.RolePermissionsShape)
    def role(self, request, **kwargs):
        """What a role may do; role names in any case."""
        name = self.kwargs["role"]
        ranks = {rank.label: rank for rank in Rank if rank < Rank.SUPER_ADMIN}
        if name.lower() not in ranks:
            raise Refused(f"There is no role “{name[:40]}”; the roles are {', '.join(ranks)}.", "not_found")
        return Response(assignees.permissions_of(ranks[name.lower()]))

    def _members(self, tenant: Tenant, project: Project | None) -> Response:
        circle = assignees.Circle.load(self.request.user, tenant, project)
        members = circle.assignable()
        result = {
            "members": members,
            "total_count": len(members),
            "user_role": circle.rank.label,
            "assignment_scope": circle.scope,
        }
        return Response(shapes.AssignableMembersShape(result).data)

    def _key(self, parameter: str):
        """A key among the query parameters, or None where it is not sent."""
        text = self.request.query_params.get(parameter, "")
        try:
            return Key().run_validation(text) if text else None
        except ValidationError as error:
            raise ValidationError({parameter: error.detail}) from None

    def _project(self, tenant: Tenant) -> Project | None:
        """The project the query names: 404 unless it is one of the organisation."""
        key = self._key("project_id")
        if key is None:
            return None
        projects = within(Project.objects.filter(tenant=tenant, pk=key), self.request.user, Project.permission("view"))
        project = projects.first()
        if project is None:
            raise not_found(Project, key)
        return project
