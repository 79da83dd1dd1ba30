"""A pytest plugin: an error in the log fails the test that caused it.

Continuous integration of Odoo itself does the same. A test that provokes an error on
purpose says so with ``assertLogs`` or ``mute_logger``.
"""

import logging

import pytest


class Errors(logging.Handler):
    """Collects error messages while it is entered."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(f"{record.name}: {record.getMessage()}")

    def __enter__(self):
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_exception):
        logging.getLogger().removeHandler(self)


def _check():
    with Errors() as errors:
        result = yield
    if errors.messages:
        listed = "\n".join(errors.messages)
        pytest.fail(f"unexpected errors in the log:\n{listed}", pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup():
    return (yield from _check())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    return (yield from _check())
