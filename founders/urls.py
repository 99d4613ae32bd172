"""The endpoints of seed 003 in its order, then their siblings."""

from django.urls import path

from founders import views

MANY = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
RECORD = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
NOTES = "founders/<str:founderId>/notes"

urlpatterns = [
    path("assignments", views.AssignmentViewSet.as_view(MANY)),
    path("assignments/founders", views.AssignmentViewSet.as_view({"get": "founders"})),
    path("assignments/history", views.AssignmentViewSet.as_view({"get": "history"})),
    path("assignments/balance", views.AssignmentViewSet.as_view({"post": "balance"})),
    path("assignments/handover", views.AssignmentViewSet.as_view({"post": "hand_over"})),
    path("assignments/<str:adminId>/<str:founderId>", views.AssignmentViewSet.as_view(ONE)),
    path("assignments/<str:adminId>", views.AssignmentViewSet.as_view({"delete": "destroy_many"})),
    path("founders", views.FounderViewSet.as_view(MANY)),
    path("founders/<str:founderId>", views.FounderViewSet.as_view(RECORD)),
    path("founders/<str:founderId>/assignments", views.AssignmentViewSet.as_view({"get": "retrieve_many"})),
    path(NOTES, views.NoteViewSet.as_view(MANY)),
    path(f"{NOTES}/<str:noteId>", views.NoteViewSet.as_view(RECORD)),
    path("admins", views.CandidateViewSet.as_view({"get": "list"})),
    path("admins/<str:adminId>", views.CandidateViewSet.as_view({"put": "update"})),
]
