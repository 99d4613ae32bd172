"""AI features in the sidebar."""

ICONS = {
    "FeatureAssignment": "auto_awesome",
    "Model": "neurology",
    "Provider": "cloud",
    "Usage": "monitoring",
}
