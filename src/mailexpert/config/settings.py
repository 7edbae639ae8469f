"""Every setting of MailExpert. What differs between installations comes from the environment; nothing else does."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from mailexpert.base import env, keys

ENV = env.load()
SOURCE = Path(__file__).parents[1]


def database_url() -> str:
    if ENV.database_url:
        return ENV.database_url
    from mailexpert.operations.postgres import dsn

    return dsn(ENV)


def database(url: str) -> dict[str, object]:
    """A PostgreSQL URL as Django's settings; `?host=/run/…` names a socket folder."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "mailexpert.core.database",
        "NAME": unquote(parts.path.lstrip("/")) or "mailexpert",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {name: unquote(value) for name, value in query.items()},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DEBUG = False
SECRET_KEY = keys.derive("django").hex()
ALLOWED_HOSTS = sorted({urlsplit(ENV.base_url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [ENV.base_url]
ROOT_URLCONF = "mailexpert.config.urls"
WSGI_APPLICATION = "mailexpert.config.wsgi.application"

DATABASES = {"default": database(database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Attempts are counted over all web processes together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_memory",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

INSTALLED_APPS = [
    "mailexpert.core",
    "mailexpert.accounts",
    "mailexpert.sending",
    "mailexpert.privacy",
    "mailexpert.tracking",
    "mailexpert.contacts",
    "mailexpert.content",
    "mailexpert.mailings",
    "mailexpert.reports",
    "mailexpert.api",
    "mailexpert.site",
    "mailexpert.web",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "mailexpert.content.middleware.AnyHostForImages",
    "mailexpert.web.metrics.CountingMiddleware",
    "mailexpert.privacy.middleware.CookieWatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "mailexpert.site.middleware_visits.WebLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mailexpert.accounts.middleware.DeviceMiddleware",
    "mailexpert.accounts.middleware.AccountMiddleware",
    "mailexpert.api.middleware.ApiMiddleware",
    "mailexpert.site.middleware.NoticeMiddleware",
    "mailexpert.site.middleware.SignedMiddleware",
    "mailexpert.site.middleware_visits.CampaignMiddleware",
    "mailexpert.web.middleware.LanguageMiddleware",
    "mailexpert.web.middleware_doors.DoorsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mailexpert.web.context.face",
                "mailexpert.site.context.visits",
            ],
        },
    }
]

# Accounts, logins, sessions
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "mailexpert.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # User.email is unique, by lower(email)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "mailexpert.accounts.adapter.DoorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # else anyone could make us mail anyone
ACCOUNT_SESSION_REMEMBER = False  # a remembered device has a token of its own
ACCOUNT_FORMS = {
    "login": "mailexpert.accounts.forms.LoginForm",
    "signup": "mailexpert.accounts.forms.RegisterForm",
    "reset_password": "mailexpert.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "mailexpert.accounts.forms.ResetPasswordKeyForm",
    "change_password": "mailexpert.accounts.forms.ChangePasswordForm",
    "set_password": "mailexpert.accounts.forms.SetPasswordForm",
}
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_FORM_FIELD = "email"
AXES_SENSITIVE_PARAMETERS = ["login", "next", "csrfmiddlewaretoken"]
AXES_CLIENT_IP_CALLABLE = "mailexpert.accounts.client.client_ip"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 7 * 86_400  # for a browser that never closes
SESSION_COOKIE_NAME = "mailexpert_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_NAME = "mailexpert_csrf"
CSRF_COOKIE_AGE = None  # ends with the browser, as the session does

# Transport and content security
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.is_https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.is_https else None
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, ENV.track_url],  # a page tells its own log that it was looked at
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Words and times
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]  # each in its own words
LANGUAGE_COOKIE_NAME = "mailexpert_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
USE_THOUSAND_SEPARATOR = False  # would write ids as 1.234 in attributes; the filter `number` is for readers

# Files and mail
STATIC_URL = "/static/"


def file_storage(folder: str) -> dict[str, object]:
    """The home's own folder, or the store that MAILEXPERT_FILES_URL names."""
    store = ENV.file_store
    if store is None:
        where = {
            "location": ENV.home / "files" / folder,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        }
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": where}
    from botocore.config import Config

    patience = Config(
        connect_timeout=5, read_timeout=20, retries={"max_attempts": 2}, s3={"addressing_style": "path"},
        # Stores that aren't Amazon's don't know its newer checksums.
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
    )  # fmt: skip
    options = {
        "access_key": store.key or None,
        "secret_key": store.secret or None,
        "bucket_name": store.bucket,
        "endpoint_url": store.endpoint,
        "region_name": store.region,
        "location": "/".join(part for part in (store.prefix, folder) if part),
        "querystring_auth": False,
        "default_acl": None,
        "client_config": patience,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "images": file_storage("images"),
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = ENV.home / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = ENV.default_relay
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENV.relay_login
EMAIL_USE_SSL = ENV.relay_security == "tls"
EMAIL_USE_TLS = ENV.relay_security == "starttls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = f"MailExpert <mailexpert@{urlsplit(ENV.base_url).hostname or 'localhost'}>"

# Jobs and logs
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
AXES_VERBOSE = False
LOGGING_CONFIG = None
