"""The keys that tell what was made from what."""

import pytest

from tool import settings, templates
from tool.console import Failure


def test_a_template_is_keyed_by_what_it_is_made_from():
    key = templates.key("plain", ["account"], "19.0.0")
    assert key == templates.key("plain", ["account"], "19.0.0")
    others = {
        templates.key("demo", ["account"], "19.0.0"),
        templates.key("plain", ["account", "portal"], "19.0.0"),
        templates.key("plain", ["account"], "19.0.1"),
    }
    assert len(others) == 3 and key not in others


def test_base_modules_come_from_the_manifest(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "ADDON_PATH", tmp_path)
    (tmp_path / "__manifest__.py").write_text('{"depends": ["portal", "account"]}')
    assert templates.base_modules() == ["account", "portal"]


@pytest.mark.parametrize("text", ["{", "{}", "open('/')"])
def test_a_broken_manifest_is_named(tmp_path, monkeypatch, text):
    monkeypatch.setattr(settings, "ADDON_PATH", tmp_path)
    (tmp_path / "__manifest__.py").write_text(text)
    with pytest.raises(Failure, match="__manifest__.py"):
        templates.base_modules()


def test_the_demo_is_updated_for_code_and_not_for_tests(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "models.py").write_text("a = 1")
    before = templates.fingerprint(tmp_path)
    (tmp_path / "tests" / "test_a.py").write_text("b = 2")
    assert templates.fingerprint(tmp_path) == before
    (tmp_path / "models.py").write_text("a = 2")
    assert templates.fingerprint(tmp_path) != before
