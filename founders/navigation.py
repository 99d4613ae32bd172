"""Founders in the sidebar."""

ICONS = {
    "Assignment": "handshake",
    "Capacity": "speed",
    "Founder": "rocket_launch",
    "Note": "sticky_note_2",
}
