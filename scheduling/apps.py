from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Scheduling"

    def ready(self) -> None:
        from scheduling.services import follow_time_zone
        from tenancy.services import TenantService

        TenantService.time_zone_followers.append(follow_time_zone)
