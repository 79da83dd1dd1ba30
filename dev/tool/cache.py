"""The cache folder: room, one set-up at a time, nothing half-made."""

import fcntl
import os
import shutil
from contextlib import contextmanager

from . import settings
from .console import Failure, say


def ensure():
    """Make the cache folder, or say why it can't be made."""
    folder = settings.cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if settings.is_root():
            folder.chmod(0o755)  # the postgres user passes through
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"no permission to write to {folder}")
    except OSError as error:
        raise Failure(
            f"The cache folder can't be used: {error}.",
            "Set COLLECTION_CALLS_CACHE to a folder that you may write to.",
        ) from error
    return folder


def log_file(name):
    return settings.cache_folder() / "log" / f"{name}.log"


def need_space(gigabytes):
    """Fail before a big step, not in the middle of it."""
    folder = ensure()
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Failure(
            f"Only {free:.1f} GB are free on the disk of {folder}, "
            f"{gigabytes} GB are needed.",
            "Free some space, or set COLLECTION_CALLS_CACHE to a folder on another "
            "disk.",
        )


@contextmanager
def lock():
    """Let one checkout at a time change the cache."""
    with (ensure() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up on this machine …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def building(target):
    """Yield a folder beside ``target`` that takes its name once complete."""
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    yield unfinished
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
