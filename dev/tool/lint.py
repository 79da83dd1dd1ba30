"""Linters and formatters; every finding is an error."""

import subprocess

from . import cache, node, settings, venv
from .console import Failure, say

PRETTIER = ("--log-level=warn", "--ignore-unknown", ".")


def check():
    """Run every linter, then fail if one of them has found something."""
    _ensure()
    failed = [name for name, command in _checks() if _run(name, command)]
    if failed:
        raise Failure(
            f"Findings of {', '.join(failed)}.",
            "Mend them; `make format` does what a program can do.",
        )
    say("No findings.")


def reformat():
    """Let the tools mend what they can."""
    _ensure()
    if settings.ADDON_PATH.is_dir():
        fixer = venv.program("oca-checks-odoo-module")
        addons = settings.ADDON, *settings.GLUE_ADDONS
        _run("oca-checks-odoo-module", [fixer, "--fix", "--no-exit", *addons])
    _run("ruff", [venv.program("ruff"), "check", "--fix", "."])
    _run("ruff format", [venv.program("ruff"), "format", "."])
    _run("prettier", node.command("prettier", "--write", *PRETTIER))


def _ensure():
    with cache.lock():
        venv.ensure()
        node.ensure()


def _checks():
    yield "ruff", [venv.program("ruff"), "check", "."]
    yield "ruff format", [venv.program("ruff"), "format", "--check", "."]
    yield "prettier", node.command("prettier", "--check", *PRETTIER)
    yield "eslint", node.command("eslint", "--max-warnings=0", ".")
    if settings.ADDON_PATH.is_dir():
        yield from _addon_checks()


def _addon_checks():
    addons = settings.ADDON, *settings.GLUE_ADDONS
    yield "pylint-odoo", [venv.program("pylint"), "--jobs=2", *addons]
    yield "oca-checks-odoo-module", [venv.program("oca-checks-odoo-module"), *addons]
    translations = sorted(
        path for addon in addons for path in settings.ROOT.glob(f"{addon}/i18n/*.po*")
    )
    if translations:
        options = ["--disable=po-pretty-format", *map(str, translations)]
        yield "oca-checks-po", [venv.program("oca-checks-po"), *options]


def _run(name, command):
    say(name)
    environment = node.environment()
    return subprocess.call(command, cwd=settings.ROOT, env=environment)
