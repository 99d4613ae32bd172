"""Leaves of the tenancy API (seed 001) and sign-in. Rules are in `services.py`, shapes in `serializers.py`."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from assignhub import wire
from assignhub.views import METHODS, HubViewSet
from tenancy import filters, serializers, services, sign_in
from tenancy.authentication import SignInAuthentication


class TenancyViewSet(HubViewSet):
    """Create and delete answer 200 with the row, as seed 001 documents."""

    dialect = wire.MetaDialect()
    created_status = 200
    deleted_status = 200


class TenantViewSet(TenancyViewSet):
    service = services.tenants
    serializer_class = serializers.TenantShape
    filterset_class = filters.TenantFilters


class RoleViewSet(TenancyViewSet):
    service = services.roles
    serializer_class = serializers.RoleShape
    filterset_class = filters.RoleFilters


class UserViewSet(TenancyViewSet):
    service = services.users
    serializer_class = serializers.UserShape
    action_shapes = {"create": serializers.NewUserShape}
    filterset_class = filters.UserFilters


class AssignmentViewSet(TenancyViewSet):
    service = services.assignments
    serializer_class = serializers.AssignmentShape
    action_shapes = {
        "retrieve": serializers.AssignmentDetailShape,
        "partial_update": serializers.AssignmentChangeShape,
    }
    filterset_class = filters.AssignmentFilters
    select_related = ("role", "tenant")

    @extend_schema(request=None, responses=serializers.AssignmentShape)
    def remove(self, request, **kwargs):
        return self.respond(self.service.withdraw(self.get_object(), by=request.user))

    @extend_schema(
        request={"application/json": {"type": "array", "items": {"type": "string", "format": "uuid"}}},
        responses=serializers.Count,
    )
    def remove_many(self, request, **kwargs):
        keys = serializers.AssignmentKeys().run_validation(request.data)
        return Response({"count": self.service.withdraw_many(keys, by=request.user)})


class MembershipViewSet(TenancyViewSet):
    service = services.memberships
    serializer_class = serializers.MembershipShape
    action_shapes = {
        "list": serializers.MembershipDetailShape,
        "retrieve": serializers.MembershipDetailShape,
    }
    filterset_class = filters.MembershipFilters
    select_related = ("user", "assignment__role", "assignment__tenant")


SIGNED_OUT = ("login", "refresh", "logout")


class SignInViewSet(GenericViewSet):
    """`/api/auth`: tokens for the API."""

    dialect = wire.BareDialect()
    wire_name = staticmethod(str)
    pagination_class = None
    filter_backends = ()
    http_method_names = METHODS

    def get_permissions(self):
        return [AllowAny()] if self.action in SIGNED_OUT else [IsAuthenticated()]

    def get_authenticators(self):
        """Without a token where none is needed: a client that refreshes may still send the expired one."""
        method = str(self.request.method).lower() if self.request else ""
        return [] if self.action_map.get(method) in SIGNED_OUT else super().get_authenticators()

    def get_authenticate_header(self, request):
        return SignInAuthentication().authenticate_header(request)

    @property
    def throttle_scope(self) -> str:
        return "sign-in" if self.action in ("login", "password") else "api"

    def submitted(self, shape_class) -> dict[str, str]:
        shape = shape_class(data=self.request.data)
        shape.is_valid(raise_exception=True)
        return shape.validated_data

    @extend_schema(request=serializers.CredentialsShape, responses=serializers.SignedInShape, auth=[])
    def login(self, request):
        user, tokens = sign_in.sign_in(request._request, **self.submitted(serializers.CredentialsShape))
        return Response({**tokens, "user": serializers.MeShape(user).data})

    @extend_schema(request=serializers.RefreshShape, responses=serializers.PairShape, auth=[])
    def refresh(self, request):
        return Response(sign_in.refresh(self.submitted(serializers.RefreshShape)["refresh"]))

    @extend_schema(request=serializers.RefreshShape, responses={204: None}, auth=[])
    def logout(self, request):
        sign_in.sign_out(self.submitted(serializers.RefreshShape)["refresh"])
        return Response(status=204)

    @extend_schema(request=None, responses=serializers.MeShape)
    def me(self, request):
        return Response(serializers.MeShape(request.user).data)

    @extend_schema(request=serializers.PasswordShape, responses={204: None})
    def password(self, request):
        submitted = self.submitted(serializers.PasswordShape)
        services.users.change_password(request.user, **submitted, by=request.user)
        return Response(status=204)
