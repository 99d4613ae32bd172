"""Rows around assignments that tests of planning stand on. Like `factories`, they go past the services."""

from factory.django import DjangoModelFactory

from scheduling.models import Policy


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = Policy
