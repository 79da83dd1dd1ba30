"""Which errors tell of nothing but another transaction, and who hears of them.

Odoo runs a request again after a conflict, but no scheduled action: that is what
:mod:`.collection_night` does. Until then whoever catches errors lets those pass that
:func:`is_passing` names.
"""

import logging
import threading
from contextlib import contextmanager
from contextvars import ContextVar

from psycopg2.errors import UniqueViolation

from odoo.exceptions import ConcurrencyError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.service.server import thread_local

CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)

# What is run again if it fails now.
_passing = ContextVar("collection_calls.passing", default=())


def is_passing(error):
    """Whether what is being done is run again after this error."""
    return isinstance(error, _passing.get())


def is_request():
    """Whether Odoo does everything again after a conflict.

    It does so with requests, but neither with scheduled actions nor with scripts.
    XML-RPC hides its request and leaves no trace but its method's name.
    """
    return bool(request or getattr(thread_local, "rpc_model_method", ""))


@contextmanager
def run_again(is_last):
    """Let conflicts pass, without a word: what is done here is run again then.

    Somebody else may have made the same record: who tries again sees it. At the last
    try it is our own fault.

    :param bool is_last: whether it isn't run again after this time
    """
    errors = CONFLICTS if is_last else (*CONFLICTS, UniqueViolation)
    token = _passing.set(errors)
    try:
        with silence(errors):
            yield
    finally:
        _passing.reset(token)


@contextmanager
def silence(errors=CONFLICTS):
    """Tell the server's log nothing of these errors: somebody takes care of them.

    Odoo logs each statement that fails as an error.
    """
    here = threading.get_ident()

    def is_worth_telling(record):
        args = record.args if isinstance(record.args, tuple) else ()
        is_ours = record.thread == here and any(isinstance(a, errors) for a in args)
        return not is_ours

    logger = logging.getLogger("odoo.sql_db")
    logger.addFilter(is_worth_telling)
    try:
        yield
    finally:
        logger.removeFilter(is_worth_telling)
