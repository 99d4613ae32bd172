"""Every address of ai_features: who gets which status, rows to name, and requests that the rules accept.

Nothing belongs to a tenant: admins of any tenant read everything, super admins write.
"""

from collections.abc import Callable
from typing import Any

from ai_features import services
from ai_features.models import Source, Usage
from assignhub.permissions import OPERATOR
from assignhub.tests.outcomes import Rows

ROUTES = """
                                                              nobody viewer member admin owner super stranger
GET    api/dynamic-ai/assignments                                   401   403   403   200   200   200   200
POST   api/dynamic-ai/assignments                                   401   403   403   403   403   201   403
POST   api/dynamic-ai/assignments/bulk                              401   403   403   403   403   201   403
GET    api/dynamic-ai/assignments/<str:feature_name>                401   403   403   200   200   200   200
PUT    api/dynamic-ai/assignments/<str:feature_name>                401   403   403   403   403   200   403
PATCH  api/dynamic-ai/assignments/<str:feature_name>                401   403   403   403   403   200   403
DELETE api/dynamic-ai/assignments/<str:feature_name>                401   403   403   403   403   200   403
GET    api/dynamic-ai/feature-assignments                           401   403   403   200   200   200   200
POST   api/dynamic-ai/feature-assignments                           401   403   403   403   403   201   403
POST   api/dynamic-ai/feature-assignments/bulk                      401   403   403   403   403   201   403
GET    api/dynamic-ai/feature-assignments/<str:feature_name>        401   403   403   200   200   200   200
PUT    api/dynamic-ai/feature-assignments/<str:feature_name>        401   403   403   403   403   200   403
PATCH  api/dynamic-ai/feature-assignments/<str:feature_name>        401   403   403   403   403   200   403
DELETE api/dynamic-ai/feature-assignments/<str:feature_name>        401   403   403   403   403   200   403
GET    api/dynamic-ai/providers                                     401   403   403   200   200   200   200
POST   api/dynamic-ai/providers                                     401   403   403   403   403   201   403
GET    api/dynamic-ai/providers/<str:id>                            401   403   403   200   200   200   200
PUT    api/dynamic-ai/providers/<str:id>                            401   403   403   403   403   200   403
PATCH  api/dynamic-ai/providers/<str:id>                            401   403   403   403   403   200   403
DELETE api/dynamic-ai/providers/<str:id>                            401   403   403   403   403   200   403
POST   api/dynamic-ai/providers/<str:id>/test                       401   403   403   403   403   200   403
GET    api/dynamic-ai/models                                        401   403   403   200   200   200   200
POST   api/dynamic-ai/models                                        401   403   403   403   403   201   403
GET    api/dynamic-ai/models/<str:id>                               401   403   403   200   200   200   200
PUT    api/dynamic-ai/models/<str:id>                               401   403   403   403   403   200   403
PATCH  api/dynamic-ai/models/<str:id>                               401   403   403   403   403   200   403
DELETE api/dynamic-ai/models/<str:id>                               401   403   403   403   403   200   403
GET    api/dynamic-ai/resolve/<str:feature_name>                    401   403   403   200   200   200   200
"""

KEPT_BY_SUPER_ADMINS = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     200    200    200    200
add         login  403    403     403    403    200    403
change      login  403    403     200    200    200    200
save        login  403    403     403    403    200    403
history     login  index  index   200    200    200    200
delete      login  403    403     403    403    200    403
"""

USAGE_PAGES = """
            nobody viewer member  admin  owner  super  stranger
