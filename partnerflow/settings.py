"""What a process is told by its environment, read once by the composition roots and by nobody else.

Every variable is described in docs/operations.md (a structure test compares the two).
"""

from dataclasses import dataclass
from typing import Any

from environs import Env, EnvValidationError, validate

_POSTGRESQL = validate.Regexp(r"postgresql(\+psycopg)?://.+", error="Must begin with postgresql://.")
_HTTP = validate.Regexp(r"https?://[^/]+.*", error="Must begin with http:// or https://.")
_PAYMENTS = validate.Regexp(
    r"(https?://[^/]+.*|file:///.+)", error="Must begin with file:///, http:// or https://."
)
_SMTP = validate.Regexp(r"smtps?://.+", error="Must begin with smtp:// or smtps://.")
_HOST_AND_PORT = validate.Regexp(r".+:\d+", error="Must be host:port.")
_DOMAIN = validate.Regexp(r"[A-Za-z0-9.-]{1,190}", error="Must be a domain, as in mail addresses.")
_LISTEN = validate.Regexp(r"((smtp|lmtp)://)?[^/]+:\d+", error="Must be [smtp://|lmtp://]host:port.")
_IMAP = validate.Regexp(r"imaps?://.+:.*@.+", error="Must be imap[s]://user:password@host[:port][/folder].")
_LONG_ENOUGH = validate.Length(min=32, error="Must have at least 32 characters.")
_LEVEL = validate.OneOf(("debug", "info", "warning", "error"))
_PORT = validate.Range(1, 65_535)
_PROXIES = validate.Range(0, 10)
_COUNT = validate.Range(1, 1_000)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole environment of one process; URLs and addresses as they were given."""

    database_url: str
    secret_key: str
    temporal_address: str
    temporal_namespace: str
    smtp_url: str
    mail_from: str
    base_url: str
    upstream_url: str | None
    payments_url: str | None
    issuer_url: str | None
    web_host: str
    web_port: int
    web_workers: int
    web_threads: int
    database_pool_size: int
    worker_ready_file: str | None
    log_level: str
    trusted_proxies: int = 0
    reply_domain: str | None = None
    inbound_listen: str | None = None
    imap_url: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    live_port: int = 8081
    live_url: str | None = None


def read_settings() -> Settings:
    """Read the environment, or raise environs.EnvValidationError naming everything wrong with it at once."""
    env = Env(eager=False)
    read: dict[str, Any] = {
        "database_url": env.str("DATABASE_URL", validate=_POSTGRESQL),
        "secret_key": env.str("SECRET_KEY", validate=_LONG_ENOUGH),
        "temporal_address": env.str("TEMPORAL_ADDRESS", "127.0.0.1:7233", validate=_HOST_AND_PORT),
        "temporal_namespace": env.str("TEMPORAL_NAMESPACE", "default"),
        "smtp_url": env.str("SMTP_URL", "smtp://127.0.0.1:25", validate=_SMTP),
        "mail_from": env.str("MAIL_FROM", "Partnerflow <desk@partnerflow.invalid>"),
        "base_url": env.str("BASE_URL", "http://127.0.0.1:8080", validate=_HTTP),
        "upstream_url": env.str("UPSTREAM_URL", None, validate=_HTTP),
        "payments_url": env.str("PAYMENTS_URL", None, validate=_PAYMENTS),
        "issuer_url": env.str("ISSUER_URL", None, validate=_HTTP),
        "web_host": env.str("WEB_HOST", "127.0.0.1"),
        "web_port": env.int("WEB_PORT", 8080, validate=_PORT),
        "web_workers": env.int("WEB_WORKERS", 2, validate=_COUNT),
        "web_threads": env.int("WEB_THREADS", 8, validate=_COUNT),
        "database_pool_size": env.int("DATABASE_POOL_SIZE", 10, validate=_COUNT),
        "worker_ready_file": env.str("WORKER_READY_FILE", None),
        "log_level": env.str("LOG_LEVEL", "info", validate=_LEVEL),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=_PROXIES),
        "live_port": env.int("LIVE_PORT", 8081, validate=_PORT),
        "live_url": env.str("LIVE_URL", None, validate=_HTTP),
        "reply_domain": env.str("REPLY_DOMAIN", None, validate=_DOMAIN),
        "inbound_listen": env.str("INBOUND_LISTEN", None, validate=_LISTEN),
        "imap_url": env.str("IMAP_URL", None, validate=_IMAP),
        "oidc_issuer": env.str("OIDC_ISSUER", None, validate=_HTTP),
        "oidc_client_id": env.str("OIDC_CLIENT_ID", None),
        "oidc_client_secret": env.str("OIDC_CLIENT_SECRET", None),
    }
    env.seal()
    given = {name.upper(): read[name] for name in ("oidc_issuer", "oidc_client_id", "oidc_client_secret")}
    if any(given.values()) and not all(given.values()):
        missing = {
            name: ["Give all three OIDC_ settings, or none."] for name, value in given.items() if not value
        }
        raise EnvValidationError(f"Environment variables invalid: {missing}", missing)
    return Settings(**read)


def read_database_url() -> str:
    """The database as the application role, for a command that needs nothing else; else EnvValidationError."""
    env = Env(eager=False)
    url = env.str("DATABASE_URL", validate=_POSTGRESQL)
    env.seal()
    return str(url)


def read_migration_url() -> str:
    """The database as its owner, who alone may change the schema; else EnvValidationError."""
    env = Env(eager=False)
    url = env.str("MIGRATION_DATABASE_URL", validate=_POSTGRESQL)
    env.seal()
    return str(url)
