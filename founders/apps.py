from django.apps import AppConfig


class FoundersConfig(AppConfig):
    name = "founders"
    verbose_name = "Founders"

    def ready(self) -> None:
        from founders.services import follow_ranks
        from tenancy import authority

        authority.followers.append(follow_ranks)
