"""The admin's pages about the person at the screen: coming in (`entrance.py`), and one's own account (`account.py`)."""
