"""Rules that hold for every file of the repository."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLING = ("dev", "tests", ".ci", "Makefile", "pyproject.toml")
ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1|mirror\.invalid)[a-z]")


def tooling_files():
    for name in TOOLING:
        path = ROOT / name
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def test_no_file_names_a_host():
    """Mirrors and registries are the machine's own choice."""
    files = [file for file in tooling_files() if file.name != "package-lock.json"]
    assert [file for file in files if ADDRESS.search(file.read_text())] == []


def test_the_node_lock_has_no_addresses():
    assert '"resolved"' not in (ROOT / "dev/node/package-lock.json").read_text()


def test_modules_of_the_tool_are_short():
    lengths = {
        path.name: len(path.read_text().splitlines())
        for path in (ROOT / "dev" / "tool").glob("*.py")
    }
    assert {name: count for name, count in lengths.items() if count > 250} == {}


def test_scripts_parse():
    for name in ("dev/run", "dev/odoo"):
        subprocess.run(["sh", "-n", str(ROOT / name)], check=True)
    subprocess.run(["bash", "-n", str(ROOT / ".ci/run")], check=True)
