"""The endpoints of seed 000 in its order, then their siblings."""

from django.urls import path

from ai_features import views

ONE = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
MANY = {"get": "list", "post": "create"}

urlpatterns = [
    path("assignments", views.FeatureViewSet.as_view(MANY)),
    path("assignments/bulk", views.FeatureViewSet.as_view({"post": "create_many"})),
    path("assignments/<str:feature_name>", views.FeatureViewSet.as_view(ONE)),
    path("feature-assignments", views.FeatureViewSet.as_view(MANY)),
    path("feature-assignments/bulk", views.FeatureViewSet.as_view({"post": "create_many"})),
    path("feature-assignments/<str:feature_name>", views.FeatureViewSet.as_view(ONE)),
    path("providers", views.ProviderViewSet.as_view(MANY)),
    path("providers/<str:id>", views.ProviderViewSet.as_view(ONE)),
    path("providers/<str:id>/test", views.ProviderViewSet.as_view({"post": "test"})),
    path("models", views.ModelViewSet.as_view(MANY)),
    path("models/<str:id>", views.ModelViewSet.as_view(ONE)),
    path("resolve/<str:feature_name>", views.FeatureViewSet.as_view({"get": "resolve"})),
]
