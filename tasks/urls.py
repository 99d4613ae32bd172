"""The endpoints of seed 004 in its order, then their siblings."""

from django.urls import path

from tasks import views

ONE = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}
CHECKLIST = views.ChecklistViewSet.as_view

urlpatterns = [
    path(
        "checklist/cards/<str:card_id>/checklist/ai-generate",
        views.GenerationViewSet.as_view({"post": "generate"}),
    ),
    path("checklist/cards/<str:card_id>/checklist", CHECKLIST({"post": "create", "get": "list"})),
    path("checklist/checklist/<str:item_id>", CHECKLIST({"put": "update", "delete": "destroy"})),
    path("checklist/checklist/<str:item_id>/card", CHECKLIST({"post": "become_card", "delete": "come_back"})),
    path("checklist/cards/<str:card_id>/checklist/progress", CHECKLIST({"get": "progress"})),
    path("checklist/checklist/suggestions/<str:task_type>", CHECKLIST({"get": "suggestions"})),
    path("checklist/assignments/validate", views.AssignmentViewSet.as_view({"post": "validate"})),
    path(
        "checklist/organizations/<str:organization_id>/assignable-members",
        views.AssignmentViewSet.as_view({"get": "assignable_members"}),
    ),
    path("checklist/permissions/role/<str:role>", views.AssignmentViewSet.as_view({"get": "role"})),
    path("cards/<str:column_id>/cards", views.CardViewSet.as_view({"post": "create_in_column"})),
    path("cards", views.CardViewSet.as_view(MANY)),
    path("cards/<str:id>", views.CardViewSet.as_view(ONE)),
    path("cards/<str:id>/move", views.CardViewSet.as_view({"put": "move"})),
    path("cards/<str:id>/copy", views.CardViewSet.as_view({"post": "copy"})),
    path("cards/<str:id>/finish", views.CardViewSet.as_view({"post": "finish"})),
    path("cards/<str:id>/reopen", views.CardViewSet.as_view({"post": "reopen"})),
    path("cards/<str:id>/assign", views.CardViewSet.as_view({"post": "assign", "delete": "unassign"})),
    path(
        "cards/<str:id>/assignable-members",
        views.AssignmentViewSet.as_view({"get": "assignable_members_of_card"}),
    ),
    path("organizations", views.OrganizationViewSet.as_view(MANY)),
    path("organizations/<str:id>", views.OrganizationViewSet.as_view(ONE)),
    path("projects", views.ProjectViewSet.as_view(MANY)),
    path("projects/<str:id>", views.ProjectViewSet.as_view(ONE)),
    path("boards", views.BoardViewSet.as_view(MANY)),
    path("boards/<str:id>", views.BoardViewSet.as_view(ONE)),
    path("columns", views.ColumnViewSet.as_view(MANY)),
    path("columns/<str:id>", views.ColumnViewSet.as_view(ONE)),
    path("labels", views.LabelViewSet.as_view(MANY)),
    path("labels/<str:id>", views.LabelViewSet.as_view(ONE)),
]
