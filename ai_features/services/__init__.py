"""What the rest of AssignHub asks of AI, and every write of this domain. Whoever calls says `by` whom."""

from ai_features.services.catalogue import take_entry
from ai_features.services.features import features
from ai_features.services.generating import Generated, generate
from ai_features.services.providers import models, providers, reseal_keys, try_provider
from ai_features.services.retirement import Move, migrate_model
from ai_features.services.usage import purge_usage

__all__ = [
    "Generated",
    "Move",
    "features",
    "generate",
    "migrate_model",
    "models",
    "providers",
    "purge_usage",
    "reseal_keys",
    "take_entry",
    "try_provider",
]
