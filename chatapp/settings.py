"""Django's settings. Whatever a deployment may change comes from `environment`; the rest is the product."""

import logging

import environ
from django.http.request import split_domain_port

from chatapp import database, languages
from chatapp import environment as env
from chatapp.logs import logging_for
from conversations import redis_link

BASE_DIR = env.BASE_DIR
ENVIRONMENT = env.read()

SECRET_KEY = ENVIRONMENT.secret_key
ENCRYPTION_KEYS = ENVIRONMENT.encryption_keys
DEBUG = False
PUBLIC_ORIGINS = ENVIRONMENT.public_origins
ALLOWED_HOSTS = sorted({split_domain_port(origin.split("://", 1)[1])[0] for origin in PUBLIC_ORIGINS})
CSRF_TRUSTED_ORIGINS = PUBLIC_ORIGINS
SUPPORT_CONTACT = ENVIRONMENT.support_contact
BUDGET_TIME_ZONE = ENVIRONMENT.budget_time_zone
TIMINGS = ENVIRONMENT.timings
PARALLEL_REPLIES_PER_PERSON = ENVIRONMENT.parallel_replies
AUTOMATIC_TITLES = ENVIRONMENT.automatic_titles
FAULT_POINTS_DIR = ENVIRONMENT.fault_points_dir

INSTALLED_APPS = [
    "servestatic.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "csp",
    "django_structlog",
    "chatapp",
    "accounts",
    "conversations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chatapp.static_files.StaticFiles",
    # A page of sixty turns is 300 kB of markup, and a tenth of that compressed. Its length tells nobody what is in it:
    # Django adds bytes at random, and what is searched for is not compressed.
    "chatapp.middleware.Compression",
    "chatapp.middleware.page_policy",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # the browser's language, of those that we have
    "chatapp.middleware.readers_zone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chatapp.middleware.RequestLog",
]
ROOT_URLCONF = "chatapp.urls"
ASGI_APPLICATION = "chatapp.asgi.application"
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
                "chatapp.languages.pages.spoken",
                "accounts.context.site",
                "conversations.context.sidebar",
            ],
        },
    }
]

# --- Postgres: the truth -------------------------------------------------------------------------------

# A statement or a lock that takes longer than this is a fault, not patience.
_SESSION_LIMITS = (
    "-c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=15000"
)
DATABASES = {"default": environ.Env.db_url_config(ENVIRONMENT.database_url)}
DATABASES["default"]["ENGINE"] = "chatapp.database"
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "options": _SESSION_LIMITS,
    # While Postgres is away a page says so after three seconds, and works again within one of its return.
    "pool": {
        "min_size": 0,
        "max_size": 12,
        "timeout": 3,
        "reconnect_timeout": 2,
        "connection_class": database.Connection,
    },
    "connect_timeout": 3,
    # A server that vanished without a word is missed, also by connections that only listen.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}
# A connection that died with a restarted server is noticed when it is taken, not by the page that gets it.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Channels' live tests on Linux look for "test_test_…" unless the name is said.
DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: the live tail, hints, rate limits ------------------------------------------------------------

REDIS_URL = ENVIRONMENT.redis_url
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Without socket_timeout=None redis-py 8 closes every idle subscriber after five seconds.
        "CONFIG": {
            "hosts": [{**redis_link.options(REDIS_URL), "socket_timeout": None}],
            "prefix": "hints",
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "chatapp.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotLikeThePerson"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "user_token": "accounts.forms.ResetTokenForm",
}
# allauth's own generator looks into (and fills) its table of addresses, which we do not use.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_USER_DISPLAY = "accounts.models.user.display_name_of"
# Our own ASGI wrapper settles the client's address before Django sees the request (TRUSTED_PROXIES).
ALLAUTH_TRUSTED_PROXY_COUNT = 0

_COOKIE_PREFIX = "__Host-" if ENVIRONMENT.is_https else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}parley_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}parley_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "chatapp.errors.csrf_failure"

# --- Mail ---------------------------------------------------------------------------------------------------

MAIL_IS_ON = bool(ENVIRONMENT.email_url)
if MAIL_IS_ON:
    vars().update(environ.Env.email_url_config(ENVIRONMENT.email_url))
    # Servers refuse senders they do not know: the account that we sign in with, where it is an address.
    _account = environ.Env.email_url_config(ENVIRONMENT.email_url).get("EMAIL_HOST_USER") or ""
    DEFAULT_FROM_EMAIL = _account if "@" in _account else f"parley@{ALLOWED_HOSTS[0]}"
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# --- What a browser may do ----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],  # where diagrams are drawn (conversations.views.diagrams)
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["parley"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENVIRONMENT.is_https:
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
LARGEST_BODY_BYTES = 6 * 1024 * 1024  # of one request; the longest message is 4 MB (conversations.forms)
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BODY_BYTES

# --- Files, words, logs -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist", BASE_DIR / "static" / "public"]
STATIC_ROOT = ENVIRONMENT.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatapp.static_storage.StaticFilesStorage"},
}
SERVESTATIC_SKIP_COMPRESS_EXTENSIONS = ("map", "txt", "woff2", "png", "br", "gz")
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_CODE = languages.SOURCE
LANGUAGES = languages.offered(BASE_DIR / "locale")
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = logging_for()
DJANGO_STRUCTLOG_STATUS_5XX_LOG_LEVEL = (
    logging.WARNING
)  # what raised is logged by itself; the rest is "not now"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the address is unique whatever its case, by a constraint on lower(email)
    "security.W004",  # HSTS, SSL redirect and secure cookies follow PUBLIC_ORIGINS: a plain-http LAN works
    "security.W008",
    "security.W012",
    "security.W016",
    "security.W005",
    "security.W021",
]
