"""A pytest plugin: the longest class first, each worker on its own database.

pytest-xdist hands the tests of a class, or of a module of functions, to the worker that
is free next. How long each took the last time is remembered in the cache folder. What a
class costs is measured as CPU time: many tests stop the clock that pytest looks at.
"""

import json
import os
import time
from collections import defaultdict

import pytest

from tool import odoo, settings, testing

COSTLIEST = 10
# Seconds a test may take, for what has never run, by a part of its class's name.
GUESSES = (("tests/system/", 20), ("Tour", 8), ("Pdf", 3), ("tests/", 0.1), ("", 0.5))


def scope(nodeid):
    """What one worker runs without a break: a class or a module."""
    return nodeid.rsplit("::", 1)[0]


def file():
    return settings.cache_folder() / "durations" / f"{settings.ADDON}.json"


def read_seconds():
    """Seconds of each scope in earlier runs."""
    try:
        return json.loads(file().read_text())
    except (OSError, ValueError):
        return {}


def write_seconds(seconds):
    unfinished = file().with_suffix(f".{os.getpid()}")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_text(json.dumps(seconds, indent=1, sort_keys=True))
    unfinished.rename(file())


def guess(nodeid):
    return next(seconds for part, seconds in GUESSES if part in nodeid)


def longest_first(nodeids, known):
    """The place of each scope in the queue."""
    seconds = defaultdict(float)
    for nodeid in nodeids:
        seconds[scope(nodeid)] += guess(nodeid)
    seconds.update({name: known[name] for name in seconds if name in known})
    ordered = sorted(seconds, key=seconds.get, reverse=True)
    return {name: place for place, name in enumerate(ordered)}


# ------------------------------------------------------------------ in each worker


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Choose the worker's database before pytest-odoo reads the options.

    pytest-odoo would copy one for each worker, too, but with one filestore for all: a
    class that is done removes the files that its own database doesn't know.
    """
    if hasattr(config, "workerinput"):
        del os.environ["PYTEST_XDIST_WORKER"]  # pytest-odoo's sign
        database = testing.worker_database(config.workerinput["workerid"])
        config.option.odoo_database = database
        os.environ["ODOO_RC"] = str(odoo.write_configuration(testing.AREA, database))
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    places = longest_first([item.nodeid for item in items], read_seconds())
    items.sort(key=lambda item: places[scope(item.nodeid)])


def _now():
    """CPU seconds of this process and its ended children; seconds of the real clock."""
    return sum(os.times()[:4]), time.clock_gettime(time.CLOCK_MONOTONIC)


class Watch:
    last = _now()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    result = yield
    if fixturedef.scope == "session":  # such as the registry: no class's own cost
        Watch.last = _now()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    now = _now()
    report.cost = [new - old for new, old in zip(now, Watch.last, strict=True)]
    Watch.last = now
    return report


# ------------------------------------------------------- where the results come in


class Costs:
    by_scope = defaultdict(lambda: [0.0, 0.0])


def pytest_runtest_logreport(report):
    costs = Costs.by_scope[scope(report.nodeid)]
    for index, seconds in enumerate(getattr(report, "cost", ())):
        costs[index] += seconds


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if Costs.by_scope and not hasattr(session.config, "workerinput"):
        new = {name: round(wall, 2) for name, (_cpu, wall) in Costs.by_scope.items()}
        if session.config.option.keyword:  # of some classes, only a part
            new.update(read_seconds())
        write_seconds(new)


def pytest_terminal_summary(terminalreporter):
    if not Costs.by_scope:
        return
    listed = sorted(Costs.by_scope.items(), key=lambda cost: cost[1], reverse=True)
    total = sum(cpu for cpu, _wall in Costs.by_scope.values())
    terminalreporter.section(f"{COSTLIEST} costliest of {len(listed)} classes")
    terminalreporter.write_line(" CPU s   wall s   (without what PostgreSQL does)")
    for name, (cpu, wall) in listed[:COSTLIEST]:
        terminalreporter.write_line(f"{cpu:6.1f}   {wall:6.1f}   {name}")
    terminalreporter.write_line(f"{total:6.1f}            all")
