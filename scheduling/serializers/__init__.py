"""The shapes of the scheduling API (seed 002). Shapes only: rules are in `conflicts.py` and `services/`."""
