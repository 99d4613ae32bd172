"""People and organisations in the sidebar."""

ICONS = {
    "Assignment": "assignment_turned_in",
    "Membership": "group",
    "Role": "shield_person",
    "SignIn": "devices",
    "Tenant": "domain",
    "User": "person",
}
