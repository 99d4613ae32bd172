"""How staff decide things on the lists of the admin: the actions they are offered, and what choosing one answers."""

from django.contrib.messages import get_messages

EVERYBODY = ["viewer", "member", "admin", "owner", "super_admin"]


def act(session, url: str, action: str, *rows, **answers) -> list[str]:
    """Tick rows on a list, choose an action and confirm it; what is then said, of each row or of them all."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "post": "yes"}
    response = session.post(url, chosen | answers)
    if response.status_code == 302:
        return [str(message) for message in get_messages(response.wsgi_request)]
    assert response.status_code == 200
    return [
        f"{verdict.label}: {verdict.text if verdict.refused or verdict.text != 'Done' else 'done.'}"
        for verdict in response.context["verdicts"]
    ]


def offered(session, url: str) -> set[str]:
    """The actions a list offers, but for Django's own."""
    form = session.get(url).context["action_form"]
    return {name for name, _ in form.fields["action"].choices} - {"", "delete_selected"} if form else set()
