"""What is plainly right is taken at a stroke, and taken for just what REST framework takes it for."""

from typing import NamedTuple

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework import serializers

from assignhub.plain import PlainShape

FIELDS = {
    "whole": lambda: serializers.IntegerField(min_value=1, max_value=100),
    "any_whole": lambda: serializers.IntegerField(required=False, default=-7),
    "text": lambda: serializers.CharField(max_length=5),
    "note": lambda: serializers.CharField(allow_blank=True, min_length=0, default="none"),
    "choice": lambda: serializers.ChoiceField(choices=["red", "green", ("blue", "Blue")], default="red"),
    "truth": lambda: serializers.BooleanField(default=True),
    "optional": lambda: serializers.CharField(required=False),
}
Framework = type("Framework", (serializers.Serializer,), {name: make() for name, make in FIELDS.items()})
Plain = type("Plain", (PlainShape,), {name: make() for name, make in FIELDS.items()})
RIGHT = {"whole": 5, "any_whole": -3, "text": "Ada", "note": "", "choice": "blue", "truth": False, "optional": "x"}
VALUES = [
    *(0, 1, 100, 101, -1, 2**63, 5.0, 5.5, "5", " 5 ", "", " ", "x", " x", "x ", "x\n", "a\nb", "toolong", "\u2028"),
    *("\ud800", "red", "Red", "blue", "Blue", "true", "false", True, False, None, [], [1], {}, {"a": 1}),
]


def outcome(shape: type[serializers.Serializer], data) -> tuple:
    made = shape(data=data)
    return (dict(made.validated_data), None) if made.is_valid() else (None, made.errors)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_plain_shape_takes_a_value_as_the_framework_does(name, value):
    data = RIGHT | {name: value}

    assert outcome(Plain, data) == outcome(Framework, data)


@pytest.mark.parametrize("name", FIELDS)
def test_plain_shape_takes_a_missing_value_as_the_framework_does(name):
    data = {key: value for key, value in RIGHT.items() if key != name}

    assert outcome(Plain, data) == outcome(Framework, data)


@pytest.mark.parametrize("data", [None, [], "text", 5, [RIGHT], RIGHT | {"unknown": 1}], ids=ascii)
def test_plain_shape_takes_a_whole_body_as_the_framework_does(data):
    assert outcome(Plain, data) == outcome(Framework, data)


def test_plain_shape_takes_a_part_as_the_framework_does():
    shapes = [shape(data={"whole": 7}, partial=True) for shape in (Plain, Framework)]

    assert [(shape.is_valid(), dict(shape.validated_data)) for shape in shapes] == [(True, {"whole": 7})] * 2


def test_what_is_right_is_taken_without_asking_the_framework(monkeypatch):
    monkeypatch.delattr(serializers.Serializer, "run_validation")

    assert Plain().run_validation(RIGHT) == RIGHT


def test_plain_shape_becomes_what_it_says():
    class Size(NamedTuple):
        width: int

    shape = type("SizeShape", (PlainShape,), {"becomes": Size, "width": serializers.IntegerField()})

    assert [shape().run_validation({"width": sent}) for sent in (4, "4")] == [Size(4), Size(4)]


@pytest.mark.parametrize(
    "field",
    [
        serializers.DateField(),
        serializers.IntegerField(default=lambda: 5),
        serializers.IntegerField(source="other"),
        serializers.IntegerField(read_only=True),
        serializers.IntegerField(validators=[lambda value: value]),
    ],
    ids=["another kind", "default worked out", "another source", "read only", "a rule of its own"],
)
def test_shape_that_is_not_plain_is_refused_where_it_is_declared(field):
    with pytest.raises(ImproperlyConfigured, match=r"Odd\.field is not plain"):
        type("Odd", (PlainShape,), {"field": field})


def test_shape_with_rules_of_its_own_is_refused_where_it_is_declared():
    with pytest.raises(ImproperlyConfigured, match=r"Odd\.field is not plain"):
        type("Odd", (PlainShape,), {"field": serializers.IntegerField(), "validate_field": lambda self, value: value})
