"""The wire formats ("dialects") of the APIs, and everything that turns bytes into data and data into bytes.

Views return data and raise errors; a view names its dialect in one attribute, and only this package knows what a
success, a page or an error looks like in it.
"""

from assignhub.wire.body import Negotiation, Parser, Renderer, decode, encode
from assignhub.wire.dialects import (
    PREFIXES,
    BareDialect,
    CodedDialect,
    CountedDialect,
    Dialect,
    EnvelopeDialect,
    MetaDialect,
    dialect_at,
)
from assignhub.wire.messages import Page, Problem, Reply
from assignhub.wire.pages import LARGEST_INTEGER, SkipPagination

__all__ = [
    "LARGEST_INTEGER",
    "PREFIXES",
    "BareDialect",
    "CodedDialect",
    "CountedDialect",
    "Dialect",
    "EnvelopeDialect",
    "MetaDialect",
    "Negotiation",
    "Page",
    "Parser",
    "Problem",
    "Renderer",
    "Reply",
    "SkipPagination",
    "decode",
    "dialect_at",
    "encode",
]
