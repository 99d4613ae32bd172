"""How people come in: a client that signs in, and a browser that sends back the admin form it was shown."""

from html.parser import HTMLParser

from rest_framework.test import APIClient

from assignhub.testing import PASSWORD

NEW_PASSWORD = "a-quiet-corridor-at-four"
HOME = "127.0.0.1"

# What every refused sign-in, and every token that no longer counts, is answered with.
WRONG = {"detail": "No active account has this e-mail address and password."}
ENDED = {"detail": "This token is no longer valid. Please sign in again."}


def log_in(email: str, password: str = PASSWORD, *, address: str = HOME):
    return APIClient(REMOTE_ADDR=address).post("/api/auth/login", {"email": email, "password": password})


def tokens_of(person) -> dict[str, str]:
    """The pair that a sign-in of this person has just yielded."""
    body = log_in(person.email).json()
    return {"access": body["access"], "refresh": body["refresh"]}


def bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def me(access: str):
    return bearer(access).get("/api/auth/me")


def refresh(token: str):
    return APIClient().post("/api/auth/refresh", {"refresh": token})


def log_out(token: str):
    return APIClient().post("/api/auth/logout", {"refresh": token})


class _Fields(HTMLParser):
    """Collects what a browser would send for the form with the most fields on a page (the others are menus)."""

    def __init__(self):
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.select = self.text = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.forms.append({})
        elif not self.forms or "disabled" in given:
            return
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("submit", "button", "file") or (kind in ("checkbox", "radio") and "checked" not in given):
                return
            self._add(name, given.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self._add(self.select, given.get("value") or "")
        elif tag == "textarea":
            self.text = name
            self._add(name, "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data):
        if self.text:
            self.forms[-1][self.text][-1] += data.removeprefix("\n").replace("\r\n", "\n")

    def _add(self, name, value):
        self.forms[-1].setdefault(name, []).append(value)


def form_on(page) -> dict[str, list[str]]:
    """The fields of the page's form with the values it shows, as a browser would send them back."""
    parser = _Fields()
    parser.feed(page.content.decode())
    return max(parser.forms, key=len)


def submit(client, url: str, **typed):
    """Open a form, type into it and send it back."""
    fields = form_on(client.get(url))
    return client.post(url, {name: value for name, value in (fields | typed).items() if value is not None})


def errors_on(page) -> list[str]:
    """Every error an admin form page shows: of the form, its fields and its inlines."""
    form = page.context["adminform"].form
    shown = [text for texts in form.errors.values() for text in texts]
    for inline in page.context["inline_admin_formsets"]:
        shown += inline.formset.non_form_errors()
        shown += [text for errors in inline.formset.errors for texts in errors.values() for text in texts]
    return shown


def messages_on(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def new_row(prefix: str, index: int, **values) -> dict[str, object]:
    """One more row typed into the inline of this prefix that has `index` rows already."""
    return {f"{prefix}-TOTAL_FORMS": index + 1} | {f"{prefix}-{index}-{name}": value for name, value in values.items()}