changelist  login  403    403     200    200    200    200
add         login  403    403     403    403    403    403
change      login  403    403     200    200    200    200
save        login  403    403     403    403    403    403
history     login  index  index   200    200    200    200
delete      login  403    403     403    403    403    403
"""

PAGES: dict[str, str] = {
    "ai_features.Provider": KEPT_BY_SUPER_ADMINS,
    "ai_features.Model": KEPT_BY_SUPER_ADMINS,
    "ai_features.FeatureAssignment": KEPT_BY_SUPER_ADMINS,
    "ai_features.Usage": USAGE_PAGES,
}


def rows(tenant, people: dict[str, Any]) -> Rows:
    by = OPERATOR
    builtin = services.providers.create(by=by, name="House", type="builtin")
    gateway = services.providers.create(by=by, name="Gateway", type="custom", endpoint="https://1.1.1.1/v1")
    small, large = (services.models.create(by=by, provider=gateway, name=name, vision=True) for name in ("s", "l"))
    assignment = services.features.create(
        by=by, feature_name="Summaries", primary_provider=gateway, primary_model=small, backup_provider=builtin
    )
    spare = services.providers.create(by=by, name="Spare", type="builtin")
    usage = Usage.objects.create(feature="Summaries", source=Source.PRIMARY, outcome="ok", latency_ms=20)
    return {
        "ai_features.Provider": gateway,
        "ai_features.Model": small,
        "ai_features.FeatureAssignment": assignment,
        "ai_features.Usage": usage,
        "a provider without features": spare,
        "a model without features": large,
    }


def _provider(rows: Rows) -> dict[str, Any]:
    where = {"type": "custom", "endpoint": "https://1.1.1.1/v2", "api_version": "", "api_key": "key-of-the-gateway"}
    return {"name": "Second gateway", **where, "default_model_id": "", "monthly_budget": "20.00", "is_active": True}


def _model(rows: Rows) -> dict[str, Any]:
    skills = {"mode": "chat", "vision": True, "tools": True, "json_output": True, "is_active": True}
    limits = {"context_size": 128_000, "max_output": 4_096, "input_price": "0.5", "output_price": "1.5"}
    key = str(rows["ai_features.Provider"].pk)
    return {"provider_id": key, "name": "gateway-xl", "retires_at": "2030-01-31"} | skills | limits


def _feature(rows: Rows) -> dict[str, Any]:
    gateway, spare = rows["ai_features.Provider"], rows["a provider without features"]
    primary = {"primary_provider_id": str(gateway.pk), "primary_model_id": str(rows["a model without features"].pk)}
    backup = {"backup_provider_id": str(spare.pk), "backup_model_id": ""}
    needs = {"context_size": None, "vision": True, "tools": False, "json_output": False, "price_ceiling": None}
    rest = {"feature_category": "texts", "is_active": True, "config": {"temperature": 0.2}, "needs": needs}
    return {"feature_name": "checklists"} | primary | backup | rest


def _features(rows: Rows) -> dict[str, Any]:
    return {"assignments": [_feature(rows)]}


NAMED: dict[str, str] = {
    "api/dynamic-ai/assignments/": "ai_features.FeatureAssignment",
    "api/dynamic-ai/feature-assignments/": "ai_features.FeatureAssignment",
    "api/dynamic-ai/resolve/": "ai_features.FeatureAssignment",
    "api/dynamic-ai/providers/": "ai_features.Provider",
    "DELETE api/dynamic-ai/providers/<str:id>": "a provider without features",
    "POST api/dynamic-ai/providers/<str:id>/test": "a provider without features",
    "api/dynamic-ai/models/": "ai_features.Model",
    "DELETE api/dynamic-ai/models/<str:id>": "a model without features",
}

BODIES: dict[str, Callable[[Rows], Any]] = {
    f"{method} api/dynamic-ai/{prefix}{path}": body
    for prefix in ("assignments", "feature-assignments")
    for method, path, body in (
        ("POST", "", _feature),
        ("POST", "/bulk", _features),
        ("PUT", "/<str:feature_name>", _feature),
        ("PATCH", "/<str:feature_name>", lambda rows: {"feature_category": "texts"}),
    )
} | {
    "POST api/dynamic-ai/providers": _provider,
    "PUT api/dynamic-ai/providers/<str:id>": _provider,
    "PATCH api/dynamic-ai/providers/<str:id>": lambda rows: {"name": "Old gateway"},
    "POST api/dynamic-ai/providers/<str:id>/test": lambda rows: {"model_id": ""},
    "POST api/dynamic-ai/models": _model,
    "PUT api/dynamic-ai/models/<str:id>": _model,
    "PATCH api/dynamic-ai/models/<str:id>": lambda rows: {"tools": True},
}
