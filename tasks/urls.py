"""The endpoints of seed 004 in its order, then their siblings."""

from django.urls import path

from tasks import views

ONE = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}
CHECKLIST = views.ChecklistViewSet.as_view

urlpatterns = [
    path(
        "api/v1/checklist/cards/<str:card_id>/checklist/ai-generate",
        views.GenerationViewSet.as_view({"post": "generate"}),
    ),
    path("api/v1/checklist/cards/<str:card_id>/checklist", CHECKLIST({"post": "create", "get": "list"})),
    path("api/v1/checklist/checklist/<str:item_id>", CHECKLIST({"put": "update", "delete": "destroy"})),
    path("api/v1/checklist/checklist/<str:item_id>/card", CHECKLIST({"post": "become_card", "delete": "come_back"})),
    path("api/v1/checklist/cards/<str:card_id>/checklist/progress", CHECKLIST({"get": "progress"})),
    path("api/v1/checklist/checklist/suggestions/<str:task_type>", CHECKLIST({"get": "suggestions"})),
    path("api/v1/checklist/assignments/validate", views.AssignmentViewSet.as_view({"post": "validate"})),
    path(
        "api/v1/checklist/organizations/<str:organization_id>/assignable-members",
        views.AssignmentViewSet.as_view({"get": "assignable_members"}),
    ),
    path("api/v1/checklist/permissions/role/<str:role>", views.AssignmentViewSet.as_view({"get": "role"})),
    path("api/v1/cards/<str:column_id>/cards", views.CardViewSet.as_view({"post": "create_in_column"})),
    path("api/v1/cards", views.CardViewSet.as_view(MANY)),
    path("api/v1/cards/<str:id>", views.CardViewSet.as_view(ONE)),
    path("api/v1/cards/<str:id>/move", views.CardViewSet.as_view({"put": "move"})),
    path("api/v1/cards/<str:id>/copy", views.CardViewSet.as_view({"post": "copy"})),
    path("api/v1/cards/<str:id>/finish", views.CardViewSet.as_view({"post": "finish"})),
    path("api/v1/cards/<str:id>/reopen", views.CardViewSet.as_view({"post": "reopen"})),
    path("api/v1/cards/<str:id>/assign", views.CardViewSet.as_view({"post": "assign", "delete": "unassign"})),
    path(
        "api/v1/cards/<str:id>/assignable-members",
        views.AssignmentViewSet.as_view({"get": "assignable_members_of_card"}),
    ),
    path("api/v1/organizations", views.OrganizationViewSet.as_view(MANY)),
    path("api/v1/organizations/<str:id>", views.OrganizationViewSet.as_view(ONE)),
    path("api/v1/projects", views.ProjectViewSet.as_view(MANY)),
    path("api/v1/projects/<str:id>", views.ProjectViewSet.as_view(ONE)),
    path("api/v1/boards", views.BoardViewSet.as_view(MANY)),
    path("api/v1/boards/<str:id>", views.BoardViewSet.as_view(ONE)),
    path("api/v1/columns", views.ColumnViewSet.as_view(MANY)),
    path("api/v1/columns/<str:id>", views.ColumnViewSet.as_view(ONE)),
    path("api/v1/labels", views.LabelViewSet.as_view(MANY)),
    path("api/v1/labels/<str:id>", views.LabelViewSet.as_view(ONE)),
]
