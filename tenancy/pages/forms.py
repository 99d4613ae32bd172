"""What the pages ask for: what is typed where, and how browsers fill it in. The rules are the services'."""

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from assignhub import errors
from tenancy.models import User

LOOKS = " ".join(BASE_INPUT_CLASSES)


class TypedForm(forms.Form):
    """A form whose fields look like unfold's, and that shows what a service refused at its field."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", LOOKS)

    def refuse(self, refusal: Exception) -> None:
        for field, error in errors.singles(refusal):
            self.add_error(field if field in self.fields else None, error)


class SignInForm(AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "This e-mail address and password are not those of an active account of the staff."
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"type": "email", "autocomplete": "username", "inputmode": "email"}
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"


def code_field(label: str = "Code", help_text: str = "") -> forms.CharField:
    """For a code of the app or a recovery code: digits, letters, blanks and hyphens."""
    box = forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(max_length=40, label=label, help_text=help_text, widget=box)


def password_field() -> forms.CharField:
    box = forms.PasswordInput({"autocomplete": "current-password"})
    return forms.CharField(max_length=200, strip=False, label="Your password", widget=box)


class CodeForm(TypedForm):
    code = code_field(help_text="The six digits your authenticator app shows now, or one of your recovery codes.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class FirstCodeForm(TypedForm):
    code = code_field("Code from the app", "Six digits, to see that the app has the secret.")


class DisableForm(TypedForm):
    password = password_field()
    code = code_field(help_text="From the app, or a recovery code.")


class RenewForm(TypedForm):
    code = code_field(help_text="From the app, or one of the recovery codes you have left.")


class AskForResetForm(TypedForm):
    email = forms.EmailField(
        max_length=254,
        label="E-mail address",
        widget=forms.EmailInput({"autocomplete": "email", "autofocus": True}),
    )


class NewPasswordForm(TypedForm, SetPasswordForm):
    """Two times the same new password, that the validators accept."""

    user: User


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """The present password, and two times the new one."""

    user: User

    def refuse(self, refusal: ValidationError) -> None:
        for _, error in errors.singles(refusal):
            self.add_error("new_password2", error)
