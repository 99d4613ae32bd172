"""The endpoints of seed 002 in its order, then their siblings."""

from django.urls import path

from scheduling import calendars, views

ONE = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}
IN_SCHEDULE = views.AssignmentViewSet.as_view(MANY)

urlpatterns = [
    path("assignments/schedules/<str:schedule_id>/assignments", IN_SCHEDULE),
    path("assignments/bulk", views.AssignmentViewSet.as_view({"post": "create_many"})),
    path("assignments/calendar.ics", calendars.feed, name="calendar"),
    path("assignments/<str:id>", views.AssignmentViewSet.as_view(ONE)),
    path("assignments/<str:id>/confirm", views.AssignmentViewSet.as_view({"post": "confirm"})),
    path("assignments/<str:id>/decline", views.AssignmentViewSet.as_view({"post": "decline"})),
    path("assignments/<str:id>/offer", views.AssignmentViewSet.as_view({"post": "offer"})),
    path("assignments", views.AssignmentViewSet.as_view({"get": "list"})),
    path("schedules", views.ScheduleViewSet.as_view(MANY)),
    path("schedules/<str:schedule_id>/assignments", IN_SCHEDULE),
    path("schedules/<str:id>", views.ScheduleViewSet.as_view(ONE)),
    path("schedules/<str:id>/validate", views.ScheduleViewSet.as_view({"post": "validate"})),
    path("schedules/<str:id>/submit", views.ScheduleViewSet.as_view({"post": "submit"})),
    path("schedules/<str:id>/approve", views.ScheduleViewSet.as_view({"post": "approve"})),
    path("schedules/<str:id>/reject", views.ScheduleViewSet.as_view({"post": "reject"})),
    path("schedules/<str:id>/publish", views.ScheduleViewSet.as_view({"post": "publish"})),
    path("schedules/<str:id>/archive", views.ScheduleViewSet.as_view({"post": "archive"})),
    path("shifts", views.ShiftViewSet.as_view(MANY)),
    path("shifts/bulk", views.ShiftViewSet.as_view({"post": "create_many"})),
    path("shifts/open", views.ShiftViewSet.as_view({"get": "open"})),
    path("shifts/<str:id>", views.ShiftViewSet.as_view(ONE)),
    path("shifts/<str:id>/candidates", views.ShiftViewSet.as_view({"get": "candidates"})),
    path("shifts/<str:id>/take", views.ShiftViewSet.as_view({"post": "take"})),
    path("swaps", views.SwapViewSet.as_view({"get": "list"})),
    path("swaps/<str:id>", views.SwapViewSet.as_view({"get": "retrieve"})),
    path("swaps/<str:id>/take", views.SwapViewSet.as_view({"post": "take"})),
    path("swaps/<str:id>/approve", views.SwapViewSet.as_view({"post": "approve"})),
    path("swaps/<str:id>/reject", views.SwapViewSet.as_view({"post": "reject"})),
    path("swaps/<str:id>/withdraw", views.SwapViewSet.as_view({"post": "withdraw"})),
    path("employees", views.EmployeeViewSet.as_view(MANY)),
    path("employees/<str:id>", views.EmployeeViewSet.as_view(ONE)),
    path(
        "employees/<str:id>/calendar",
        views.EmployeeViewSet.as_view({"post": "open_calendar", "delete": "close_calendar"}),
    ),
    path("qualifications", views.QualificationViewSet.as_view(MANY)),
    path("qualifications/<str:id>", views.QualificationViewSet.as_view(ONE)),
    path("shift-types", views.ShiftTypeViewSet.as_view(MANY)),
    path("shift-types/<str:id>", views.ShiftTypeViewSet.as_view(ONE)),
    path("availability-windows", views.AvailabilityWindowViewSet.as_view(MANY)),
    path("availability-windows/<str:id>", views.AvailabilityWindowViewSet.as_view(ONE)),
    path("availability-exceptions", views.AvailabilityExceptionViewSet.as_view(MANY)),
    path("availability-exceptions/<str:id>", views.AvailabilityExceptionViewSet.as_view(ONE)),
    path("policies", views.PolicyViewSet.as_view(MANY)),
    path("policies/<str:id>", views.PolicyViewSet.as_view(ONE)),
]
