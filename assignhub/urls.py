"""The map of the product: pages for staff, health for machines, and the APIs of the apps."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from assignhub import health

handler400 = "assignhub.handlers.handler400"
handler404 = "assignhub.handlers.handler404"
handler500 = "assignhub.handlers.handler500"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("api/schema", SpectacularAPIView.as_view(http_method_names=["get"]), name="schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema", http_method_names=["get"])),
    path("api/dynamic-ai/", include("ai_features.urls")),
    path("api/v1/", include("founders.urls")),
    path("api/v1/", include("tasks.urls")),
    path("api/", include("scheduling.urls")),
    path("", include("tenancy.urls")),
]
