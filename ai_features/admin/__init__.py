"""Admin pages of providers, models, feature assignments and what calls did."""

from ai_features.admin.features import FeatureAssignmentAdmin
from ai_features.admin.models import ModelAdmin
from ai_features.admin.providers import ProviderAdmin
from ai_features.admin.usage import UsageAdmin

__all__ = ["FeatureAssignmentAdmin", "ModelAdmin", "ProviderAdmin", "UsageAdmin"]
