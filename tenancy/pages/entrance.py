"""Coming in: password, second factor, sign-out, and a new password by mail."""

import time
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic.edit import FormView
from rest_framework.exceptions import AuthenticationFailed, Throttled

from assignhub.errors import Refused
from assignhub.proxies import client_address
from assignhub.throttling import limit
from tenancy import services, sign_in, tasks
from tenancy.models import User
from tenancy.pages.forms import AskForResetForm, CodeForm, NewPasswordForm, SignInForm

# Who has given the right password, and has this long to give the code as well.
HALFWAY = "halfway"
HALFWAY_SECONDS = 300
# Where the link of a mail is kept between opening it and setting the password, so that it stands in no address.
LINK = "password_reset"


def page(request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the admin that belongs to no model."""
    shared = admin.site.each_context(request) | {"title": title}
    return TemplateResponse(request, template, shared | context, status=status)


class SignInPage(LoginView):
    """The password. Whoever has a second factor goes on to the code; a session begins after that only."""

    authentication_form = SignInForm
    template_name = "admin/login.html"

    def get(self, request, *args, **kwargs):
        if admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.get_user()
        onwards = self.get_success_url()
        if user.has_second_factor:
            self.request.session[HALFWAY] = {
                "user": str(user.pk),
                "stamp": user.get_session_auth_hash(),
                "until": time.time() + HALFWAY_SECONDS,
            }
            return HttpResponseRedirect(f"{reverse('admin:login_code')}?{urlencode({'next': onwards})}")
        try:
            sign_in.begin_in_browser(self.request, user)
        except AuthenticationFailed:
            form.add_error(None, form.get_invalid_login_error())
            return self.form_invalid(form)
        return HttpResponseRedirect(onwards)

    def get_context_data(self, **kwargs):
        shared = admin.site.each_context(self.request) | {"title": "Sign in", "app_path": self.request.get_full_path()}
        return super().get_context_data(**kwargs) | shared


class CodePage(RedirectURLMixin, FormView):
    """The second step: a code, within five minutes of the password."""

    form_class = CodeForm
    template_name = "admin/login_code.html"
    next_page = "admin:index"
    user: User

    def dispatch(self, request, *args, **kwargs):
        user = self.halfway(request)
        if user is None:
            request.session.pop(HALFWAY, None)
            return HttpResponseRedirect(reverse("admin:login"))
        self.user = user
        try:
            return super().dispatch(request, *args, **kwargs)
        except Throttled as throttled:
            return sign_in.too_many(request, throttled)

    @staticmethod
    def halfway(request) -> User | None:
        """Whose password was right a moment ago; None when it is too long ago, or was changed since."""
        kept = request.session.get(HALFWAY)
        if kept is None or kept["until"] < time.time():
            return None
        user = User.objects.filter(pk=kept["user"], is_active=True).first()
        return user if user is not None and user.get_session_auth_hash() == kept["stamp"] else None

    def form_valid(self, form):
        try:
            sign_in.prove_second_factor(self.request, self.user, form.cleaned_data["code"])
            del self.request.session[HALFWAY]
            sign_in.begin_in_browser(self.request, self.user)
        except Refused as refusal:
            form.refuse(refusal)
            return self.form_invalid(form)
        except AuthenticationFailed:
            return HttpResponseRedirect(reverse("admin:login"))
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs):
        shared = admin.site.each_context(self.request) | {
            "title": "Enter your code",
            "app_path": self.request.get_full_path(),
            "next": self.get_redirect_url(),
            "person": self.user,
        }
        return super().get_context_data(**kwargs) | shared


@require_POST
@csrf_protect
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    sign_in.end_in_browser(request)
    messages.success(request, "You have signed out.")
    return HttpResponseRedirect(reverse("admin:login"))


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@never_cache
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Have the worker mail a link, if there is such an account; nothing here depends on whether there is one."""
    form = AskForResetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "admin/password_reset.html", "Forgotten your password?", form=form)
    email = form.cleaned_data["email"].lower()
    try:
        limit("password-reset", client_address(request))
        limit("password-reset", email[:80])
    except Throttled as throttled:
        return sign_in.too_many(request, throttled)
    tasks.mail_password_reset.enqueue(email)
    return HttpResponseRedirect(reverse("admin:password_reset_done"))


@never_cache
def reset_asked_for(request: HttpRequest) -> HttpResponse:
    return page(request, "admin/password_reset_done.html", "Look into your mail")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@never_cache
def reset_password(request: HttpRequest) -> HttpResponse:
    """Where the link in the mail leads: `?user=…&token=…`, in the query because paths are logged.

    The link moves into the session, and the page is asked for again without it.
    """
    if "token" in request.GET:
        request.session[LINK] = {"user": request.GET.get("user", ""), "token": request.GET["token"]}
        return HttpResponseRedirect(request.path)
    user = _holder_of(request.session.get(LINK) or {})
    if user is None:
        return page(request, "admin/password_reset_dead.html", "This link no longer works", status=410)
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        stamp = user.get_session_auth_hash()
        try:
            services.users.reset_password(user, form.cleaned_data["new_password1"], stamp=stamp)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            sign_in.end_in_browser(request)
            messages.success(request, "You have a new password. Please sign in with it.")
            return HttpResponseRedirect(reverse("admin:login"))
    return page(request, "admin/password_reset_new.html", "Choose a new password", form=form, person=user)


def _holder_of(link: dict[str, str]) -> User | None:
    """The active account a link was mailed to; None when it was used, is too old, or is none of ours."""
    try:
        key = User._meta.pk.to_python(link.get("user", ""))
    except ValidationError:
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    return user if user is not None and default_token_generator.check_token(user, link["token"]) else None


def reset_link(user: User) -> str:
    """The address a mail carries; it leads to the origin that settings name, whatever host was asked."""
    query = urlencode({"user": str(user.pk), "token": default_token_generator.make_token(user)})
    return f"{settings.SITE_ORIGIN}{reverse('admin:password_reset_confirm')}?{query}"


sign_in_page = method_decorator(never_cache, name="dispatch")(SignInPage).as_view()
code_page = method_decorator([never_cache, csrf_protect, sensitive_post_parameters()], name="dispatch")(
    CodePage
).as_view()
