"""What the user sees: progress with seconds, and failures with a way out."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

HEARTBEAT = 10  # seconds
PATIENCE = 3  # seconds
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ODOO_PREFIX = re.compile(r"^\S+ \S+ \d+ [A-Z]+ \S+ ")  # time, process, database
CAUSES = (
    (
        ("dpkg was interrupted",),
        "Type: sudo dpkg --configure -a, then repeat the command.",
    ),
    (
        ("No space left on device",),
        "The disk is full: free some space, or set COLLECTION_CALLS_CACHE to a "
        "folder on another disk.",
    ),
    (
        (
            "Temporary failure",
            "Could not resolve",
            "Failed to establish a new connection",
            "Network is unreachable",
            "Could not connect",
            "Connection refused",
            "Connection failed",
            "Name or service not known",
            "EAI_AGAIN",
            "ENOTFOUND",
            "ECONNREFUSED",
            "ETIMEDOUT",
        ),
        "The network or the package mirror can't be reached: check the connection "
        "and the proxy settings, then repeat the command.",
    ),
    (
        ("is expired (invalid since", "is not valid yet"),
        "Check this machine's clock. If its mirror is frozen on purpose, apt must be "
        'told so: Acquire::Check-Valid-Until "false"; in /etc/apt/apt.conf.d.',
    ),
    (
        ("is not signed", "NO_PUBKEY", "BADSIG", "invalid signature"),
        "The mirror's signature is not Debian's: check the machine's Debian sources "
        "and the package debian-archive-keyring, or set ODOO_HOME to an Odoo 19.",
    ),
)


class Failure(Exception):
    """Something the user can mend: what failed, and what to do about it."""

    def __init__(self, what, todo):
        super().__init__(f"{what} {todo}")
        self.what = what
        self.todo = todo


def say(message):
    print(f"==> {message}", flush=True)


def warn(message):
    print(f"Note: {message}", file=sys.stderr, flush=True)


@contextmanager
def step(title):
    """Print a long step's title, and the seconds it took."""
    say(f"{title} …")
    started = time.monotonic()
    yield
    print(f"    done in {time.monotonic() - started:.0f} s", flush=True)


def run(title, command, *, log, advice=None, **options):
    """Run a long command with its output in a file and a sign of life here."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with step(title), log.open("wb") as output:
        process = _start(command, output, options)
        with interruptible(process) as interrupted:
            code = _wait(process, log)
        if interrupted:
            raise KeyboardInterrupt
    if code:
        raise _failure(title, log, advice)


@contextmanager
def interruptible(process):
    """Pass Ctrl-C and its like on to a process in a session of its own.

    The first one asks it to stop. A later one, if it takes too long, kills it. Yields
    the times of the signals.
    """
    times = []

    def forward(_number, _frame):
        times.append(time.monotonic())
        if len(times) == 1:
            os.killpg(process.pid, signal.SIGINT)
        elif times[-1] - times[0] > PATIENCE:
            os.killpg(process.pid, signal.SIGKILL)

    before = {sign: signal.signal(sign, forward) for sign in INTERRUPTIONS}
    try:
        yield times
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def attend(command, **options):
    """Run a command in the foreground to its end; its exit code."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    with interruptible(process) as interrupted:
        code = process.wait()
    if interrupted:
        raise KeyboardInterrupt
    return code


def _start(command, output, options):
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **options,
    )


def _wait(process, log):
    started = time.monotonic()
    while True:
        try:
            return process.wait(timeout=HEARTBEAT)
        except subprocess.TimeoutExpired:
            seconds = time.monotonic() - started
            print(f"    {seconds:.0f} s: {_last_line(log)}", flush=True)


def _last_line(log):
    lines = tail(log, 1)
    return ODOO_PREFIX.sub("", lines[0]).strip()[:90] if lines else "…"


def tail(log, count):
    """The last lines of a log file."""
    text = log.read_text(errors="replace")
    return [line for line in text.splitlines() if line.strip()][-count:]


def _failure(title, log, advice):
    lines = tail(log, 20)
    for line in lines:
        print(f"    | {line}", file=sys.stderr)
    todo = cause("\n".join(lines)) or advice or "Read the log above."
    return Failure(f"{title}: it ended with an error.", f"{todo} Whole log: {log}")


def cause(output):
    """The advice for a well-known error in a command's output, or None."""
    for signs, advice in CAUSES:
        if any(sign in output for sign in signs):
            return advice
    return None
