"""What goes wrong is said in two lines: what failed, and what to do."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tool import cache, console, demo
from tool.console import Failure

ROOT = Path(__file__).resolve().parents[2]


def dev_run(*arguments, **variables):
    return subprocess.run(
        [str(ROOT / "dev" / "run"), *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def listening_port():
    server = socket.create_server(("127.0.0.1", 0))
    return server, server.getsockname()[1]


def test_a_taken_port():
    server, port = listening_port()
    with server, pytest.raises(Failure, match=f"Port {port}.*make demo PORT="):
        demo.check_port(port)


def test_a_taken_port_stops_the_demo_at_once():
    server, port = listening_port()
    with server:
        done = dev_run("demo", PORT=str(port))
    assert done.returncode == 1
    what, todo = done.stderr.strip().splitlines()
    assert what.startswith(f"Failed: Port {port} can't be used")
    assert todo.startswith("To do: ") and "make demo PORT=" in todo


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_a_port_that_is_none(port):
    done = dev_run("demo", PORT=port)
    assert done.returncode == 1
    assert f"PORT={port} is no port" in done.stderr


def test_an_unknown_command():
    done = dev_run("brew")
    assert done.returncode == 1
    assert "There is no command brew" in done.stderr


def test_no_fitting_python(tmp_path):
    for name in ("sh", "dirname", "id", "sort", "tr"):
        os.symlink(f"/usr/bin/{name}", tmp_path / name)
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.1 || exit 1\n')
    old.chmod(0o755)
    script = (ROOT / "dev" / "run").read_text().replace("/usr/bin/python3", "python3")
    (tmp_path / "run").write_text(script)
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "run"), "help"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "found: Python 3.8.1" in done.stderr
    assert "sudo apt-get install python3 python3-venv" in done.stderr


def test_too_little_room():
    with pytest.raises(Failure, match="GB are free.*COLLECTION_CALLS_CACHE"):
        cache.need_space(10**9)


def test_a_cache_that_is_no_folder(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COLLECTION_CALLS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(Failure, match="COLLECTION_CALLS_CACHE"):
        cache.ensure()


def run_python(code, log):
    console.run("Trying", [sys.executable, "-c", code], log=log)


def test_a_full_disk(tmp_path, capsys):
    code = "with open('/dev/full', 'w') as file: file.write('a'); file.flush()"
    with pytest.raises(Failure, match="Trying.*disk is full"):
        run_python(code, tmp_path / "log")
    assert "No space left on device" in capsys.readouterr().err


def test_no_network(tmp_path):
    code = "import socket; socket.create_connection(('localhost', 1))"
    with pytest.raises(Failure, match="network"):
        run_python(code, tmp_path / "log")


def test_an_unknown_cause_leads_to_the_log(tmp_path):
    with pytest.raises(Failure, match=f"Whole log: {tmp_path / 'log'}"):
        run_python("raise SystemExit('odd')", tmp_path / "log")


def test_a_long_step_shows_a_sign_of_life(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(console, "HEARTBEAT", 0.2)
    code = "import time; print('at work', flush=True); time.sleep(1)"
    run_python(code, tmp_path / "log")
    assert "at work" in capsys.readouterr().out


def test_what_is_half_made_does_not_count(tmp_path):
    target = tmp_path / "made"
    with pytest.raises(KeyboardInterrupt), cache.building(target) as folder:
        (folder / "half").touch()
        raise KeyboardInterrupt
    assert not target.exists()
    with cache.building(target) as folder:
        assert not list(folder.iterdir())
    assert target.exists()
