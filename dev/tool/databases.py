"""Databases together with their filestores: make, copy, rename, drop."""

import os
import re
import shutil
import subprocess

from . import cluster, settings
from .console import Failure, cause


def sql(query, database="postgres"):
    """Run a query on the server and return its lines."""
    answer = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query],
        env={**os.environ, **cluster.environment()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        todo = cause(answer.stderr) or "Stop what uses the database, then repeat."
        raise Failure(f"PostgreSQL says: {answer.stderr.strip()}.", todo)
    return answer.stdout.splitlines()


def names(prefix):
    """The databases whose name begins so."""
    quoted = re.escape(prefix)
    return sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{quoted}'")


def exists(name):
    return name in names(name)


def is_whole(name, area):
    """Whether a database and its filestore are there: the server may outlive it."""
    return exists(name) and filestore(name, area).is_dir()


def in_use():
    """Whether somebody else is connected to the server."""
    return (
        sql(
            "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() LIMIT 1"
        )
        != []
    )


def filestore(name, area):
    return settings.data_folder(area) / "filestore" / name


def copy(source, source_area, name, area):
    """Copy a database nobody is connected to, its filestore included."""
    drop(name, area)
    sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    copy_filestore(filestore(source, source_area), filestore(name, area))


def copy_filestore(source, target):
    """Link the files: their names are their content's hash, so they never change."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.exists():
        shutil.copytree(source, target, copy_function=os.link)


def rename(name, new_name, area):
    """Give a finished database its name."""
    sql(f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')
    target = filestore(new_name, area)
    shutil.rmtree(target, ignore_errors=True)
    if filestore(name, area).exists():
        filestore(name, area).rename(target)


def drop(name, area):
    """Drop a database and its filestore, whoever is connected."""
    sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name, area), ignore_errors=True)
