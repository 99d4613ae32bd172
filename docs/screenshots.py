"""The pictures of docs/admin.md, taken of the demo data: `make screenshots`.

Makes a database of its own, fills it with the demo data, serves it, and photographs the pages of SHOTS in headless
Chromium. A page that does not exist is left out, with a message. The clock of the pages is not turned back: what they
show of “today” is of the day they were taken on. Names after the command take only those pictures.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images" / "admin"

# Before Django reads its settings: a database and keys that go away with this folder.
SCRATCH = tempfile.TemporaryDirectory(prefix="assignhub-screenshots-")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "assignhub.settings",
    "ASSIGNHUB_ENV": "local",
    "DATABASE_URL": f"sqlite:///{SCRATCH.name}/demo.sqlite3",
    "REDIS_URL": "",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright drives the browser from a loop in this thread
    "LOG_LEVEL": "WARNING",
}
sys.path.insert(0, str(ROOT))

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Page, sync_playwright

from assignhub.tests.browser.programs import MISSING, chromium
from assignhub.tests.servers import servers
from scheduling.models import Assignment, Schedule
from scheduling.services import assignments
from tasks.models import Board, Card
from tenancy.demo import PASSWORD
from tenancy.models import User

WIDE, PHONE = (1440, 900), (390, 844)
PLANNER, SUPER, NOBODY = "admin@ward.example", "super@assignhub.example", ""

# An employee is new, one changes, and three rows have a fault.
FAULTY_SHEET = """email,first_name,last_name,job_title,qualifications
nina.new@ward.example,Nina,New,FullTime,
hn.0@ward.example,Hannah,Nolan,FullTime,HeadNurse|Nurse|Caretaker
no address,Anton,Atlos,FullTime,
ben@ward.example,,,FullTime,
carl@ward,Carl,Clark,FullTime,
"""


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    person: str = PLANNER
    size: tuple[int, int] = WIDE
    dark: bool = False
    then: Callable[[Page], None] | None = None


def upload(page: Page) -> None:
    page.set_input_files(
        "input[type=file]", {"name": "employees.csv", "mimeType": "text/csv", "buffer": FAULTY_SHEET.encode()}
    )
    page.locator("#content form [type=submit]").click()
    page.wait_for_load_state()


def act(name: str, rows: int) -> Callable[[Page], None]:
    """Tick the first rows of the list and choose an action."""

    def choose(page: Page) -> None:
        for number in range(rows):
            page.locator("#result_list .action-select").nth(number).check()
        page.select_option("select[name=action]", name)
        page.get_by_role("button", name="Run").click()
        page.wait_for_load_state()

    return choose


def hand_over(page: Page) -> None:
    """Ask for it, choose an heir, and have it checked."""
    act("hand_over", 3)(page)
    for label, person in (("New admin", "Chiara"), ("In place of", "Bruno")):
        box = page.get_by_role("combobox", name=re.compile(f"^{label}"))
        box.and_(page.locator(".select2-selection")).click()
        page.keyboard.type(person)
        page.locator(".select2-results__option", has_text=person).first.click()
    page.get_by_role("button", name="Check first").click()
    page.wait_for_load_state()


ROSTER, BOARD = "/admin/scheduling/schedule/{schedule}/roster/", "/admin/tasks/board/{board}/board/"
LIST = "/admin/scheduling/assignment/"
SHOTS = (
    Shot("sign-in", "/admin/login/", NOBODY),
    Shot("sign-in-phone-dark", "/admin/login/", NOBODY, PHONE, dark=True),
    Shot("sessions", "/admin/sessions/"),  # before the others add theirs
    Shot("home", "/admin/"),
    Shot("home-dark", "/admin/", dark=True),
    Shot("home-phone", "/admin/", size=PHONE),
    Shot("roster", ROSTER),
    Shot("roster-month", f"{ROSTER}?view=month"),
    Shot("roster-dark", ROSTER, dark=True),
    Shot("roster-phone", ROSTER, size=PHONE),
    Shot("board", BOARD, SUPER),
    Shot("board-phone-dark", BOARD, SUPER, size=PHONE, dark=True),
    Shot("../assignments", LIST, size=(1280, 800)),  # of the README
    Shot("list", LIST),
    Shot("list-dark", LIST, dark=True),
    Shot("list-phone", LIST, size=PHONE),
    Shot("import-preview", "/admin/scheduling/employee/import/", then=upload),
    Shot("confirm-action", LIST, then=act("cancel", 4)),
    Shot("timeline", "/admin/scheduling/assignment/{told}/history/"),
    Shot("hand-over", "/admin/founders/founder/", SUPER, then=hand_over),
    Shot("card", "/admin/tasks/card/{card}/change/", SUPER),
    Shot("ai-usage", "/admin/ai_features/usage/", SUPER),
    Shot("models", "/admin/ai_features/model/?retirement=either", SUPER),
    Shot("second-factor", "/admin/second-factor/"),
)


def happenings() -> int:
    """Give one assignment a history worth telling; its key."""
    planner, row = User.objects.get(email=PLANNER), Assignment.objects.filter(schedule__status="draft").first()
    for values in ({"status": "pending"}, {"status": "confirmed", "notes": "Asked by phone"}, {"priority": 3}):
        assignments.update(row, by=planner, **values)
    return row.pk


def fill() -> dict[str, object]:
    """Make and fill the database; return what stands for the names in paths."""
    call_command("migrate", verbosity=0)
    call_command("demo", stdout=StringIO())
    told = happenings()
    board = Board.objects.order_by("-updated_at").first()
    return {
        "told": told,
        "schedule": Schedule.objects.order_by("week_start").values_list("pk", flat=True).first(),
        "board": board.pk if board else 0,
        "card": Card.objects.exclude(checklist=None).exclude(assignees=None).values_list("pk", flat=True).first(),
    }


def page_of(browser: Browser, origin: str, shot: Shot) -> Page:
    width, height = shot.size
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.person:
        page.goto("/admin/login/")
        page.fill("[name=username]", shot.person)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_load_state()
    return page


def take(browser: Browser, origin: str, shot: Shot, names: dict[str, object]) -> bool:
    """Take one picture; False when there is no such page."""
    page = page_of(browser, origin, shot)
    try:
        path = shot.path.format(**names)
        answer = page.goto(path)
        # The admin takes what it does not know for the key of a row, finds none, and leads to its home.
        if answer is None or answer.status >= 400 or urlsplit(page.url).path != urlsplit(path).path:
            sys.stdout.write(f"{shot.name}: left out, there is no {path}\n")
            return False
        if shot.then:
            shot.then(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{shot.name}.png")
        sys.stdout.write(f"{shot.name}: taken\n")
        return True
    finally:
        page.context.close()


def main() -> None:
    program = chromium()
    if program is None:
        sys.exit(MISSING)
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True)
    names = fill()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with servers(1, DATABASE_URL=settings.DATABASE_URL) as (port,), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        wanted = [shot for shot in SHOTS if not sys.argv[1:] or shot.name in sys.argv[1:]]
        taken = [take(browser, f"http://127.0.0.1:{port}", shot, names) for shot in wanted]
        browser.close()
    sys.stdout.write(f"{sum(taken)} of {len(wanted)} pictures in {PICTURES.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
