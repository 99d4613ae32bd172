from assignhub.imports import ImportCommand
from founders.imports import Founders


class Command(ImportCommand):
    help = "Import founders: email, name, company, industry, user (the e-mail address of their own account)."
    sheet = Founders
