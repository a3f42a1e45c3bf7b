"""All settings. The environment is read here and nowhere else; ``.env.example`` lists it.

With the embedded SQLite database everything has a safe local value. With any other
database a missing or weak value stops the start and is named, unless ``DEBUG=1``.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import wiring
from config.build import build_id

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)
BUILD_ID = build_id(BASE_DIR)

TILE_PARTS = ("{z}", "{x}", "{y}")

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)

DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
EMBEDDED = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
LOCAL = EMBEDDED or DEBUG


def made_once(name: str, make) -> str:
    """A secret for local use: made at the first start and kept readable for its owner alone.

    Of two processes that start together the first one's is kept: it appears whole or not at all.
    """
    path = VAR_DIR / name
    if not path.exists():
        draft = VAR_DIR / f"{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(make())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def required(name: str, local: str) -> str:
    """The setting ``name``, or ``local`` on the embedded database; else stop and say its name."""
    value = env.str(name, "")
    if value:
        return value
    if LOCAL:
        return local
    raise ImproperlyConfigured(f"Set {name}: it has no safe default outside the demonstration.")


# Security ---------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY", "") or (
    made_once("secret_key", lambda: secrets.token_urlsafe(64)) if LOCAL else ""
)
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Set SECRET_KEY to at least 50 random characters.")
# Encrypts what must not be read from a copy of the database: the second-factor secrets.
SECRETS_KEY = env.str("SECRETS_KEY", "") or (
    made_once("secrets_key", lambda: Fernet.generate_key().decode()) if LOCAL else ""
)
try:
    Fernet(SECRETS_KEY)
except ValueError as exc:
    raise ImproperlyConfigured(
        "Set SECRETS_KEY to a Fernet key: 32 random bytes, URL-safe base64."
    ) from exc

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if LOCAL else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names that the portal answers to.")
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
OVER_TLS = SITE_URL.startswith("https://")
# The number of proxies in front that set X-Forwarded-For and X-Forwarded-Proto.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = OVER_TLS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = OVER_TLS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OVER_TLS
SESSION_ENGINE = "teams.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60  # teams.sessions.LASTS, which ends those of staff
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Applications -------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "neighbourhoods",
    "teams",
    "priorities",
    "feedback",
    "reports",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "neighbourhoods.middleware.api_for_all",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.no_large_body",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "teams.middleware.end_old_sessions",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "teams.middleware.put_names_in_answers",
    "config.middleware.no_nul_in_path",
]
ROOT_URLCONF = "config.urls"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.context_processors.portal",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("portal",)
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = False

# Database, cache, sessions --------------------------------------------------------------

if EMBEDDED:
    # Deferred transactions lose concurrent writes to "database is locked"; these wait their turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=wal; PRAGMA synchronous=normal; PRAGMA foreign_keys=on;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        # What is asked often is planned once for each connection; see docs/operations.md on pools.
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Room for the PDFs of a force's bulletins: culling would lift the limits on tries.
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Sign-in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "teams.User"
SAFETY_STAMP_MODEL = "teams.SafetyStamp"
AUTHENTICATION_BACKENDS = ["teams.adapter.accounts.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reports:staff_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "neighbourhoods:find_my_team"
ACCOUNT_ADAPTER = "teams.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation was mailed there and came back
ACCOUNT_USER_DISPLAY = "teams.adapter.display_name"
ACCOUNT_SESSION_REMEMBER = False
# A station signs in from one address when its shift begins, so it is wrong tries that are few.
ACCOUNT_RATE_LIMITS = {"login": "100/m/ip", "login_failed": "10/m/ip,5/5m/key"}
CODE_RATE_LIMITS = {"code": "10/m/ip,5/5m/key", "code_anywhere": "100/d/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_FORMS = {
    "login": "teams.forms.sign_in.SignInForm",
}
# Single sign-on: the one issuer whose word is taken. Unset: local accounts alone.
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
if len({bool(OIDC_ISSUER), bool(OIDC_CLIENT_ID), bool(OIDC_CLIENT_SECRET)}) > 1:
    raise ImproperlyConfigured("Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none.")
SOCIALACCOUNT_ADAPTER = "teams.adapter.IssuerAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
MFA_FORMS = {
    "authenticate": "teams.forms.sign_in.CodeForm",
    "authenticate_webauthn": "teams.forms.passkeys.PasskeyForm",
    "activate_totp": "teams.forms.sign_in.EnrolForm",
}
MFA_ADAPTER = "teams.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a finger, a face or a PIN: two factors in one
MFA_TOTP_TOLERANCE = 1  # a code typed as it changes still counts (RFC 6238 §5.2)
MFA_TOTP_ISSUER = "Neighbourhood Policing Portal"

# Languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True

# Static files --------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
STATIC_ROOT = VAR_DIR / "static"
# Officers' photos, written and read by the portal alone: no address leads to the folder.
MEDIA_ROOT = required("MEDIA_ROOT", str(VAR_DIR / "media"))
# No body is larger: it is refused before it is read. Uploads stay in memory, so what a phone
# writes into a photo beside the picture never reaches a disk.
MAX_BODY_BYTES = FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail --------------------------------------------------------------------------------------

MAIL_DIR = VAR_DIR / "mail"
vars().update(env.email_url_config(required("EMAIL_URL", f"filemail:///{MAIL_DIR}")))
EMAIL_TIMEOUT = 10  # Django waits for ever by default: one silent relay would hold every worker
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "portal@example.org")

# Background work -----------------------------------------------------------------------------

# Redis is a doorbell: what is due is a row. Without it ``tick`` does all the work.
CELERY_BROKER_URL = env.str("REDIS_URL", "") or None
CELERY_TIMEZONE = "UTC"  # in a zone with summer time beat stops when clocks go back
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 2,  # a broker that says nothing holds a save no longer than this
    "socket_keepalive": True,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {"tick": {"task": "config.tick", "schedule": 60}}

# Read API ------------------------------------------------------------------------------------

# 15 a second from one network, 30 at once. Each process counts for itself.
API_RATE = "30 per 2 seconds"

# Map ---------------------------------------------------------------------------------------

# Unset: residents see the outline alone, and no page loads anything from another host.
MAP_TILE_URL = env.str("MAP_TILE_URL", "")
MAP_ATTRIBUTION = env.str("MAP_ATTRIBUTION", "")
if MAP_TILE_URL and not (
    MAP_TILE_URL.startswith("https://") and all(part in MAP_TILE_URL for part in TILE_PARTS)
):
    raise ImproperlyConfigured("Set MAP_TILE_URL to https://… with {z}, {x} and {y}, or unset it.")

# Voting ------------------------------------------------------------------------------------

# One file for each round, outside the database: a copy of either does not say who voted.
ROUND_KEY_DIR = required("ROUND_KEY_DIR", str(VAR_DIR / "round_keys"))

# What has to outlive the database, or tell that a copy of it is older: append-only files.
LEDGER_DIR = required("LEDGER_DIR", str(VAR_DIR / "ledger"))

NEWS = wiring.NEWS
WITH_NAMES = wiring.WITH_NAMES
REPLAYS = wiring.REPLAYS
JOBS = wiring.JOBS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
