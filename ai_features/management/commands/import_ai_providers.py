from ai_features.imports import Providers
from assignhub.imports import ImportCommand


class Command(ImportCommand):
    help = "Import AI providers: name, type, endpoint, is_active, monthly_budget. Keys are not read from files."
    sheet = Providers
