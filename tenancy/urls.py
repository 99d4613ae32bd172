"""The endpoints of seed 001 in its order, then their siblings."""

from django.urls import path

from tenancy import views

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}

urlpatterns = [
    path("assignments", views.AssignmentViewSet.as_view(MANY)),
    path("assignments/removedAt", views.AssignmentViewSet.as_view({"patch": "remove_many"})),
    path("assignments/<str:assignmentId>", views.AssignmentViewSet.as_view(ONE)),
    path("assignments/<str:assignmentId>/removedAt", views.AssignmentViewSet.as_view({"patch": "remove"})),
    path("roles", views.RoleViewSet.as_view(MANY)),
    path("roles/<str:roleId>", views.RoleViewSet.as_view(ONE)),
    path("tenants", views.TenantViewSet.as_view(MANY)),
    path("tenants/<str:tenantId>", views.TenantViewSet.as_view(ONE)),
    path("memberships", views.MembershipViewSet.as_view(MANY)),
    path("memberships/<str:membershipId>", views.MembershipViewSet.as_view(ONE)),
    path("users", views.UserViewSet.as_view(MANY)),
    path("users/<str:userId>", views.UserViewSet.as_view(ONE)),
    path("api/auth/login", views.SignInViewSet.as_view({"post": "login"})),
    path("api/auth/refresh", views.SignInViewSet.as_view({"post": "refresh"})),
    path("api/auth/logout", views.SignInViewSet.as_view({"post": "logout"})),
    path("api/auth/me", views.SignInViewSet.as_view({"get": "me"})),
    path("api/auth/password", views.SignInViewSet.as_view({"post": "password"})),
]
