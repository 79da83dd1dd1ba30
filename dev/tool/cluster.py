"""PostgreSQL: a private server on a socket, or the one that the user names."""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

from . import cache, debian, settings
from .console import Failure, run, step

LONGEST_SOCKET_PATH = 107  # bytes, Linux' limit
SOCKET_NAME = ".s.PGSQL.5432"
ROLE = "odoo"
CONFIGURATION = """
listen_addresses = ''
port = 5432
unix_socket_directories = '"{folder}"'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
max_wal_size = 4GB
# The databases are throw-away: a crash may lose them.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def is_external():
    """Whether the user has named a server."""
    return any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER"))


def environment():
    """The variables by which psql and Odoo find the server."""
    if is_external():
        return {}
    return {"PGHOST": str(socket_folder()), "PGPORT": "5432", "PGUSER": ROLE}


def ensure():
    """Have a server that answers; True if this call started it."""
    if is_external():
        debian.require("psql")
        _check_external()
        return False
    debian.require("postgresql")
    if is_running():
        return False
    if not (_data() / "complete").exists():
        _initialize()
    _start()
    return True


def is_running():
    """Whether our private server answers."""
    probe = socket.socket(socket.AF_UNIX)
    try:
        probe.connect(str(socket_folder() / SOCKET_NAME))
    except OSError:
        return False
    finally:
        probe.close()
    return True


def stop():
    """Stop our private server; the user's is left alone."""
    if not is_external() and debian.postgresql_folder() and is_running():
        _run_as_owner(_tool("pg_ctl"), "stop", "-D", str(_data()), "-m", "fast", "-w")


def home():
    """The private server's folder, one for each version of PostgreSQL."""
    version = debian.postgresql_folder().parts[-2]
    return settings.cache_folder() / "postgresql" / version


def socket_folder():
    return choose_socket_folder(home())


def choose_socket_folder(folder):
    """The folder itself, or a short one under /tmp if its name is too long."""
    path = os.fsencode(folder / SOCKET_NAME)
    if len(path) <= LONGEST_SOCKET_PATH and not set(b',"') & set(path):
        return folder
    name = hashlib.sha256(path).hexdigest()[:8]
    return Path(f"/tmp/collection-calls-{os.geteuid()}-{name}")


def _data():
    return home() / "data"


def _tool(name):
    return str(debian.postgresql_folder() / name)


def _owner():
    """PostgreSQL refuses root: its files then belong to Debian's postgres user."""
    return pwd.getpwnam("postgres") if settings.is_root() else pwd.getpwuid(os.getuid())


def _as_owner(command):
    if settings.is_root():
        return ["runuser", "-u", "postgres", "--", *command]
    return list(command)


def _run_as_owner(*command):
    subprocess.run(
        _as_owner(command),
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _own(folder):
    """Make a folder that only the server's owner (and root) can enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = _owner()
    if folder.is_symlink() or folder.stat().st_uid not in (owner.pw_uid, os.geteuid()):
        raise Failure(f"{folder} belongs to somebody else.", "Remove it, then repeat.")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o700)


def _check_reachable(folder):
    if subprocess.run(_as_owner(["test", "-w", folder]), cwd="/").returncode:
        raise Failure(
            f"The postgres user can't reach {folder}.",
            "Set COLLECTION_CALLS_CACHE to a folder that every user may pass through.",
        )


def _initialize():
    _own(home())
    _check_reachable(home())
    if _data().exists():  # left by an interrupted run
        shutil.rmtree(_data())
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
    run(
        "Making a private PostgreSQL server",
        _as_owner([_tool("initdb"), "-U", ROLE, *options, "-D", str(_data())]),
        log=cache.log_file("postgresql-init"),
        cwd="/",
    )
    (_data() / "complete").touch()


def _start():
    _own(home())
    _own(socket_folder())
    configuration = CONFIGURATION.format(folder=socket_folder())
    (_data() / "postgresql.auto.conf").write_text(configuration)
    log = home() / "server.log"
    with step("Starting PostgreSQL"):
        try:
            _run_as_owner(
                _tool("pg_ctl"), "start", "-D", str(_data()), "-w", "-l", str(log)
            )
        except subprocess.CalledProcessError as error:
            raise Failure(
                "PostgreSQL doesn't start.",
                f"Read {log}; if its files are damaged, type: make clean ALL=1",
            ) from error


def _check_external():
    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname=current_user"
    answer = subprocess.run(
        ["psql", "-XAtq", "-d", "postgres", "-c", question],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    todo = "Correct PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them all."
    if answer.returncode:
        message = " ".join(answer.stderr.split())
        raise Failure(f"The PostgreSQL server doesn't answer: {message}.", todo)
    if answer.stdout.strip() != "t":
        raise Failure("The PostgreSQL user may not create databases.", todo)
    if os.environ.get("PGUSER") == "postgres":
        raise Failure("Odoo refuses the PostgreSQL user postgres.", todo)
