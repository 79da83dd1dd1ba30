"""What the tests outside the addon share.

``tests/engine`` needs none of the fixtures and no Odoo: the engine is imported as
``collection_calls.engine``. Tests of a real server ask for these fixtures:

``new_database(kind)``
    a database, dropped when the test module ends; kind is "installed" (the addon is in
    it), or "plain" or "demo" (with demo data): the addon's dependencies alone.
``run_odoo(database, *arguments)``
    runs Odoo without its web server until it is done; returns its log.
``run_script(database, script)``
    runs Python lines in ``odoo shell`` (``env`` is there); returns what they print.
``serve(database, *arguments)``
    starts a real server on a free port for the length of the test; returns its address.
    It runs no scheduled actions unless it is given ``--max-cron-threads=1``.
"""

import socket
import subprocess
import sys
import time
import types
import urllib.request
from itertools import count
from pathlib import Path

import pytest

from tool import databases, odoo, settings, templates

AREA = "test"
ROOT = Path(__file__).resolve().parents[1]
NUMBERS = count(1)


def _let_the_engine_be_imported_without_odoo():
    package = types.ModuleType(settings.ADDON)
    package.__path__ = [str(ROOT / settings.ADDON)]
    sys.modules.setdefault(settings.ADDON, package)


_let_the_engine_be_imported_without_odoo()


@pytest.fixture(scope="module")
def new_database(request):
    made = []
    worker = getattr(request.config, "workerinput", {"workerid": "gw0"})["workerid"]

    def make(kind="plain"):
        name = f"{settings.TEST_DATABASE}_{worker}_{kind}_{next(NUMBERS)}"
        made.append(name)
        templates.copy(kind, name, AREA)
        return name

    yield make
    for name in made:
        databases.drop(name, AREA)


def _run(database, arguments, **options):
    return subprocess.run(
        odoo.command(*arguments),
        env=odoo.environment(AREA, database),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
        **options,
    )


@pytest.fixture(scope="session")
def run_odoo():
    def run(database, *arguments):
        line = ["-d", database, "--no-http", "--stop-after-init", *arguments]
        if not arguments[0].startswith("-"):  # a subcommand, such as "module"
            line = [*arguments[:2], "-d", database, *arguments[2:]]
        done = _run(database, line, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


@pytest.fixture(scope="session")
def run_script():
    def run(database, script):
        line = ["shell", "-d", database, "--no-http", "--log-level=error"]
        done = _run(database, line, input=script, stderr=subprocess.PIPE)
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
        return done.stdout

    return run


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(tmp_path):
    servers = []

    def start(database, *arguments):
        port = free_port()
        log = tmp_path / f"server-{port}.log"
        options = "-d", database, f"--http-port={port}", f"--logfile={log}"
        line = odoo.command(*options, *arguments)
        environment = odoo.environment(AREA, database)
        servers.append(subprocess.Popen(line, env=environment, cwd=ROOT))
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, servers[-1], log)
        return address

    yield start
    for server in servers:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address, server, log, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            return urllib.request.urlopen(f"{address}/web/login", timeout=60).close()
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the server doesn't answer:\n{log.read_text()}")
