"""The endpoints of seed 002 in its order, then their siblings."""

from django.urls import path

from scheduling import calendars, views

ONE = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}
IN_SCHEDULE = views.AssignmentViewSet.as_view(MANY)

urlpatterns = [
    path("api/assignments/schedules/<str:schedule_id>/assignments", IN_SCHEDULE),
    path("api/assignments/bulk", views.AssignmentViewSet.as_view({"post": "create_many"})),
    path("api/assignments/calendar.ics", calendars.feed, name="calendar"),
    path("api/assignments/<str:id>", views.AssignmentViewSet.as_view(ONE)),
    path("api/assignments/<str:id>/confirm", views.AssignmentViewSet.as_view({"post": "confirm"})),
    path("api/assignments/<str:id>/decline", views.AssignmentViewSet.as_view({"post": "decline"})),
    path("api/assignments/<str:id>/offer", views.AssignmentViewSet.as_view({"post": "offer"})),
    path("api/assignments", views.AssignmentViewSet.as_view({"get": "list"})),
    path("api/schedules", views.ScheduleViewSet.as_view(MANY)),
    path("api/schedules/<str:schedule_id>/assignments", IN_SCHEDULE),
    path("api/schedules/<str:id>", views.ScheduleViewSet.as_view(ONE)),
    path("api/schedules/<str:id>/validate", views.ScheduleViewSet.as_view({"post": "validate"})),
    path("api/schedules/<str:id>/submit", views.ScheduleViewSet.as_view({"post": "submit"})),
    path("api/schedules/<str:id>/approve", views.ScheduleViewSet.as_view({"post": "approve"})),
    path("api/schedules/<str:id>/reject", views.ScheduleViewSet.as_view({"post": "reject"})),
    path("api/schedules/<str:id>/publish", views.ScheduleViewSet.as_view({"post": "publish"})),
    path("api/schedules/<str:id>/archive", views.ScheduleViewSet.as_view({"post": "archive"})),
    path("api/shifts", views.ShiftViewSet.as_view(MANY)),
    path("api/shifts/bulk", views.ShiftViewSet.as_view({"post": "create_many"})),
    path("api/shifts/open", views.ShiftViewSet.as_view({"get": "open"})),
    path("api/shifts/<str:id>", views.ShiftViewSet.as_view(ONE)),
    path("api/shifts/<str:id>/candidates", views.ShiftViewSet.as_view({"get": "candidates"})),
    path("api/shifts/<str:id>/take", views.ShiftViewSet.as_view({"post": "take"})),
    path("api/swaps", views.SwapViewSet.as_view({"get": "list"})),
    path("api/swaps/<str:id>", views.SwapViewSet.as_view({"get": "retrieve"})),
    path("api/swaps/<str:id>/take", views.SwapViewSet.as_view({"post": "take"})),
    path("api/swaps/<str:id>/approve", views.SwapViewSet.as_view({"post": "approve"})),
    path("api/swaps/<str:id>/reject", views.SwapViewSet.as_view({"post": "reject"})),
    path("api/swaps/<str:id>/withdraw", views.SwapViewSet.as_view({"post": "withdraw"})),
    path("api/employees", views.EmployeeViewSet.as_view(MANY)),
    path("api/employees/<str:id>", views.EmployeeViewSet.as_view(ONE)),
    path(
        "api/employees/<str:id>/calendar",
        views.EmployeeViewSet.as_view({"post": "open_calendar", "delete": "close_calendar"}),
    ),
    path("api/qualifications", views.QualificationViewSet.as_view(MANY)),
    path("api/qualifications/<str:id>", views.QualificationViewSet.as_view(ONE)),
    path("api/shift-types", views.ShiftTypeViewSet.as_view(MANY)),
    path("api/shift-types/<str:id>", views.ShiftTypeViewSet.as_view(ONE)),
    path("api/availability-windows", views.AvailabilityWindowViewSet.as_view(MANY)),
    path("api/availability-windows/<str:id>", views.AvailabilityWindowViewSet.as_view(ONE)),
    path("api/availability-exceptions", views.AvailabilityExceptionViewSet.as_view(MANY)),
    path("api/availability-exceptions/<str:id>", views.AvailabilityExceptionViewSet.as_view(ONE)),
    path("api/policies", views.PolicyViewSet.as_view(MANY)),
    path("api/policies/<str:id>", views.PolicyViewSet.as_view(ONE)),
]
