"""All settings. What differs between installations comes from the environment through `env`.

Every variable is described in docs/operating/configuration.md (a test compares the two).
"""

import json
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from mostrador.config import env

PACKAGE = Path(__file__).resolve().parents[1]

# --- Where this installation lives -------------------------------------------------------------
DATA_DIRECTORY = Path(env.text("MOSTRADOR_DATA", "var")).resolve()
DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "only-for-tests-and-building")
# Earlier ones, the newest first: what they signed or sealed is still read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = ["*"]  # the organisations' host names decide: organisations.middleware answers 404 to any other
PORT = env.integer("PORT", default=8000)
HOST = env.text("HOST", "127.0.0.1")
# https://… when a proxy in front speaks TLS; in links of e-mails too.
PUBLIC_SCHEME = env.text("PUBLIC_SCHEME", "http")
# The port that people type; in links of e-mails. Empty behind a proxy on 80 or 443.
PUBLIC_PORT = env.text("PUBLIC_PORT", str(PORT))
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")

# --- What is installed, lowest layer first (same order as the import contract, reversed) ----------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",  # its engine and middleware; the table is ours (mostrador.accounts.sessions)
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "mostrador.shared",
    "mostrador.audit",
    "mostrador.organisations",
    "mostrador.accounts",
    "mostrador.people",
    "mostrador.notifications",
    "mostrador.service_status",
    "mostrador.help_centre",
    "mostrador.tickets",
    "mostrador.mailbox",
    "mostrador.feedback",
    "mostrador.metrics",
    "mostrador.integrations",
    "mostrador.portal",
    "mostrador.sample",
]
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # outermost, like the next: files and refused requests have their headers too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mostrador.shared.middleware.HeadMiddleware",
    "mostrador.shared.caching.KeptPagesMiddleware",
    "mostrador.shared.middleware.CurrentRequestMiddleware",
    "mostrador.organisations.middleware.OrganisationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mostrador.shared.middleware.CsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mostrador.accounts.middleware.AccessMiddleware",
    "mostrador.portal.middleware.NavigationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "mostrador.config.urls"
WSGI_APPLICATION = "mostrador.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            PACKAGE / name.removeprefix("mostrador.") / "templates" for name in INSTALLED_APPS if "mostrador." in name
        ],
        "OPTIONS": {
            "environment": "mostrador.shared.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    # allauth asks for Django's engine in its system checks; its pages are ours, in Jinja2, found first.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Data ---------------------------------------------------------------------------------------
# The command line sets DATABASE_URL to the embedded server when the operator gave none.
DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", "postgresql:///mostrador"),
        engine="mostrador.config.postgresql",  # Django's own, patient while the server restarts
        conn_max_age=None,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].update({"server_side_binding": True, "prepare_threshold": 1, "connect_timeout": 10})
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.boolean("BEHIND_PGBOUNCER", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Beyond these a third of all is forgotten, the locks of accounts too. What has expired is removed by a job.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "mostrador.shared.background.on_ready"

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
MEDIA_ROOT = DATA_DIRECTORY / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # of one form: more than are kept, so that people are told how many are
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024  # bytes, of what is typed; files apart
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",  # what is small, all of it together
    "mostrador.shared.uploads.LimitedUploadHandler",
]
ATTACHMENT_MAX_BYTES = env.integer("ATTACHMENT_MAX_MB", default=15) * 1024 * 1024
ATTACHMENTS_MAX_COUNT = 5

