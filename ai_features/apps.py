from django.apps import AppConfig


class AiFeaturesConfig(AppConfig):
    name = "ai_features"
    verbose_name = "AI features"

    def ready(self) -> None:
        from ai_features.services import purge_usage
        from tenancy import tasks

        tasks.PURGES["AI usage"] = purge_usage
