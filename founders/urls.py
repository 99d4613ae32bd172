"""The endpoints of seed 003 in its order, then their siblings."""

from django.urls import path

from founders import views

MANY = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
RECORD = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
NOTES = "api/v1/founders/<str:founderId>/notes"

urlpatterns = [
    path("api/v1/assignments", views.AssignmentViewSet.as_view(MANY)),
    path("api/v1/assignments/founders", views.AssignmentViewSet.as_view({"get": "founders"})),
    path("api/v1/assignments/history", views.AssignmentViewSet.as_view({"get": "history"})),
    path("api/v1/assignments/balance", views.AssignmentViewSet.as_view({"post": "balance"})),
    path("api/v1/assignments/handover", views.AssignmentViewSet.as_view({"post": "hand_over"})),
    path("api/v1/assignments/<str:adminId>/<str:founderId>", views.AssignmentViewSet.as_view(ONE)),
    path("api/v1/assignments/<str:adminId>", views.AssignmentViewSet.as_view({"delete": "destroy_many"})),
    path("api/v1/founders", views.FounderViewSet.as_view(MANY)),
    path("api/v1/founders/<str:founderId>", views.FounderViewSet.as_view(RECORD)),
    path("api/v1/founders/<str:founderId>/assignments", views.AssignmentViewSet.as_view({"get": "retrieve_many"})),
    path(NOTES, views.NoteViewSet.as_view(MANY)),
    path(f"{NOTES}/<str:noteId>", views.NoteViewSet.as_view(RECORD)),
    path("api/v1/admins", views.CandidateViewSet.as_view({"get": "list"})),
    path("api/v1/admins/<str:adminId>", views.CandidateViewSet.as_view({"put": "update"})),
]
