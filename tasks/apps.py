from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Tasks"

    def ready(self) -> None:
        from tasks.services import leave_tenant
        from tenancy.services import leavers_followers

        leavers_followers.append(leave_tenant)
