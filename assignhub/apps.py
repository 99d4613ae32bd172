import sqlite3
from contextlib import closing

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HubConfig(AppConfig):
    name = "assignhub"
    verbose_name = "AssignHub"

    def ready(self) -> None:
        from django.db.backends.sqlite3.base import DatabaseWrapper

        from assignhub import checks, schema  # noqa: F401

        # Django 5.2 assumes the limit of SQLite before 3.32 and would cut a bulk insert into many.
        with closing(sqlite3.connect(":memory:")) as memory:
            variables = memory.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        setattr(DatabaseWrapper.features_class, "max_query_params", min(variables, 32_766))  # noqa: B010


class HubAdminConfig(AdminConfig):
    default_site = "tenancy.sites.StaffSite"
