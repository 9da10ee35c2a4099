"""What the environment says becomes settings."""

import pytest

from config.settings import _database


def test_what_a_database_s_address_asks_for_stands_beside_the_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "postgres://a:b@one:5432,two:5433/floor?sslmode=verify-full&connect_timeout=2"
    monkeypatch.setenv("DATABASE_URL", address)
    database = _database()
    assert (database["HOST"], database["PORT"]) == ("one,two", "5432,5433")
    assert database["OPTIONS"]["sslmode"] == "verify-full"
    assert database["OPTIONS"]["pool"]["max_size"] == 10
    assert database["OPTIONS"]["connect_timeout"] == 2


@pytest.mark.parametrize(
    ("asked", "given"), [("", "-c jit=off"), ("?options=-c%20jit%3Don", "-c jit=on")]
)
def test_postgresql_compiles_no_statement_unless_the_address_asks_for_it(
    asked: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgres://a:b@one/floor{asked}")
    assert _database()["OPTIONS"]["options"] == given
