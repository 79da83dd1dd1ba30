"""Several servers on one database, and a mail server that they send to.

``servers(database, *scripts)``
    runs each script in a server of its own; returns the processes. A script calls
    ``meet()`` where it is ready to go on together with the others.
``run_together(database, *scripts)``
    the same, and waits until all are done; returns what each of them printed.
``smtp``, ``inbox``
    a mail server on ``smtp.port`` that can be stopped, and what has arrived there.
"""

import email
import email.policy
import socket
import subprocess
import time

import pytest
from aiosmtpd.controller import Controller

from tool import odoo

AREA = "test"
SECONDS = 120

MEET = """
import time
from pathlib import Path
def meet():
    Path(READY).touch()
    while not Path(GO).exists():
        time.sleep(0.01)
"""


@pytest.fixture
def servers(tmp_path):
    """Starts servers that run a script each, all from the same moment on."""
    started = []

    def start(database, *scripts):
        meeting = tmp_path / f"meeting-{len(started)}"  # a test may have several
        meeting.mkdir()
        paths = [meeting / f"ready-{number}" for number in range(len(scripts))]
        go = meeting / "go"
        processes = [
            _start(database, path, go, script)
            for path, script in zip(paths, scripts, strict=True)
        ]
        started.extend(processes)
        end = time.monotonic() + SECONDS
        while not all(path.exists() for path in paths) and time.monotonic() < end:
            if any(process.poll() is not None for process in processes):
                break  # one of them failed before it was ready
            time.sleep(0.05)
        go.touch()
        return processes

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()


def _start(database, ready, go, script):
    meeting = f"READY, GO = {str(ready)!r}, {str(go)!r}\n{MEET}{script}"
    line = ["shell", "-d", database, "--no-http", "--log-level=error"]
    process = subprocess.Popen(
        odoo.command(*line),
        env=odoo.environment(AREA, database),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(meeting)
    process.stdin.close()
    process.stdin = None
    return process


@pytest.fixture
def run_together(servers):
    def run(database, *scripts):
        processes = servers(database, *scripts)
        answers = [process.communicate(timeout=SECONDS)[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * len(processes)
        return answers

    return run


class Inbox:
    """What the mail server took; it refuses those who are called "refused"."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 Nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        self.mails.append((envelope.rcpt_tos, message))
        return "250 OK"

    def to(self, name):
        """E-mails to a debtor, all of them to nobody else."""
        address = f"{name}@debtor.example"
        found = [mail for mail in self.mails if address in mail[0]]
        assert all(recipients == [address] for recipients, _message in found)
        return [message for _recipients, message in found]


@pytest.fixture(scope="module")
def inbox():
    return Inbox()


class MailServer:
    """A mail server that can be stopped, and started again on the same port."""

    def __init__(self, inbox):
        self.inbox = inbox
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = None

    def start(self):
        self.controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
        self.controller = None


@pytest.fixture(scope="module")
def smtp(inbox):
    server = MailServer(inbox)
    server.start()
    yield server
    server.stop()
