"""The shapes of the tasks API (seed 004). Shapes only: rules are in `assignees.py` and `services/`."""
