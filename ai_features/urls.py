"""The endpoints of seed 000 in its order, then their siblings."""

from django.urls import path

from ai_features import views

ONE = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}

urlpatterns = [
    path("api/dynamic-ai/assignments", views.FeatureViewSet.as_view(MANY)),
    path("api/dynamic-ai/assignments/bulk", views.FeatureViewSet.as_view({"post": "create_many"})),
    path("api/dynamic-ai/assignments/<str:feature_name>", views.FeatureViewSet.as_view(ONE)),
    path("api/dynamic-ai/feature-assignments", views.FeatureViewSet.as_view(MANY)),
    path("api/dynamic-ai/feature-assignments/bulk", views.FeatureViewSet.as_view({"post": "create_many"})),
    path("api/dynamic-ai/feature-assignments/<str:feature_name>", views.FeatureViewSet.as_view(ONE)),
    path("api/dynamic-ai/providers", views.ProviderViewSet.as_view(MANY)),
    path("api/dynamic-ai/providers/<str:id>", views.ProviderViewSet.as_view(ONE)),
    path("api/dynamic-ai/providers/<str:id>/test", views.ProviderViewSet.as_view({"post": "test"})),
    path("api/dynamic-ai/models", views.ModelViewSet.as_view(MANY)),
    path("api/dynamic-ai/models/<str:id>", views.ModelViewSet.as_view(ONE)),
    path("api/dynamic-ai/resolve/<str:feature_name>", views.FeatureViewSet.as_view({"get": "resolve"})),
]
