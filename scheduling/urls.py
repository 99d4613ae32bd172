"""The endpoints of seed 002 in its order, then their siblings."""

from django.urls import path

from scheduling import views

IN_SCHEDULE = views.AssignmentViewSet.as_view({"get": "list", "post": "create"})

urlpatterns = [
    path("api/assignments/schedules/<str:schedule_id>/assignments", IN_SCHEDULE),
    path("api/assignments/bulk", views.AssignmentViewSet.as_view({"post": "create_many"})),
    path("api/assignments/<str:id>", views.AssignmentViewSet.as_view({"get": "retrieve"})),
    path("api/assignments", views.AssignmentViewSet.as_view({"get": "list"})),
    path("api/schedules/<str:schedule_id>/assignments", IN_SCHEDULE),
]
