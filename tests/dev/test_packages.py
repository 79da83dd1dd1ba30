"""Debian packages, mirror and Odoo's version."""

import pytest

from tool import archive, debian, odoo_source, settings
from tool.console import Failure

URIS = """'http://mirror.invalid/security/dists/stable-security/InRelease' a 0
'http://mirror.invalid/debian/dists/stable/InRelease' b 0
'http://mirror.invalid/debian/dists/stable-updates/InRelease' c 0
"""


def test_only_packages_of_missing_things_are_named(monkeypatch):
    monkeypatch.setattr(debian, "is_here", lambda need: need == "psql")
    found = debian.missing_packages(["psql", "npm", "chromium", "npm"])
    assert found == ["nodejs", "npm", "chromium"]


def test_an_ordinary_user_is_told_the_exact_command(monkeypatch):
    monkeypatch.setattr(debian, "is_here", lambda need: False)
    monkeypatch.setattr(settings, "is_root", lambda: False)
    with pytest.raises(Failure) as failure:
        debian.require("chromium", "wkhtmltopdf")
    assert failure.value.todo == "Type: sudo apt-get install chromium wkhtmltopdf"


def test_the_mirror_is_the_main_suite_of_the_machine():
    mirror = archive.choose_mirror(URIS)
    assert mirror == ("http://mirror.invalid/debian", "stable")


def test_a_machine_without_a_mirror_is_shown_the_way_out():
    with pytest.raises(Failure, match="ODOO_HOME"):
        archive.choose_mirror("")


def test_the_pinned_version_is_taken_if_it_is_there():
    versions = ["19.0.1+dfsg-1", settings.ODOO_VERSION]
    assert odoo_source.choose_version(versions) == settings.ODOO_VERSION


def test_a_newer_version_of_the_series_is_taken_with_a_word(capsys):
    versions = ["20.0.0+dfsg-1", "19.0.2+dfsg-1", "19.0.1+dfsg-1"]
    assert odoo_source.choose_version(versions) == "19.0.2+dfsg-1"
    assert "19.0.2+dfsg-1" in capsys.readouterr().err


def test_another_series_is_refused():
    with pytest.raises(Failure, match="no Odoo 19"):
        odoo_source.choose_version(["20.0.0+dfsg-1"])


def make_odoo(folder, version):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(f"version_info = ({version}, 0, FINAL)")
    return folder


def test_the_odoo_of_the_user_comes_first(tmp_path, monkeypatch):
    home = make_odoo(tmp_path / "my odoo", "19, 0")
    (home / "addons").mkdir()
    monkeypatch.setenv("ODOO_HOME", str(home))
    source = odoo_source.locate()
    assert source.folder == home
    assert source.addons == [home / "addons"]


@pytest.mark.parametrize("version, message", [("18, 0", "18.0"), (None, "release.py")])
def test_another_folder_is_refused(tmp_path, monkeypatch, version, message):
    home = make_odoo(tmp_path, version) if version else tmp_path
    monkeypatch.setenv("ODOO_HOME", str(home))
    with pytest.raises(Failure, match=message):
        odoo_source.locate()


def test_without_a_download_there_is_no_odoo_yet():
    assert odoo_source.locate() is None
