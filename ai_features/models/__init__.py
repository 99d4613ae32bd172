"""Providers, their models, which of them serve which feature, and what every call did."""

from ai_features.models.features import FeatureAssignment, Needs, folded
from ai_features.models.providers import Model, Provider, ProviderHealth
from ai_features.models.usage import Outcome, Source, Usage

__all__ = [
    "FeatureAssignment",
    "Model",
    "Needs",
    "Outcome",
    "Provider",
    "ProviderHealth",
    "Source",
    "Usage",
    "folded",
]
