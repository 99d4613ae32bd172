"""One settings file. Every value comes from the environment; `.env.example` lists and explains them all.

With an empty environment AssignHub runs on this machine alone: SQLite and generated keys in `var/`, answering only
to localhost. `ASSIGNHUB_ENV=production` refuses to start until everything a deployment needs has been given.
"""

import secrets
from datetime import timedelta
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from assignhub.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

ENVIRONMENT = env.str("ASSIGNHUB_ENV", default="local")
if ENVIRONMENT not in ("local", "production"):
    raise ImproperlyConfigured(f"ASSIGNHUB_ENV is “{ENVIRONMENT}”; it must be “local” or “production”.")
PRODUCTION = ENVIRONMENT == "production"

if PRODUCTION and (missing := [
    name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "ENCRYPTION_KEYS", "DATABASE_URL") if not env.str(name, default="")
]):  # fmt: skip
    raise ImproperlyConfigured(f"Production needs these environment variables: {', '.join(missing)}.")


def local_key(name: str, generate) -> str:
    """A key for this machine, made on first use and kept in `var/`, readable by its owner only."""
    path = VAR_DIR / name
    VAR_DIR.mkdir(exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(generate())
        try:
            path.hardlink_to(fresh)  # atomic: of two processes that start together, one key wins
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text()


# --- Security ---------------------------------------------------------------------------------------------------------

DEBUG = False
DEFAULT_EXCEPTION_REPORTER_FILTER = "assignhub.handlers.SilentReporterFilter"
SECRET_KEY = env.str("SECRET_KEY", default="") or local_key("secret_key", lambda: secrets.token_urlsafe(64))
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(f"SECRET_KEY has {len(SECRET_KEY)} characters; it needs at least 50 random ones.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_EXPOSE_HEADERS = ["X-Total-Count", "X-Request-ID", "Retry-After", "ETag"]
CORS_ALLOW_HEADERS = [*default_headers, "if-match"]

# Secrets at rest are sealed with the first key and opened with any, so a key can be rotated.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[]) or [
    local_key("encryption_key", lambda: Fernet.generate_key().decode())
]
for position, key in enumerate(ENCRYPTION_KEYS, start=1):
    try:
        Fernet(key)
    except ValueError as error:
        raise ImproperlyConfigured(f"ENCRYPTION_KEYS: key {position} is not a Fernet key: {error}") from None

USE_HTTPS = PRODUCTION and env.bool("USE_HTTPS", default=True)
SECURE_SSL_REDIRECT = USE_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if USE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = USE_HTTPS
SECURE_HSTS_PRELOAD = USE_HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USE_HTTPS
X_FRAME_OPTIONS = "DENY"

# How many proxies stand in front; zero trusts no forwarded header.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "assignhub.apps.HubConfig",
    "tenancy",
    "ai_features",
    "scheduling",
    "founders",
    "tasks",
    "assignhub.apps.HubAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "assignhub.middleware.request_context",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "assignhub.middleware.content_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "assignhub.middleware.request_limits",
    "assignhub.browsing.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenancy.authentication.BrowserAuthentication",
    "assignhub.browsing.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "assignhub.urls"
WSGI_APPLICATION = "assignhub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'var' / 'assignhub.sqlite3'}"
# Lets several test runs share a machine.
TEST_DATABASE_SUFFIX = env.str("TEST_DATABASE_SUFFIX", default="")
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A service reads, judges, then writes: taking the write lock at BEGIN keeps its reading true.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }
    # Opening the file anew for each request would take as long as answering it.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # Tests use a file, as production does: a database in memory has other locks.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / f"test{TEST_DATABASE_SUFFIX}.sqlite3"}
else:
    DATABASES["default"]["ENGINE"] = "assignhub.postgresql"
    # Kept statements are prepared by the server; a pooler that hands out connections by transaction may not allow it.
    DATABASES["default"]["PREPARE"] = env.bool("DATABASE_PREPARE", default=True)
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 15, "options": "-c lock_timeout=15s"}
    # Each of a server's few threads keeps its own; to borrow one of a pool takes a twelfth of reading a row.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}{TEST_DATABASE_SUFFIX}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="AssignHub <assignhub@localhost>")
# Where links in mails lead. The Host header would do for honest callers only.
SITE_ORIGIN = env.str("SITE_ORIGIN", default="").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0].removeprefix('.')}" if PRODUCTION and ALLOWED_HOSTS else "http://127.0.0.1:8000"
)
PASSWORD_RESET_TIMEOUT = 3600

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=15)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_TOKEN_DAYS", default=14)),
    "SIGNING_KEY": SECRET_KEY,
}

