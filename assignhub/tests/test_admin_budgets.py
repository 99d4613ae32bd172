"""Every list of the admin asks the database as often for a hundred rows as for a few."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignhub.admin.exporting import Exporting
from assignhub.tests.copies import copy_of

LABELS = sorted(model._meta.label for model in admin.site._registry)
# What happened and what it cost is read here, not taken along.
EXPORTED = sorted(model._meta.label for model, page in admin.site._registry.items() if isinstance(page, Exporting))


@pytest.mark.parametrize("label", LABELS)
def test_list_takes_as_many_queries_for_a_hundred_rows(label, rows, super_admin, staff_client):
    session, row = staff_client(super_admin), rows[label]
    url = reverse(f"admin:{label.lower().replace('.', '_')}_changelist")
    session.get(url)

    with CaptureQueriesContext(connection) as few:
        short = session.get(url)
    for _ in range(100):
        copy_of(row)
    with CaptureQueriesContext(connection) as many:
        long = session.get(url)

    assert (short.status_code, long.status_code) == (200, 200)
    # A page has 50 rows; the trail fills one from the start, since every row here has left its mark.
    assert 1 <= len(short.context["cl"].result_list) <= len(long.context["cl"].result_list) == 50
    assert len(many) == len(few), [query["sql"] for query in many][-8:]


@pytest.mark.parametrize("label", EXPORTED)
def test_export_takes_as_many_queries_for_a_hundred_rows(label, rows, super_admin, staff_client):
    session, row = staff_client(super_admin), rows[label]
    url = reverse(f"admin:{label.lower().replace('.', '_')}_export", args=["csv"])

    with CaptureQueriesContext(connection) as few:
        short = b"".join(session.get(url)).decode().splitlines()
    for _ in range(100):
        copy_of(row)
    with CaptureQueriesContext(connection) as many:
        long = b"".join(session.get(url)).decode().splitlines()

    assert len(long) == len(short) + 100
    assert len(many) == len(few)
