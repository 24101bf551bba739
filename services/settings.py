"""What the environment must say. Read once, at the door of each process."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _postgres(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgresql", "postgres", "postgresql+asyncpg") or not rest or not _has_port(url):
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    # libpq says `sslmode`, and so do the addresses that providers of databases give; asyncpg says `ssl`.
    return f"postgresql+asyncpg://{rest.replace('sslmode=', 'ssl=')}"


def _has_port(url: str) -> bool:
    """A port that is a number, if any; the host may stand among the options (`?host=/run/postgresql`)."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _redis(url: str) -> str:
    if not url.startswith("unix://") and not (url.startswith(("redis://", "rediss://")) and _has_host(url)):
        raise ValueError("must look like redis://:password@host:6379/0")
    return url


def _smtp(url: str) -> str:
    if not url.startswith(("smtp://", "smtps://")) or not _has_host(url):
        raise ValueError("must look like smtp://user:password@host:587")
    if urlsplit(url).query not in ("", "starttls=required", "starttls=offered", "starttls=never"):
        raise ValueError("may end with ?starttls=required, ?starttls=offered or ?starttls=never only")
    return url


def _mailbox(mailbox: str) -> str:
    """It becomes a header of every letter, and the envelope's sender."""
    _, address = parseaddr(mailbox)
    local, at, domain = address.rpartition("@")
    if not (mailbox.isprintable() and address.isascii() and at and local and domain) or " " in address:
        raise ValueError("must look like Secretariat <calendar@example.org>")
    return mailbox


def _address(address: str) -> str:
    if _mailbox(address) != parseaddr(address)[1]:
        raise ValueError("must be an e-mail address alone")
    return address


def _public(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not _has_host(url):
        raise ValueError("must look like https://focalpoint.example.org")
    return url


def _judge(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not _has_host(url):
        raise ValueError("must look like https://judge.example.org/v1")
    return url


def _has_host(url: str) -> bool:
    """A host, and a port that is a number, if any."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _origins(listed: object) -> object:
    return [origin.strip() for origin in listed.split(",")] if isinstance(listed, str) else listed


class SettingsError(SystemExit):
    """The environment says something impossible; the message is one sentence."""


class Settings(BaseSettings):
    """Every setting is an environment variable `FOCALPOINT_…`; unset servers are embedded ones."""

    model_config = SettingsConfigDict(env_prefix="FOCALPOINT_", extra="ignore")

    home: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: Annotated[str, AfterValidator(_public)] | None = None
    database_url: Annotated[str, AfterValidator(_postgres)] | None = None
    redis_url: Annotated[str, AfterValidator(_redis)] | None = None
    redis_prefix: str = Field("focalpoint", pattern=r"^[A-Za-z0-9_.-]+$")
    smtp_url: Annotated[str, AfterValidator(_smtp)] | None = None
    sends_in_flight: int = Field(
        8, ge=1, le=100, description="most letters and calls of one worker whose end is not recorded"
    )
    smtp_connections: int = Field(8, ge=1, le=100, description="most connections that one worker keeps")
    smtp_seconds: float = Field(20.0, gt=0, le=25, description="longest time that one answer may take")
    mail_from: Annotated[str, AfterValidator(_mailbox)] = "focalpoint@localhost"
    unsubscribe_to: Annotated[str, AfterValidator(_address)] | None = None
    webhook_seconds: float = Field(10.0, gt=0, le=30, description="longest time that one call may take")
    webhooks_to_private: bool = Field(
        False, description="also call private addresses and plain http, as within an intranet"
    )
    agenda_days_ahead: int = Field(
        21, ge=0, le=730, description="days before a meeting when its agenda is drafted; 0: only on request"
    )
    cors_origins: Annotated[list[str], NoDecode, BeforeValidator(_origins)] = []
    database_pool: int = Field(10, ge=1, le=90)
    judge_url: Annotated[str, AfterValidator(_judge)] | None = None
    judge_key: SecretStr | None = None
    judge_model: str = Field("default", min_length=1, max_length=200)
    judge_seconds: float = Field(60.0, gt=0, le=600, description="longest time that one answer may take")
    judge_most_calls: int = Field(200, ge=1, description="most calls for one assessment")
    judge_most_tokens: int = Field(400_000, ge=1, description="most tokens for one assessment")
    judge_daily_calls: int = Field(5_000, ge=1, description="most calls in one day (UTC)")
    judge_daily_tokens: int = Field(10_000_000, ge=1, description="most tokens in one day (UTC)")
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    reading_seconds: float = Field(60.0, gt=0, description="longest time that one document may take")
    reading_megabytes: int = Field(400, ge=300, description="most memory that the reading child may take")
    encoder: Literal["auto", "off"] = Field("auto", description="auto: used where it is installed")

    @property
    def address(self) -> str:
        """Where clients reach the API, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def send_seconds(self) -> float:
        """The longest that one letter, of two slow answers, or one call may take in all."""
        return max(2 * self.smtp_seconds, self.webhook_seconds) + 1

    @property
    def send_lease(self) -> timedelta:
        """How long a worker may hold a letter before another takes it: longer than it takes to let it go."""
        return timedelta(seconds=1.2 * self.send_seconds + 5)

    def require_database(self) -> str:
        if self.database_url is None:
            raise SettingsError(
                "FOCALPOINT_DATABASE_URL is not set; `focalpoint up` starts a server of its own."
            )
        return self.database_url

    def require_redis(self) -> str:
        if self.redis_url is None:
            raise SettingsError(
                "FOCALPOINT_REDIS_URL is not set; `focalpoint up` starts a server of its own."
            )
        return self.redis_url


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError with one sentence about the first wrong value."""
    try:
        return Settings()
    except ValidationError as refused:
        first = refused.errors()[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        raise SettingsError(f"FOCALPOINT_{name}: {first['msg'].removeprefix('Value error, ')}.") from None
