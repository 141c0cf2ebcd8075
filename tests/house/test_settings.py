"""What a process is told by its environment."""

import pytest
from environs import EnvValidationError

from partnerflow.settings import read_migration_url, read_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "DATABASE_URL",
        "SECRET_KEY",
        "SMTP_URL",
        "WEB_PORT",
        "MIGRATION_DATABASE_URL",
        "UPSTREAM_URL",
        "PAYMENTS_URL",
        "ISSUER_URL",
    ):
        monkeypatch.delenv(name, raising=False)


def test_everything_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    monkeypatch.setenv("SMTP_URL", "mail.example.net")
    monkeypatch.setenv("WEB_PORT", "eighty")
    with pytest.raises(EnvValidationError) as refused:
        read_settings()
    assert set(refused.value.error_messages) == {"DATABASE_URL", "SECRET_KEY", "SMTP_URL", "WEB_PORT"}


def test_two_variables_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/partnerflow")
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    settings = read_settings()
    assert settings.database_url == "postgresql://app@db/partnerflow"
    assert settings.temporal_address == "127.0.0.1:7233"
    assert settings.upstream_url is settings.issuer_url is None


def test_only_a_migration_needs_the_owner() -> None:
    with pytest.raises(EnvValidationError, match="MIGRATION_DATABASE_URL"):
        read_migration_url()
