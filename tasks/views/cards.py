"""Leaves of cards (seed 004, "Enhanced Card Endpoints")."""

from django.db.models import prefetch_related_objects
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from assignhub.views import Key
from tasks import filters, services
from tasks.models import Card, Column
from tasks.serializers import cards as shapes
from tasks.views.base import TasksViewSet

USER_ID = OpenApiParameter("user_id", OpenApiTypes.UUID, many=True, description="Whom to take off; repeatable.")
PEOPLE = 200
ON_A_CARD = ("labels", "assignees__user", "checklist")


class CardViewSet(TasksViewSet):
    service = services.cards
    serializer_class = shapes.CardShape
    filterset_class = filters.CardFilters
    select_related = ("column__board__project__tenant",)

    def written(self, card: Card, status: int = 200) -> Response:
        prefetch_related_objects([card], *ON_A_CARD)
        return Response(shapes.WrittenCardShape(card).data, status=status)

    @extend_schema(request=shapes.NewCardShape, responses={201: shapes.WrittenCardShape})
    def create_in_column(self, request, **kwargs):
        """Create a card with its people and its checklist, all or nothing."""
        column = self.named(Column, "column_id", "board__project__tenant")
        values = self.read(shapes.NewCardShape)
        return self.written(self.service.create(by=request.user, column=column, **values), 201)

    @extend_schema(request=shapes.NewCardInColumnShape, responses={201: shapes.WrittenCardShape})
    def create(self, request, **kwargs):
        """The same, the column named in the body."""
        values = self.read(shapes.NewCardInColumnShape)
        return self.written(self.service.create(by=request.user, **values), 201)

    @extend_schema(request=shapes.CardChangeShape, responses=shapes.WrittenCardShape)
    def update(self, request, **kwargs):
        """Change what is sent; `assigned_to` replaces the people on the card."""
        card = self.get_object()
        values = self.read(shapes.CardChangeShape, partial=True)
        return self.written(self.service.update(card, by=request.user, **values))

    partial_update = update

    @extend_schema(request=shapes.MoveShape, responses=shapes.WrittenCardShape)
    def move(self, request, **kwargs):
        """Put a card at another place, or into another column; without a position it comes last."""
        card = self.get_object()
        return self.written(self.service.move(card, by=request.user, **self.read(shapes.MoveShape)))

    @extend_schema(request=shapes.CopyShape, responses={201: shapes.WrittenCardShape})
    def copy(self, request, **kwargs):
        """Make a card like this one. Everybody on it comes along, unless `assigned_to` names others."""
        card = self.get_object()
        prefetch_related_objects([card], *ON_A_CARD)
        return self.written(self.service.copy(card, by=request.user, **self.read(shapes.CopyShape)), 201)

    @extend_schema(request=None, responses=shapes.WrittenCardShape)
    def finish(self, request, **kwargs):
        """Say that a card is done; refused with 409 while something on its checklist is open."""
        return self.written(self.service.finish(self.get_object(), by=request.user))

    @extend_schema(request=None, responses=shapes.WrittenCardShape)
    def reopen(self, request, **kwargs):
        """Say that a card is not done after all."""
        return self.written(self.service.reopen(self.get_object(), by=request.user))

    @extend_schema(request=shapes.AssignedShape, responses=shapes.WrittenCardShape)
    def assign(self, request, **kwargs):
        """Put people on a card, all or none; those who are on it stay."""
        card = self.get_object()
        people = self.read(shapes.AssignedShape)["assigned_to"]
        return self.written(services.assign(card, people, by=request.user))

    @extend_schema(parameters=[USER_ID], responses={200: shapes.WrittenCardShape})
    def unassign(self, request, **kwargs):
        """Take people off a card: named by `user_id` in the address, or by `assigned_to` in a body."""
        card = self.get_object()
        return self.written(services.unassign(card, self._taken_off(), by=request.user))

    def _taken_off(self) -> list:
        named = self.request.query_params.getlist("user_id")
        if not named:
            return self.read(shapes.AssignedShape)["assigned_to"]
        if len(named) > PEOPLE:
            raise ValidationError({"user_id": f"At most {PEOPLE} people at once."})
        try:
            return [Key().run_validation(text) for text in named]
        except ValidationError as error:
            raise ValidationError({"user_id": error.detail}) from None
