"""The commands behind the Makefile, dev/run and dev/odoo."""

import os
import signal
import sys

from . import (
    benching,
    clean,
    demo,
    lint,
    odoo,
    screenshot,
    settings,
    setup,
    testing,
    venv,
)
from .console import INTERRUPTIONS, Failure

HELP = """make demo     a server with demo data on 127.0.0.1 (PORT=8069)
make test     every test (K=expression for a part, KEEP=1 keeps the database)
make lint     every linter; make format mends what a program can mend
make shell    Odoo's Python shell on the demo database
make bench    the measurements (K=name for a part)
make clean    drop this checkout's databases, stop PostgreSQL (ALL=1: the cache too)
dev/odoo …    the Odoo command line
dev/run screenshot --help    pictures of the running demo"""


def run_odoo(arguments):
    """Become Odoo's command line."""
    setup.ensure()
    line = odoo.command(*arguments)
    os.execve(line[0], line, odoo.environment())


def run_shell(_arguments):
    setup.ensure()
    demo.ensure_database()
    run_odoo(["shell", "-d", settings.DEMO_DATABASE, "--no-http", *_arguments])


def run_demo(_arguments):
    return demo.serve(_port())


def run_test(arguments):
    return testing.run_tests(
        os.environ.get("K", ""),
        keep=bool(os.environ.get("KEEP")),
        stop_postgresql="--stop-postgresql" in arguments,
    )


def run_screenshot(arguments):
    setup.ensure(browser=True)
    line = [str(venv.python()), screenshot.__file__, *arguments]
    os.execv(line[0], line)


def _port():
    text = os.environ.get("PORT") or str(settings.DEFAULT_PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"PORT={text} is no port.", "Choose a number below 65536.")
    return int(text)


COMMANDS = {
    "help": lambda _: print(HELP),
    "odoo": run_odoo,
    "demo": run_demo,
    "test": run_test,
    "lint": lambda _: lint.check(),
    "format": lambda _: lint.reformat(),
    "shell": run_shell,
    "bench": lambda _: benching.run(os.environ.get("K", "")),
    "clean": lambda _: clean.clean(everything=bool(os.environ.get("ALL"))),
    "setup": lambda _: setup.ensure(browser=True) and None,
    "screenshot": run_screenshot,
}


def main(arguments):
    for own in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):  # meant for this process
        os.environ.pop(own, None)
    for sign in INTERRUPTIONS:
        signal.signal(sign, signal.default_int_handler)
    name, rest = (arguments or ["help"])[0], arguments[1:]
    if name not in COMMANDS:
        raise Failure(f"There is no command {name}.", f"Choose: {' '.join(COMMANDS)}")
    return COMMANDS[name](rest) or 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        print(f"\nFailed: {failure.what}", file=sys.stderr)
        print(f"To do: {failure.todo}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        sys.exit(130)