# Seed contract, section 3: five wrong passwords lock that account and address for 30 minutes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "assignhub.proxies.client_address"
AXES_USERNAME_CALLABLE = "tenancy.authentication.account_name"
AXES_LOCKOUT_CALLABLE = "tenancy.sign_in.locked_page"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- API --------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenancy.authentication.SignInAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["assignhub.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["assignhub.wire.Renderer"],
    "DEFAULT_PARSER_CLASSES": ["assignhub.wire.Parser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "assignhub.wire.Negotiation",
    "DEFAULT_FILTER_BACKENDS": ["assignhub.filtering.Filtering"],
    "DEFAULT_THROTTLE_CLASSES": ["assignhub.throttling.UserThrottle"],
    "DEFAULT_SCHEMA_CLASS": "assignhub.schema.HubSchema",
    "EXCEPTION_HANDLER": "assignhub.handlers.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,
}

# Requests per window; an empty value lifts the limit. Counted exactly across processes (`assignhub/throttling.py`).
RATE_LIMITS = {
    "api": env.str("RATE_LIMIT_API", default="1200/minute" if REDIS_URL else ""),
    "sign-in": env.str("RATE_LIMIT_SIGN_IN", default="30/minute"),
    # Seed 004, "Rate Limiting".
    "tasks": env.str("RATE_LIMIT_TASKS", default="100/minute"),
    "checklist-generation": env.str("RATE_LIMIT_CHECKLIST_GENERATION", default="10/minute"),
    "second-factor": env.str("RATE_LIMIT_SECOND_FACTOR", default="30/hour"),
    "password-reset": env.str("RATE_LIMIT_PASSWORD_RESET", default="10/hour"),
}

API_MAX_BODY_BYTES = env.int("API_MAX_BODY_BYTES", default=4 * 1024 * 1024)
API_MAX_JSON_DEPTH = env.int("API_MAX_JSON_DEPTH", default=32)
DATA_UPLOAD_MAX_MEMORY_SIZE = API_MAX_BODY_BYTES

# --- AI ---------------------------------------------------------------------------------------------------------------

# Hosts (or host:port) that may be endpoints although they are in our own network.
AI_ALLOWED_HOSTS = env.list("AI_ALLOWED_HOSTS", default=[])
AI_CA_FILE = env.str("AI_CA_FILE", default="")
AI_BREAKER_THRESHOLD = env.int("AI_BREAKER_THRESHOLD", default=5)
AI_BREAKER_COOLING_SECONDS = env.float("AI_BREAKER_COOLING_SECONDS", default=60)
AI_TEST_SECONDS = env.float("AI_TEST_SECONDS", default=20)
AI_MAX_RESPONSE_BYTES = env.int("AI_MAX_RESPONSE_BYTES", default=1024 * 1024)
AI_RETIREMENT_NOTICE_DAYS = env.int("AI_RETIREMENT_NOTICE_DAYS", default=90)
AI_STORE_PROMPTS = env.bool("AI_STORE_PROMPTS", default=False)
AI_USAGE_DAYS = env.int("AI_USAGE_DAYS", default=400)

SPECTACULAR_SETTINGS = {
    "TITLE": "AssignHub",
    "DESCRIPTION": "Who is assigned to what.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/",
    "ENUM_NAME_OVERRIDES": {
        "RoleTypeEnum": "assignhub.permissions.TENANT_RANKS",
        "ProviderTypeEnum": "ai_features.models.Provider.Type",
        "AssignmentStatusEnum": "scheduling.models.Assignment.Status",
        "ScheduleStatusEnum": "scheduling.models.Schedule.Status",
    },
}

# --- Pages ------------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


def favicon(request) -> str:
    return static("assignhub/favicon.svg")


def stylesheet(request) -> str:
    return static("assignhub/entrance.css")


def script(request) -> str:
    return static("assignhub/entrance.js")


UNFOLD = {
    "SITE_TITLE": "AssignHub",
    "SITE_HEADER": "AssignHub",
    "SITE_SUBHEADER": "Who is assigned to what",
    "SITE_SYMBOL": "hub",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": favicon}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "assignhub.dashboard.fill",
    "SIDEBAR": {"show_search": True, "navigation": "assignhub.navigation.sidebar"},
    "STYLES": [stylesheet],
    "SCRIPTS": [script],
    "ACCOUNT": {
        "navigation": [
            {"title": "Your sessions", "link": reverse_lazy("admin:sessions")},
            {"title": "Second factor", "link": reverse_lazy("admin:second_factor")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ]
    },
}

LOGGING = logging_config(as_json=PRODUCTION, level=env.str("LOG_LEVEL", default="INFO"))
