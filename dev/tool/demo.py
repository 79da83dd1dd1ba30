"""The demo: a database with demo data, and a server that shows it."""

import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import cache, databases, odoo, settings, setup, templates
from .console import Failure, interruptible, say

DATABASE = settings.DEMO_DATABASE


def serve(port):
    """Set up, bring the database up to date, serve until Ctrl-C."""
    check_port(port)
    setup.ensure(browser=True)
    ensure_database()
    check_port(port)
    say("Starting the Odoo server …")
    line = odoo.command("-d", DATABASE, f"--http-port={port}")
    server = subprocess.Popen(
        line, env=odoo.environment("demo", DATABASE), start_new_session=True
    )
    with interruptible(server) as interrupted:
        code = _wait(server, port)
    if not interrupted:
        return code
    say("The server has stopped. PostgreSQL goes on; `make clean` stops it.")
    return 0


def check_port(port):
    """Fail if something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} can't be used: {error.strerror}.",
                f"Stop what uses it, or choose another: make demo PORT={port + 10}",
            ) from error


def ensure_database():
    """Make the demo database, or update it when the addon has changed."""
    with cache.lock():
        stamp, current = _stamp(), templates.fingerprint(settings.ADDON_PATH)
        if not databases.is_whole(DATABASE, "demo"):
            _make()
        elif not stamp.exists() or stamp.read_text() != current:
            title = f"Updating {settings.ADDON} in the demo database"
            odoo.run_to_end(title, DATABASE, "demo", f"--update={settings.ADDON}")
        stamp.write_text(current)


def _stamp():
    return databases.filestore(DATABASE, "demo").with_suffix(".stamp")


def _make():
    unfinished = f"{DATABASE}_new"
    templates.copy("demo", unfinished, "demo")
    odoo.run_to_end(
        "Making the demo database",
        unfinished,
        "demo",
        f"--init={settings.ADDON}",
        *templates.demo_options("demo"),
    )
    databases.drop(DATABASE, "demo")
    databases.rename(unfinished, DATABASE, "demo")


def _wait(server, port):
    address = f"http://127.0.0.1:{port}"
    while server.poll() is None and not _answers(address):
        time.sleep(0.5)
    if server.poll() is None:
        print(_welcome(address), flush=True)
    return server.wait()


def _answers(address):
    try:
        urllib.request.urlopen(f"{address}/web/login", timeout=60).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def _welcome(address):
    logins = ", ".join(f"{login} / {login}" for login in _logins())
    return f"""
    Address    {address}
    Database   {DATABASE}
    Log in as  {logins}
    Ctrl-C stops the server.
"""


def _logins():
    listed = ", ".join(f"'{login}'" for login in settings.DEMO_LOGINS)
    query = f"SELECT login FROM res_users WHERE active AND login IN ({listed})"
    return databases.sql(f"{query} ORDER BY id", DATABASE)
