"""The rows of tasks, founders and AI features that their lists are measured with. Called by `fill.py`."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ai_features.models import FeatureAssignment, Model, Provider
from founders.models import Assignment, Founder
from tasks.models import Assignee, Board, Card, ChecklistItem, Column, Label, Project
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Membership, Tenant, User

BOARDS, COLUMNS, CARDS_IN_A_COLUMN, ITEMS = 20, 4, 250, 5
FOUNDERS, FEATURES, PEOPLE = 5_000, 2_000, 50
BATCH = 5_000
# So that requests can name the first board.
FIRST_BOARD = uuid.UUID(int=1)


def fill(tenant: Tenant, planner: User) -> None:
    """20 boards of 1,000 cards, 5,000 founders whom the planner looks after, 2,000 features of the platform."""
    make_boards(tenant, planner, make_people(tenant))
    make_founders(tenant, planner)
    make_features()


def make_people(tenant: Tenant) -> list[User]:
    in_force = RoleAssignment.objects.get(tenant=tenant)
    people = [
        User(email=f"person.{number}@bench.example", first_name=f"Person {number}", last_name="Bench")
        for number in range(PEOPLE)
    ]
    store(people)
    store([Membership(user=person, assignment=in_force) for person in people])
    return people


def make_boards(tenant: Tenant, planner: User, people: list[User]) -> None:
    project = Project.objects.create(tenant=tenant, name="Bench")
    now = timezone.now()
    cards: list[Card] = []
    for board_number in range(BOARDS):
        key = FIRST_BOARD if board_number == 0 else uuid.uuid4()
        board = Board.objects.create(id=key, project=project, name=f"Board {board_number}")
        label = Label.objects.create(board=board, name="Bench")
        columns = [Column(board=board, name=f"Column {place}", position=place) for place in range(COLUMNS)]
        store(columns)
        found = [
            Card(
                column=column,
                title=f"Card {place} of column {column.position}",
                description="What is to be done, and how one sees that it is. " * 3,
                position=place,
                task_type="development",
                created_by=planner,
                due_date=(now + timedelta(days=place % 60)).date(),
            )
            for column in columns
            for place in range(CARDS_IN_A_COLUMN)
        ]
        store(found)
        store([Card.labels.through(card=card, label=label) for card in found[::2]])
        cards += found
    store([Assignee(card=card, user=people[number % PEOPLE]) for number, card in enumerate(cards)])
    store([Assignee(card=card, user=people[(number + 7) % PEOPLE]) for number, card in enumerate(cards) if number % 2])
    store(
        [
            ChecklistItem(card=card, text=f"Step {place} of the card", position=place, completed=place < number % ITEMS)
            for number, card in enumerate(cards)
            for place in range(ITEMS)
        ]
    )


def make_founders(tenant: Tenant, planner: User) -> None:
    founders = [
        Founder(
            tenant=tenant,
            name=f"Founder {number:05}",
            email=f"founder.{number}@bench.example",
            company_name=f"Company {number}",
            industry="Climate",
        )
        for number in range(FOUNDERS)
    ]
    store(founders)
    store([Assignment(founder=founder, admin=planner, is_lead=True) for founder in founders])


def make_features() -> None:
    providers = [Provider(name=f"Provider {number}", type=Provider.Type.OPENAI) for number in range(2)]
    store(providers)
    models = [Model(provider=provider, name=f"Model {number}") for provider in providers for number in range(20)]
    store(models)
    half = len(models) // 2
    features = []
    for number in range(FEATURES):
        primary, backup = models[number % half], models[half + number % half]
        name = f"feature_{number:05}"
        features.append(
            FeatureAssignment(
                feature_name=name,
                feature_key=name,
                primary_provider=primary.provider,
                primary_model=primary,
                backup_provider=backup.provider,
                backup_model=backup,
                config={"temperature": 0.2},
            )
        )
    store(features)


def store(rows: list[Any]) -> None:
    type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH)
