"""Django's settings, made from the region folder and a few variables of the environment (docs: how-to/serve).

MERATA_REGION    the region's folder; `merata serve FOLDER` sets it
MERATA_DATABASE  a database's address, postgresql://user@host/name; without it web.sqlite3 in the region's folder
MERATA_SITE      the address that people type, https://…; with https the site insists on it; else where it is served
MERATA_MAIL      smtp://user:password@host:port; without it letters are printed where the server runs
MERATA_FROM      the address that letters come from
MERATA_SMS_…     a gateway of SMS: URL, BODY and HEADER send, SECRET receives, NUMBER is our own (docs: how-to/sms)
MERATA_HOOK…     an address that news of cases are posted to, and the SECRET that signs them (docs: how-to/cases)
MERATA_BESIDE    set where other regions' sites run beside this one: it answers to its own name only
MERATA_METRICS_TOKEN  whoever sends it may read /metrics; without it this machine only (docs: how-to/operate)
MERATA_BACKUPS   the folder that backups are put into, so that /metrics and `merata doctor` say how old the newest is
MERATA_SECURITY  whom to tell of a hole in the site: an e-mail address or https://… (docs: how-to/serve)
MERATA_LOG_KEY   the file of the key that signs the log that nobody can rewrite (docs: how-to/log)
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

from merata.web import configure, configure_ways

REGION = Path(os.environ.get("MERATA_REGION", "."))
SITE = (os.environ.get("MERATA_SITE") or configure.address(REGION)).rstrip("/")
SECURE = SITE.startswith("https://")

SECRET_KEY = configure.secret_key(REGION)
DEBUG = False
ALLOWED_HOSTS = [urlsplit(SITE).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
# By the machine's own names browsers would bring one site's cookies to another.
if os.environ.get("MERATA_BESIDE"):
    ALLOWED_HOSTS = ALLOWED_HOSTS[:1]
CSRF_TRUSTED_ORIGINS = [SITE]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "merata.web",
]
MIDDLEWARE = [
    "merata.web.operate.counted.counted",
    "merata.web.strangers.bodies",
    "django.middleware.security.SecurityMiddleware",
    "merata.web.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "merata.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "merata.web.middleware.sessions_end",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "merata.web.urls"
WSGI_APPLICATION = "merata.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"environment": "merata.web.page.environment"},
    },
    {
        # For the pages of libraries only; all of Merata's own are Jinja's, as those of the report.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

DATABASES = {"default": configure.database(os.environ.get("MERATA_DATABASE", ""), REGION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # What is counted against guessing and floods: by all processes together. So many entries that nobody washes a
    # count out by making others.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_counts",
        "TIMEOUT": 900,
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Pages that are made already: each process has its own.
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 4000}},
    # Those with a question in their address, of which anybody can make up as many as they like: few, and apart, so that
    # they neither fill the memory nor push out the others.
    "asked": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "asked",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}
TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
    "letters": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["letters"]},
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Asia/Makassar"  # WITA on pages; stored in UTC

STATIC_URL = "/static/"
STATICFILES_DIRS = [("leaflet", configure.leaflet())]
STATIC_ROOT = REGION / ".merata" / "web" / "static"
WHITENOISE_ROOT = Path(__file__).parent / "root"  # what must lie at the top: the service worker
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "merata.web.static_files.Storage"},
}
MEDIA_ROOT = REGION / "photographs"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "merata.web.staff.uploads.Capped",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

AUTH_USER_MODEL = "web.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# As NIST SP 800-63B-4 has it: long, not a common one, nothing of oneself; no rules of kinds of letters, no expiry.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "merata.web.passwords.NotOwnWords"},
]
LOGIN_URL = "account_login"  # /akun/masuk/, or /en/akun/masuk/ from an English page
LOGIN_REDIRECT_URL = "id:desk"
ACCOUNT_ADAPTER = "merata.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation is taken up by who reads its letter
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Merata: "
ACCOUNT_FORMS = {"reset_password": "merata.web.staff.accounts_forms.ForgottenForm"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets a letter who has no account
ACCOUNT_TEMPLATE_EXTENSION = "html.j2"
# Wrong passwords are counted by axes for an address and a machine; these are for whole machines and whole accounts.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "60/m/ip,50/h/key",
    "reset_password": "20/h/ip,3/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE else 0
MFA_ADAPTER = "merata.web.accounts.SecondFactor"
SECOND_FACTOR = configure.second_factor(REGION)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Merata"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "merata.web.accounts.login_name"
AXES_CLIENT_IP_CALLABLE = "merata.web.accounts.client_address"
AXES_LOCKOUT_CALLABLE = "merata.web.accounts.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who logged in from where is not kept
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 8 * 3600  # a working day after logging in, however much it is used
SESSION_UNUSED_AGE = 3600  # sooner when nobody is there (merata.web.middleware)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:  # names that a browser takes from this very host and by https only
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [
    r"^api/v1/.",  # programs are told, not led: merata.web.middleware
    r"^(sehat/|metrics$)",  # asked for from this machine itself, past the proxy
]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "merata.web.errors.forged"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": configure.security_policy()}

EMAIL = configure.mail(os.environ.get("MERATA_MAIL", ""))
EMAIL_BACKEND = EMAIL.backend
EMAIL_HOST, EMAIL_PORT = EMAIL.host, EMAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL.user, EMAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.starttls, EMAIL.tls
EMAIL_TIMEOUT = 30  # s
DEFAULT_FROM_EMAIL = os.environ.get("MERATA_FROM", "merata@localhost")

LOG_KEY = os.environ.get("MERATA_LOG_KEY", "")
SECURITY_CONTACT = configure_ways.contact(os.environ.get("MERATA_SECURITY", ""))

WAYS = configure_ways.ways(os.environ)
METRICS_TOKEN = configure_ways.secret(os.environ.get("MERATA_METRICS_TOKEN", ""), "MERATA_METRICS_TOKEN")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "filters": {"harmless": {"()": "merata.web.logs.Harmless"}},
    "handlers": {"screen": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["harmless"]}},
    # At the root, in place of the command's own handler, if a command started the site: each line comes once.
    "root": {"handlers": ["screen"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "WARNING"},
        "merata": {
            "level": logging.getLogger("merata").level or "WARNING"
        },  # all, where --verbose asked for it
        "merata.web.security": {"level": "INFO"},
        "axes": {"level": "ERROR"},
    },
}
