"""What the environment may say, and the one sentence that answers a mistake in it."""

from __future__ import annotations

import re

import pytest

from services.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtp://mail.example.org:port"),
        ("SMTP_URL", "smtp://mail.example.org:99999"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "mail.example.org:587"),
        ("JUDGE_URL", "judge.example.org"),
        ("JUDGE_URL", "https://judge.example.org:v1"),
        ("PUBLIC_URL", "nonsense"),
        ("PUBLIC_URL", "focalpoint.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://focalpoint.example.org:https"),
        ("REDIS_URL", "redis://127.0.0.1:abc/0"),
        ("REDIS_URL", "redis://127.0.0.1:0/0"),
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("DATABASE_URL", "postgresql://fp:secret@127.0.0.1:abc/fp"),
        ("DATABASE_URL", "postgresql://fp:secret@127.0.0.1:99999/fp"),
        ("DATABASE_URL", "mysql://127.0.0.1/fp"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(f"FOCALPOINT_{name}", value)

    with pytest.raises(SettingsError) as refused:
        read_settings()

    assert re.fullmatch(rf"FOCALPOINT_{name}: must look like \S+://\S+\.", str(refused.value))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtp://mail.example.org?starttls=perhaps"),
        ("SMTP_URL", "smtp://mail.example.org?tls=required"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "Secretariat <calendar@example.org>\nBcc: all@example.org"),
        ("MAIL_FROM", "Secretariat <café@example.org>"),
        ("UNSUBSCRIBE_TO", "Secretariat <calendar@example.org>"),
        ("UNSUBSCRIBE_TO", "calendar"),
        ("SMTP_SECONDS", "60"),
        ("SMTP_CONNECTIONS", "0"),
        ("WEBHOOK_SECONDS", "0"),
    ],
)
def test_what_letters_and_calls_cannot_be_made_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(f"FOCALPOINT_{name}", value)

    with pytest.raises(SettingsError, match=f"^FOCALPOINT_{name}: "):
        read_settings()


@pytest.mark.parametrize("days", ["-1", "731", "soon"])
def test_agendas_are_drafted_within_two_years_or_not_at_all(monkeypatch: pytest.MonkeyPatch, days: str):
    monkeypatch.setenv("FOCALPOINT_AGENDA_DAYS_AHEAD", days)

    with pytest.raises(SettingsError, match=r"^FOCALPOINT_AGENDA_DAYS_AHEAD: "):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtp://mail.example.org:587?starttls=required"),
        ("MAIL_FROM", "Secretaría <calendar@example.org>"),
        ("UNSUBSCRIBE_TO", "calendar@example.org"),
        ("SMTP_URL", "smtp://user:p%40ss@mail.example.org"),
        ("SMTP_URL", "smtps://mail.example.org:465"),
        ("PUBLIC_URL", "https://focalpoint.example.org/"),
        ("PUBLIC_URL", "http://[::1]:8000"),
        ("REDIS_URL", "rediss://:secret@redis.example.org:6380/1"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("DATABASE_URL", "postgresql+asyncpg://fp@/fp?host=/run/postgresql"),
    ],
)
def test_an_address_is_kept_as_it_is_given(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(f"FOCALPOINT_{name}", value)

    assert getattr(read_settings(), name.lower()) == value


def test_a_database_address_may_be_the_one_that_its_provider_gives(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOCALPOINT_DATABASE_URL", "postgres://fp:a@db.example.org:5432/fp?sslmode=require")

    assert read_settings().database_url == ("postgresql+asyncpg://fp:a@db.example.org:5432/fp?ssl=require")


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOCALPOINT_CORS_ORIGINS", "https://a.example.org, http://localhost:3000")

    assert read_settings().cors_origins == ["https://a.example.org", "http://localhost:3000"]
