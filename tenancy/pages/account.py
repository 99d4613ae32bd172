"""One's own account: password, sessions, second factor."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import Throttled

from assignhub.errors import Refused
from assignhub.permissions import within
from assignhub.sealing import Unreadable, seal, unseal
from tenancy import second_factor, services, sign_in
from tenancy.devices import device
from tenancy.models import SecondFactor, SignIn, User
from tenancy.pages.entrance import page
from tenancy.pages.forms import DisableForm, FirstCodeForm, OwnPasswordForm, RenewForm

# The secret of an app that is being set up, sealed, until a code has proved that the app has it.
PENDING = "second_factor_pending"

READ_OR_POST = ["GET", "HEAD", "POST"]


class StaffRequest(HttpRequest):
    """A request that the site has let through: somebody is signed in."""

    user: User


@sensitive_post_parameters()
@require_http_methods(READ_OR_POST)
def change_password(request: StaffRequest) -> HttpResponse:
    """A new password ends every sign-in; the browser it was typed into begins a new one."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.users.set_password(request.user, form.cleaned_data["new_password1"], by=request.user)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            sign_in.begin_in_browser(request, user)
            messages.success(request, "You have a new password. Wherever else you had signed in, you no longer are.")
            return HttpResponseRedirect(reverse("admin:index"))
    return page(request, "admin/password_change.html", "Change your password", form=form)


@require_http_methods(READ_OR_POST)
def sessions(request: StaffRequest) -> HttpResponse:
    """Where one is signed in, in browsers and through the API; each can be ended."""
    here = UUID(request.session[sign_in.SESSION_KEY])
    if request.method == "POST":
        return _end_sessions(request, here)
    running = within(SignIn.objects.all(), request.user, SignIn.permission("view")).filter(
        user=request.user,
        ended_at=None,
        expires_at__gt=timezone.now(),
        password_stamp=request.user.get_session_auth_hash(),
    )
    rows = [
        {"sign_in": row, "device": device(row.user_agent), "here": row.pk == here}
        for row in running.order_by("-last_used_at")
    ]
    rows.sort(key=lambda row: not row["here"])
    return page(request, "admin/sessions.html", "Your sessions", rows=rows)


def _end_sessions(request: StaffRequest, here: UUID) -> HttpResponse:
    if "others" in request.POST:
        count = services.end_sign_ins(request.user, by=request.user, keep=here)
        messages.success(request, f"{count} other session{'' if count == 1 else 's'} ended.")
        return HttpResponseRedirect(request.path)
    try:
        key = UUID(request.POST.get("end", ""))
        services.end_sign_in(key, by=request.user)
    except ValueError:
        messages.error(request, "There is no such session.")
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if key == here:
            sign_in.end_in_browser(request)
        messages.success(request, "The session has ended.")
    return HttpResponseRedirect(request.path)


@sensitive_post_parameters()
@require_http_methods(READ_OR_POST)
def second_factor_page(request: StaffRequest) -> HttpResponse:
    """Set up, renew the recovery codes of, or take away one's own second factor."""
    row = SecondFactor.objects.filter(user=request.user).first()
    try:
        if row is None:
            return _enrolment(request)
        return _enrolled(request, row)
    except Throttled as throttled:
        return sign_in.too_many(request, throttled)


def _enrolment(request: StaffRequest) -> HttpResponse:
    secret = _pending_secret(request)
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.slow_down(request.user)
        try:
            codes = second_factor.enrol(request.user, secret, form.cleaned_data["code"], by=request.user)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            del request.session[PENDING]
            return _show_codes(request, codes)
    picture = segno.make(second_factor.address(secret, request.user), error="m", micro=False)
    context: dict[str, Any] = {
        "form": form,
        # segno's own drawing of an address whose parts are percent-encoded.
        "picture": mark_safe(picture.svg_inline(scale=5, border=4, dark="#000", light="#fff")),  # noqa: S308
        "secret": second_factor.as_text(secret),
        "required": request.user.lacks_second_factor,
    }
    return page(request, "admin/second_factor_enrol.html", "Set up a second factor", **context)


def _pending_secret(request: StaffRequest) -> str:
    """The secret on the page: the same while somebody is at it."""
    try:
        return unseal(request.session[PENDING])
    except (KeyError, Unreadable):
        secret = second_factor.new_secret()
        request.session[PENDING] = seal(secret)
        return secret


def _enrolled(request: StaffRequest, row: SecondFactor) -> HttpResponse:
    do = request.POST.get("do", "")
    renewal = RenewForm(request.POST if do == "renew" else None, auto_id="renew_%s")
    disabling = DisableForm(request.POST if do == "disable" else None, auto_id="disable_%s")
    try:
        if do == "renew" and renewal.is_valid():
            sign_in.prove_second_factor(request, request.user, renewal.cleaned_data["code"])
            return _show_codes(request, second_factor.renew_codes(request.user, by=request.user))
        if do == "disable" and disabling.is_valid():
            sign_in.prove_oneself(request, request.user, **disabling.cleaned_data)
            second_factor.disable(request.user, by=request.user)
            messages.success(request, "Your second factor is gone: the password alone lets you in.")
            return HttpResponseRedirect(request.path)
    except Refused as refusal:
        (renewal if do == "renew" else disabling).refuse(refusal)
    context: dict[str, Any] = {"row": row, "left": len(row.recovery_codes), "renewal": renewal, "disabling": disabling}
    return page(request, "admin/second_factor.html", "Your second factor", **context)


def _show_codes(request: StaffRequest, codes: list[str]) -> HttpResponse:
    """The recovery codes, in the answer itself: they are kept nowhere from which a second page could read them."""
    return page(request, "admin/recovery_codes.html", "Your recovery codes", codes=codes)


def reset_second_factor(request: StaffRequest, user: User) -> HttpResponse:
    """Take away somebody else's, who has lost it: asks first."""
    if not request.user.is_superuser:
        raise PermissionDenied
    back = HttpResponseRedirect(reverse("admin:tenancy_user_change", args=[user.pk]))
    if request.method == "POST":
        if second_factor.reset(user, by=request.user):
            messages.success(request, f"{user.email} has no second factor any more, and is signed out everywhere.")
        else:
            messages.warning(request, f"{user.email} has no second factor.")
        return back
    return page(
        request, "admin/second_factor_reset.html", f"Reset the second factor of {user}", person=user, original=user
    )
