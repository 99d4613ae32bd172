"""Demo data: the catalogue of models, some features with who serves them, and a month of made-up usage."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from ai_features import services
from ai_features.models import Model, Outcome, Provider, Source, Usage
from assignhub.permissions import OPERATOR
from tenancy.demo import SUPER_ADMIN
from tenancy.models import User

# feature, category, primary, backup, needs, calls a day
FEATURES = [
    (
        "checklist_generation",
        "tasks",
        ("OpenAI", "gpt-4.1-mini"),
        ("Anthropic", "claude-haiku-4-5"),
        {"json": True},
        40,
    ),
    ("shift_notes_summary", "scheduling", ("Anthropic", "claude-opus-4-1-20250805"), ("OpenAI", "gpt-4.1"), {}, 18),
    ("founder_letter_draft", "founders", ("OpenAI", "gpt-3.5-turbo-1106"), ("House", None), {}, 9),
    (
        "pitch_deck_reading",
        "founders",
        ("Google Gemini", "gemini-flash-latest"),
        ("OpenAI", "gpt-4o"),
        {"vision": True},
        5,
    ),
]
DAYS = 30
FAILURES = (Outcome.TIMEOUT, Outcome.RATE_LIMITED, Outcome.MALFORMED, Outcome.SERVER_ERROR)


def fill(stdout) -> None:
    if Provider.objects.exists() or not User.objects.filter(email=SUPER_ADMIN).exists():
        return
    call_command("import_ai_models", stdout=stdout)
    services.providers.create(by=OPERATOR, name="House", type=Provider.Type.BUILTIN)
    lots = random.Random(7)  # noqa: S311 - made-up numbers
    calls = [call for feature in FEATURES for call in add_feature(*feature, lots)]
    Usage.objects.bulk_create(sorted(calls, key=lambda call: call.at))


def add_feature(name: str, category: str, primary, backup, needs: dict, daily: int, lots: random.Random) -> list[Usage]:
    """Assign a feature and make up its usage: mostly answered by the primary, now and then by the backup."""
    sides: dict[str, Any] = {}
    found: dict[str, tuple[Provider, Model | None]] = {}
    for side, (provider, model) in (("primary", primary), ("backup", backup)):
        row = Provider.objects.get(name=provider)
        chat = row.models.filter(is_active=True, mode="chat").order_by("name")
        found[side] = row, chat.filter(name__startswith=model or "").first()
        sides |= {f"{side}_provider": row, f"{side}_model": None if row.is_builtin else found[side][1]}
    wanted = {f"needs_{need}": value for need, value in needs.items()}
    services.features.create(by=OPERATOR, feature_name=name, feature_category=category, **sides, **wanted)
    calls = []
    for back in range(DAYS):
        for _ in range(lots.randint(daily // 2, daily)):
            at = timezone.now() - timedelta(days=back, minutes=lots.randint(0, 600))
            if lots.random() < 0.06:
                calls.append(made_up(name, Source.PRIMARY, *found["primary"], lots.choice(FAILURES), at, lots))
                calls.append(made_up(name, Source.BACKUP, *found["backup"], Outcome.OK, at, lots))
            else:
                calls.append(made_up(name, Source.PRIMARY, *found["primary"], Outcome.OK, at, lots))
    return calls


def made_up(
    feature: str, source: Source, provider: Provider, model: Model | None, outcome: Outcome, at, lots: random.Random
) -> Usage:
    if provider.is_builtin or model is None:
        call = Usage(feature=feature, source=Source.BUILTIN, outcome=Outcome.BUILTIN, latency_ms=lots.randint(1, 9))
    else:
        answered = outcome == Outcome.OK
        tokens = (lots.randint(300, 2_000), lots.randint(80, 600)) if answered else (0, 0)
        call = Usage(
            feature=feature,
            source=source,
            provider_id=provider.pk,
            provider=provider.name,
            model=model.name,
            outcome=outcome,
            status=200 if answered else None,
            tokens_in=tokens[0],
            tokens_out=tokens[1],
            cost=Decimal(model.cost(*tokens)) / 1_000_000,
            latency_ms=lots.randint(600, 3_500),
        )
    call.at = at
    return call
