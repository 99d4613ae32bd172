"""Peer 3: the lists of the other apps (cards, a board, founders, features) on the seed's stack, as app.py is for shifts.

It reads the product's own tables, so that both answer with the same rows, and eager-loads as a good engineer writes it.
DATABASE_URL  postgresql+asyncpg://…      BENCH_SECRET  HS256 key of the tokens
"""

import datetime as dt
import os
import uuid
from decimal import Decimal
from typing import Annotated, Any

import jwt
import orjson
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, ForeignKey, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload

SECRET = os.environ["BENCH_SECRET"]
engine = create_async_engine(
    os.environ["DATABASE_URL"],
    pool_size=10,
    max_overflow=10,
    json_serializer=lambda v: orjson.dumps(v).decode(),
    json_deserializer=orjson.loads,
)
Session = async_sessionmaker(engine, expire_on_commit=False)
Key = Annotated[uuid.UUID, mapped_column(primary_key=True)]


class Base(DeclarativeBase):
    type_annotation_map = {dt.datetime: DateTime(timezone=True), dict[str, Any]: JSONB}


class User(Base):
    __tablename__ = "tenancy_user"
    id: Mapped[Key]
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    avatar_url: Mapped[str]
    is_active: Mapped[bool]


class CardLabel(Base):
    __tablename__ = "tasks_card_labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_card.id"))
    label_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_label.id"))


class Label(Base):
    __tablename__ = "tasks_label"
    id: Mapped[Key]
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_board.id"))
    name: Mapped[str]
    color: Mapped[str]


class Item(Base):
    __tablename__ = "tasks_checklistitem"
    id: Mapped[Key]
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_card.id"))
    text: Mapped[str]
    completed: Mapped[bool]
    position: Mapped[int]
    ai_generated: Mapped[bool]
    confidence: Mapped[int | None]
    # `metadata` is a name SQLAlchemy keeps for itself.
    data: Mapped[dict[str, Any]] = mapped_column("metadata")
    created_by_id: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    assignee_id: Mapped[uuid.UUID | None]
    due_date: Mapped[dt.date | None]
    became_id: Mapped[uuid.UUID | None]


class Assignee(Base):
    __tablename__ = "tasks_assignee"
    id: Mapped[Key]
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_card.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenancy_user.id"))
    created_at: Mapped[dt.datetime]
    user: Mapped[User] = relationship()


class Column(Base):
    __tablename__ = "tasks_column"
    id: Mapped[Key]
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_board.id"))
    name: Mapped[str]
    position: Mapped[int]
    wip_limit: Mapped[int | None]
    wip_policy: Mapped[str]
    board: Mapped["Board"] = relationship(back_populates="columns")
    cards: Mapped[list["Card"]] = relationship(back_populates="column", order_by="Card.position")


class Board(Base):
    __tablename__ = "tasks_board"
    id: Mapped[Key]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    project_id: Mapped[uuid.UUID]
    name: Mapped[str]
    description: Mapped[str]
    labels: Mapped[list[Label]] = relationship(order_by=Label.name)
    columns: Mapped[list[Column]] = relationship(back_populates="board", order_by=Column.position)


class Card(Base):
    __tablename__ = "tasks_card"
    id: Mapped[Key]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    column_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks_column.id"))
    title: Mapped[str]
    description: Mapped[str]
    position: Mapped[int]
    priority: Mapped[str]
    due_date: Mapped[dt.date | None]
    task_type: Mapped[str]
    created_by_id: Mapped[uuid.UUID | None]
    finished_at: Mapped[dt.datetime | None]
    column: Mapped[Column] = relationship(back_populates="cards")
    labels: Mapped[list[Label]] = relationship(secondary="tasks_card_labels", order_by=Label.name)
    assignees: Mapped[list[Assignee]] = relationship(order_by=(Assignee.created_at, Assignee.id))
    checklist: Mapped[list[Item]] = relationship(order_by=Item.position)

    @property
    def assigned_to(self):
        return [assignee.user_id for assignee in self.assignees]

    @property
    def people(self):
        return [assignee.user for assignee in self.assignees]

    @property
    def progress(self):
        total, done = len(self.checklist), sum(item.completed for item in self.checklist)
        return {
            "total_items": total,
            "completed_items": done,
            "progress_percentage": round(100 * done / total, 2) if total else 0.0,
            "ai_generated_count": sum(item.ai_generated for item in self.checklist),
        }

    @property
    def can_be_finished(self):
        return self.finished_at is None and all(item.completed for item in self.checklist)


