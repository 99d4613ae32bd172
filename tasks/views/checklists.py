"""Leaves of checklists (seed 004, "Checklist & AI Endpoints")."""

from dataclasses import replace

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from assignhub import throttling
from tasks import services
from tasks.models import Card
from tasks.serializers import checklists as shapes
from tasks.serializers.cards import ProgressShape, WrittenCardShape
from tasks.views.base import TasksViewSet

OF_CARD = "column__board__project__tenant"


class ChecklistViewSet(TasksViewSet):
    service = services.checklist
    serializer_class = shapes.ItemShape
    select_related = (f"card__{OF_CARD}", "became__column")
    pagination_class = None

    @property
    def paginator(self):
        """A checklist comes whole."""
        return None

    def card(self) -> Card:
        return self.named(Card, "card_id", OF_CARD)

    @extend_schema(responses=shapes.ItemShape(many=True))
    def list(self, request, **kwargs):
        items = services.checklist_of(self.card())
        return Response(shapes.ItemShape(items, many=True).data)

    @extend_schema(request=shapes.DraftsShape, responses={201: shapes.ItemShape(many=True)})
    def create(self, request, **kwargs):
        """Put 1 to 20 items on a card, all or none; the new items come back in the order they were sent."""
        card = self.card()
        drafts = self.read(shapes.DraftsShape)["items"]
        items = self.service.create_many(card, drafts, by=request.user)
        return Response(shapes.ItemShape(items, many=True).data, status=201)

    @extend_schema(request=shapes.ItemChangeShape, responses=shapes.ItemShape)
    def update(self, request, **kwargs):
        """Change what is sent."""
        item = self.get_object()
        values = self.read(shapes.ItemChangeShape, partial=True)
        return self.respond(self.service.update(item, by=request.user, **values))

    @extend_schema(responses={200: shapes.DeletedShape})
    def destroy(self, request, **kwargs):
        self.service.remove(self.get_object(), by=request.user)
        return Response({"success": True, "message": "Checklist item deleted successfully"})

    @extend_schema(responses=ProgressShape)
    def progress(self, request, **kwargs):
        card = self.card()
        prefetch_related_objects([card], "checklist")
        return Response(card.progress)

    @extend_schema(responses=shapes.SuggestionsShape)
    def suggestions(self, request, **kwargs):
        """Items for a type of task: what one's own finished checklists share, then the built-in list."""
        task_type = self.kwargs["task_type"].lower()
        found = services.suggestions(task_type, by=request.user)
        return Response({"suggestions": found, "task_type": task_type})

    @extend_schema(request=None, responses={201: WrittenCardShape})
    def become_card(self, request, **kwargs):
        """Make a card of an item, behind the card it stands on."""
        card = self.service.become_card(self.get_object(), by=request.user)
        return Response(WrittenCardShape(card).data, status=201)

    @extend_schema(responses={200: shapes.ItemShape})
    def come_back(self, request, **kwargs):
        """Make an item of the card it has become, and delete that card."""
        return self.respond(self.service.come_back(self.get_object(), by=request.user))


class GenerationViewSet(TasksViewSet):
    service = services.cards

    def check_throttles(self, request):
        """Generating counts against the limit of the API as well as against its own."""
        super().check_throttles(request)
        throttling.limit("checklist-generation", str(request.user.pk))

    @extend_schema(request=shapes.TaskShape, responses={200: shapes.ProposalShape})
    def generate(self, request, **kwargs):
        """Propose 3 to 8 items; nothing is stored."""
        card = self.named(Card, "card_id", OF_CARD)
        task = replace(card.as_task(), **self.read(shapes.TaskShape))
        proposal = services.propose(card, task, by=request.user)
        moment = f"{proposal.generated_at:%Y-%m-%dT%H:%M:%SZ}"
        about = {"task_type": proposal.task_type, "generated_at": moment, "priority": proposal.priority}
        items = [
            {
                "text": item.text,
                "completed": False,
                "position": position,
                "ai_generated": True,
                "confidence": item.confidence,
                "metadata": about,
            }
            for position, item in enumerate(proposal.items)
        ]
        metadata = {
            "task_type": proposal.task_type,
            "confidence": proposal.confidence,
            "generated_at": moment,
            "item_count": len(items),
            "source": proposal.source,
        }
        return Response({"success": True, "items": items, "metadata": metadata})