# --- Sign-in --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["mostrador.accounts.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/gestion/"
ACCOUNT_ADAPTER = "mostrador.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "mostrador.accounts.adapters.SocialAccountAdapter"
ACCOUNT_FORMS = {
    "login": "mostrador.accounts.forms.SignInForm",
    "reset_password": "mostrador.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "mostrador.accounts.forms.NewPasswordForm",
    "change_password": "mostrador.accounts.forms.ChangePasswordForm",
    "set_password": "mostrador.accounts.forms.SetPasswordForm",
    "reauthenticate": "mostrador.accounts.forms.ConfirmPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by e-mail, which proves the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers' addresses get no mail from us
ACCOUNT_EMAIL_NOTIFICATIONS = True  # people hear of every change of how they sign in
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser, at the latest after SESSION_COOKIE_AGE
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Beyond these the plain page "429.html" answers; five wrong passwords lock an account for five minutes.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "mostrador.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "mostrador.accounts.forms.CodeForm",
    "reauthenticate": "mostrador.accounts.forms.ConfirmCodeForm",
    "activate_totp": "mostrador.accounts.forms.AddAuthenticatorForm",
    "add_webauthn": "mostrador.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "mostrador.accounts.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_SCHEME == "http"
MFA_TOTP_ISSUER = "Mostrador"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s, for clocks that are a little off
# Identity providers of the installation: a JSON object in allauth's own form (docs/operating/configuration.md).
SOCIALACCOUNT_PROVIDERS = json.loads(env.text("SIGN_IN_PROVIDERS", "{}"))
SOCIALACCOUNT_PROVIDERS.setdefault("openid_connect", {}).setdefault("OAUTH_PKCE_ENABLED", True)
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False

# --- Sessions, cookies and headers -----------------------------------------------------------------
SESSION_ENGINE = "mostrador.accounts.sessions"
SESSION_COOKIE_NAME = "mostrador"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_SCHEME == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_SCHEME == "https" else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "mostrador.portal.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# --- E-mail -----------------------------------------------------------------------------------------
# Everything leaves through the outbox; the job that empties it speaks SMTP to this server.
EMAIL_BACKEND = "mostrador.notifications.adapters.OutboxBackend"
SMTP_HOST = env.text("SMTP_HOST", "")
SMTP_PORT = env.integer("SMTP_PORT", default=587)
SMTP_USER = env.text("SMTP_USER", "")
SMTP_PASSWORD = env.text("SMTP_PASSWORD", "")
SMTP_SECURITY = env.choice("SMTP_SECURITY", ("none", "starttls", "tls"), default="starttls")
SMTP_TIMEOUT_SECONDS = env.integer("SMTP_TIMEOUT_SECONDS", default=20)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "soporte@localhost")
OUTBOX_RETENTION_DAYS = env.integer("OUTBOX_RETENTION_DAYS", default=90)  # copies of what was sent
# Files that go with one e-mail, together; above it the e-mail leads to the page where they are.
EMAIL_FILES_MAX_BYTES = env.integer("EMAIL_FILES_MAX_BYTES", default=10_000_000)

# Mail that comes in: larger messages are refused; where servers may bring it (none: nowhere), and how it is encrypted.
MAIL_MAX_BYTES = env.integer("MAIL_MAX_MB", default=60) * 1024 * 1024
MAIL_LISTEN = env.words("MAIL_LISTEN")
MAIL_LISTEN_CERTIFICATE = env.text("MAIL_LISTEN_CERTIFICATE", "")
MAIL_LISTEN_KEY = env.text("MAIL_LISTEN_KEY", "")
MAIL_ASIDE_DAYS = env.integer("MAIL_ASIDE_DAYS", default=30)  # words of what became no ticket

# --- Tickets -------------------------------------------------------------------------------------------
UNDO_SEND_SECONDS = env.integer("UNDO_SEND_SECONDS", default=10)  # 0 sends at once
TICKETS_CLOSE_AFTER_DAYS = env.integer("TICKETS_CLOSE_AFTER_DAYS", default=30)  # after resolution
TICKETS_RETENTION_DAYS = env.integer("TICKETS_RETENTION_DAYS", default=1826)  # of words and files, after closing

# --- Opinions ------------------------------------------------------------------------------------------
SURVEY_DELAY_MINUTES = env.integer("SURVEY_DELAY_MINUTES", default=60)  # after resolution
SURVEY_VALID_DAYS = env.integer("SURVEY_VALID_DAYS", default=30)
SURVEY_COMMENT_RETENTION_DAYS = env.integer("SURVEY_COMMENT_RETENTION_DAYS", default=365)

# --- Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("ca", "Català"), ("gl", "Galego"), ("eu", "Euskara"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/Madrid"
USE_TZ = True

# --- Logs -------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"private_links": {"()": "mostrador.shared.logs.HidePrivateLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["private_links"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