class Founder(Base):
    __tablename__ = "founders_founder"
    id: Mapped[Key]
    tenant_id: Mapped[uuid.UUID]
    name: Mapped[str]
    email: Mapped[str]
    company_name: Mapped[str]
    industry: Mapped[str]
    user_id: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]


class Pair(Base):
    __tablename__ = "founders_assignment"
    id: Mapped[Key]
    founder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("founders_founder.id"))
    admin_id: Mapped[uuid.UUID]


class Provider(Base):
    __tablename__ = "ai_features_provider"
    id: Mapped[Key]
    name: Mapped[str]
    type: Mapped[str]
    is_active: Mapped[bool]


class Model(Base):
    __tablename__ = "ai_features_model"
    id: Mapped[Key]
    name: Mapped[str]
    is_active: Mapped[bool]
    retires_at: Mapped[dt.date | None]

    @property
    def retires_in_days(self):
        return None if self.retires_at is None else (self.retires_at - dt.datetime.now(dt.UTC).date()).days


class Feature(Base):
    __tablename__ = "feature_ai_assignments"
    id: Mapped[Key]
    feature_name: Mapped[str]
    feature_category: Mapped[str]
    is_active: Mapped[bool]
    config: Mapped[dict[str, Any]]
    needs_context: Mapped[int | None]
    needs_vision: Mapped[bool]
    needs_tools: Mapped[bool]
    needs_json: Mapped[bool]
    price_ceiling: Mapped[Decimal | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    primary_provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ai_features_provider.id"))
    primary_model_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ai_features_model.id"))
    backup_provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ai_features_provider.id"))
    backup_model_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ai_features_model.id"))
    primary_provider: Mapped[Provider] = relationship(foreign_keys=primary_provider_id)
    primary_model: Mapped[Model | None] = relationship(foreign_keys=primary_model_id)
    backup_provider: Mapped[Provider | None] = relationship(foreign_keys=backup_provider_id)
    backup_model: Mapped[Model | None] = relationship(foreign_keys=backup_model_id)

    @property
    def needs(self):
        return {
            "context_size": self.needs_context,
            "vision": self.needs_vision,
            "tools": self.needs_tools,
            "json_output": self.needs_json,
            "price_ceiling": self.price_ceiling,
        }


# ---------------------------------------------------------------- schemas
class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class LabelOut(Out):
    id: uuid.UUID
    name: str
    color: str


class PersonOut(Out):
    id: uuid.UUID
    email: str
    first_name: str
    last_name: str
    avatar_url: str


class ItemOut(Out):
    id: uuid.UUID
    card_id: uuid.UUID
    text: str
    completed: bool
    position: int
    ai_generated: bool
    confidence: int | None
    metadata: dict[str, Any] = Field(validation_alias="data")
    created_by: uuid.UUID | None = Field(validation_alias="created_by_id")
    created_at: dt.datetime
    updated_at: dt.datetime
    assignee_id: uuid.UUID | None
    due_date: dt.date | None
    became_card_id: uuid.UUID | None = Field(validation_alias="became_id")


class ProgressOut(Out):
    total_items: int
    completed_items: int
    progress_percentage: float
    ai_generated_count: int


class CardOnBoardOut(Out):
    id: uuid.UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    column_id: uuid.UUID
    title: str
    description: str
    position: int
    priority: str
    due_date: dt.date | None
    task_type: str
    labels: list[LabelOut]
    assigned_to: list[uuid.UUID]
    assignees: list[PersonOut] = Field(validation_alias="people")
    progress: ProgressOut
    can_be_finished: bool
    finished_at: dt.datetime | None
    created_by: uuid.UUID | None = Field(validation_alias="created_by_id")
    checklist: list[ItemOut]


class CardOut(CardOnBoardOut):
    board_id: uuid.UUID
    project_id: uuid.UUID


class ColumnOut(Out):
    id: uuid.UUID
    name: str
    position: int
    wip_limit: int | None
    wip_policy: str
    cards: list[CardOnBoardOut]


class BoardOut(Out):
    id: uuid.UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    project_id: uuid.UUID
    name: str
    description: str
    labels: list[LabelOut]
    columns: list[ColumnOut]


class FounderOut(Out):
    founderId: uuid.UUID = Field(validation_alias="id")
    tenantId: uuid.UUID = Field(validation_alias="tenant_id")
    name: str
    email: str
    companyName: str = Field(validation_alias="company_name")
    industry: str
    userId: uuid.UUID | None = Field(validation_alias="user_id")
    createdAt: dt.datetime = Field(validation_alias="created_at")
    updatedAt: dt.datetime = Field(validation_alias="updated_at")


class FoundersOut(BaseModel):
    success: bool = True
    count: int
    data: list[FounderOut]


class ProviderOut(Out):
    id: uuid.UUID
    name: str
    type: str
    is_active: bool


class ModelOut(Out):
    id: uuid.UUID
    name: str
    is_active: bool
    retires_at: dt.date | None
    retires_in_days: int | None


class NeedsOut(Out):
    context_size: int | None
    vision: bool
    tools: bool
    json_output: bool
    price_ceiling: Decimal | None


class FeatureOut(Out):
    feature_name: str
    feature_category: str
    is_active: bool
    config: dict[str, Any]
    needs: NeedsOut
    created_at: dt.datetime
    updated_at: dt.datetime
    id: uuid.UUID
    primary_provider_id: uuid.UUID
    primary_model_id: uuid.UUID | None
    backup_provider_id: uuid.UUID | None
    backup_model_id: uuid.UUID | None
    primary_provider: ProviderOut
    primary_model: ModelOut | None
    backup_provider: ProviderOut | None
    backup_model: ModelOut | None


class FeaturesOut(BaseModel):
    success: bool = True
    data: list[FeatureOut]
    total: int
    message: str = "success"


# ---------------------------------------------------------------- dependencies
async def session():
    async with Session() as s:
        yield s


Db = Annotated[AsyncSession, Depends(session)]
bearer = HTTPBearer()


async def person(db: Db, token: Annotated[Any, Depends(bearer)]) -> uuid.UUID:
    """The one person of the benchmark; looked up with each request, as app.py does."""
    try:
        jwt.decode(token.credentials, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Invalid token")
    user = (await db.scalars(select(User).where(User.email == "planner@bench.example"))).one_or_none()
    if user is None or not user.is_active:
        raise HTTPException(401, "User not found")
    return user.id


Who = Annotated[uuid.UUID, Depends(person)]
Limit = Annotated[int, Query(ge=1, le=1000)]
app = FastAPI()


# ---------------------------------------------------------------- endpoints
def on_card():
    return (
        selectinload(Card.labels),
        selectinload(Card.assignees).joinedload(Assignee.user, innerjoin=True),
        selectinload(Card.checklist),
    )


@app.get("/api/v1/cards", response_model=list[CardOut])
async def cards(db: Db, who: Who, response: Response, skip: int = 0, limit: Limit = 100):
    q = select(Card).order_by(Card.created_at.desc(), Card.id.desc()).offset(skip).limit(limit)
    q = q.options(*on_card(), joinedload(Card.column, innerjoin=True).joinedload(Column.board, innerjoin=True))
    found = (await db.scalars(q)).all()
    for card in found:
        card.board_id, card.project_id = card.column.board_id, card.column.board.project_id
    response.headers["X-Total-Count"] = str(await db.scalar(select(func.count()).select_from(Card)))
    return found


@app.get("/api/v1/boards/{board_id}", response_model=BoardOut)
async def board(db: Db, who: Who, board_id: uuid.UUID):
    shown = selectinload(Board.columns).selectinload(Column.cards)
    q = select(Board).where(Board.id == board_id)
    q = q.options(selectinload(Board.labels), *(shown.options(option) for option in on_card()))
    found = (await db.scalars(q)).one_or_none()
    if found is None:
        raise HTTPException(404, f"Board with ID {board_id} not found")
    return found


@app.get("/api/v1/founders", response_model=FoundersOut)
async def founders(db: Db, who: Who, response: Response, skip: int = 0, limit: Limit = 100):
    """Those `who` looks after."""
    mine = select(Founder).where(Founder.id.in_(select(Pair.founder_id).where(Pair.admin_id == who)))
    page = (await db.scalars(mine.order_by(Founder.name, Founder.id).offset(skip).limit(limit))).all()
    response.headers["X-Total-Count"] = str(await db.scalar(select(func.count()).select_from(mine.subquery())))
    return {"count": len(page), "data": page}


@app.get("/api/dynamic-ai/assignments", response_model=FeaturesOut)
async def features(db: Db, who: Who, response: Response, skip: int = 0, limit: Limit = 100):
    sides = (Feature.primary_provider, Feature.primary_model, Feature.backup_provider, Feature.backup_model)
    q = select(Feature).order_by(Feature.feature_name).offset(skip).limit(limit)
    page = (await db.scalars(q.options(*(joinedload(side) for side in sides)))).all()
    total = await db.scalar(select(func.count()).select_from(Feature))
    response.headers["X-Total-Count"] = str(total)
    return {"data": page, "total": total}
