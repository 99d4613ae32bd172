"""Which program is the browser: Debian's Chromium, or what others call it."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    f"This needs Chromium, and PATH has none of: {', '.join(NAMES)}. Install it, on Debian with “apt-get install "
    "chromium”, or name the program in the environment variable CHROMIUM."
)


def chromium() -> str | None:
    """Where Chromium is on this machine, or None."""
    named = os.environ.get("CHROMIUM", "")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
