"""A cache folder of its own for every test of the tooling."""

import pytest


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COLLECTION_CALLS_CACHE", str(tmp_path / "cache"))
    for name in ("ODOO_HOME", "PGHOST", "PGPORT", "PGUSER", "PORT", "K"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"
