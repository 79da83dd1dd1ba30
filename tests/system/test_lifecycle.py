"""The addon's life in a real server: installed, updated, uninstalled."""

import json
import re
import urllib.request

import pytest

from tool import databases

ADDON = "collection_calls"
PROBLEM = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*$", re.M)

# Models and fields that we extend are filed under our name too: they aren't ours.
OURS = f"""
import json
def ours(model):
    domain = [("module", "=", "{ADDON}"), ("model", "=", model)]
    data = env["ir.model.data"].search(domain)
    return env[model].browse(data.mapped("res_id"))
def only_ours(model):
    return ours(model).filtered(lambda record: record.modules == "{ADDON}")
models = only_ours("ir.model").mapped("model")
fields = only_ours("ir.model.fields").filtered("store")
print(json.dumps({{
    "tables": [env[name]._table for name in models if not env[name]._abstract],
    "columns": [[env[field.model]._table, field.name] for field in fields
                if not env[field.model]._abstract],
    "ir_ui_view": ours("ir.ui.view").ids,
    "ir_ui_menu": ours("ir.ui.menu").ids,
}}))
"""

# An invoice that we didn't exclude from follow-up.
OF_A_PERSON = (
    "NOT COALESCE(item.collection_no_followup, FALSE)"
    " AND NOT COALESCE(move.collection_no_followup, FALSE)"
)
# Columns that name a model, a scheduled action, a sequence or a parameter.
NAMING = (
    "code",
    "cron_name",
    "key",
    "model",
    "model_id",
    "model_name",
    "report_name",
    "res_model",
    "resource",
)

CORE_VIEWS = """
for model in ("res.partner", "account.move", "res.config.settings"):
    for view, arch in env[model].get_views(
        [(False, "form"), (False, "search")]
    )["views"].items():
        print(model, view, "collection_call" in arch["arch"])
"""


@pytest.fixture(scope="module")
def plain(new_database, run_odoo):
    """A database without demo data, and the log of our installation on it."""
    name = new_database("plain")
    return name, run_odoo(name, "--init", ADDON, "--without-demo")


@pytest.fixture(scope="module")
def demo(new_database, run_odoo):
    """The same with demo data."""
    name = new_database("demo")
    return name, run_odoo(name, "--init", ADDON, "--with-demo")


def problems(log):
    return PROBLEM.findall(log)


def state(database):
    query = f"SELECT state, demo FROM ir_module_module WHERE name = '{ADDON}'"
    return databases.sql(query, database)


def test_installs_without_demo_data(plain):
    database, log = plain
    assert problems(log) == []
    assert state(database) == ["installed|f"]


def test_installs_with_demo_data(demo):
    database, log = demo
    assert problems(log) == []
    assert state(database) == ["installed|t"]


def test_updates_twice(plain, run_odoo):
    database, _log = plain
    for _time in range(2):
        assert problems(run_odoo(database, "--update", ADDON)) == []
    assert state(database) == ["installed|f"]


def test_a_server_answers(plain, serve):
    """A real server with the addon installed shows its login page."""
    with urllib.request.urlopen(f"{serve(plain[0])}/web/login", timeout=60) as page:
        assert page.status == 200
        assert 'name="password"' in page.read().decode()


def test_uninstalls_without_a_trace(plain, run_odoo, run_script):
    database, _log = plain
    assert problems(uninstall(database, run_odoo, run_script)) == []


def test_uninstalls_with_demo_data(demo, run_odoo, run_script):
    """Calls, promises and plans go; posted invoices and their debtors stay."""
    database, _log = demo
    by_person = excluded_invoices(database, OF_A_PERSON)
    excluded = excluded_invoices(database)
    assert set(excluded) > set(by_person), "promised invoices are in the demo data"
    assert traces(database), "else the test looks in the wrong places"
    invoices = databases.sql("SELECT count(*) FROM account_move", database)
    assert problems(uninstall(database, run_odoo, run_script)) == []
    assert excluded_invoices(database) == by_person, "put back as they were"
    assert databases.sql("SELECT count(*) FROM account_move", database) == invoices


def excluded_invoices(database, which="TRUE"):
    query = (
        "SELECT DISTINCT item.move_id FROM account_move_line item"
        " JOIN account_move move ON move.id = item.move_id"
        " WHERE item.no_followup AND move.move_type = 'out_invoice'"
        f" AND {which} ORDER BY item.move_id"
    )
    return databases.sql(query, database)


def uninstall(database, run_odoo, run_script):
    """Uninstall the addon, look for what is left of it; the log."""
    ours = json.loads(run_script(database, OURS))
    assert ours["tables"] and ours["ir_ui_view"] and ours["ir_ui_menu"]
    log = run_odoo(database, "module", "uninstall", ADDON)
    assert state(database)[0].startswith("uninstalled|")
    assert existing_tables(database, ours["tables"]) == []
    assert existing_columns(database, ours["columns"]) == []
    for table in ("ir_ui_view", "ir_ui_menu"):
        assert existing_records(database, table, ours[table]) == []
    assert metadata(database) == []
    assert traces(database) == []
    assert_core_views_load(run_script(database, CORE_VIEWS))
    return log


def existing_tables(database, tables):
    listed = ", ".join(f"'{name}'" for name in tables)
    query = f"SELECT tablename FROM pg_tables WHERE tablename IN ({listed})"
    return databases.sql(query, database)


def existing_columns(database, columns):
    query = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    )
    there = {tuple(line.split("|")) for line in databases.sql(query, database)}
    return sorted(there & {tuple(column) for column in columns})


def existing_records(database, table, ids):
    listed = ", ".join(map(str, ids))
    return databases.sql(f"SELECT id FROM {table} WHERE id IN ({listed})", database)


def metadata(database):
    """What Odoo still files under our name, or about our models under any name."""
    return databases.sql(
        f"SELECT module, model, name FROM ir_model_data WHERE module = '{ADDON}'"
        " OR model LIKE 'collection.%'"
        " OR name LIKE '%collection\\_%' AND model != 'ir.module.module'"
        " UNION ALL SELECT NULL, model, name FROM ir_model_fields"
        " WHERE model LIKE 'collection.%' OR name LIKE 'collection\\_%'"
        " UNION ALL SELECT NULL, conname, NULL FROM pg_constraint"
        " WHERE conname LIKE 'collection\\_%'",
        database,
    )


def traces(database):
    """Where a row of any table still names one of our models, codes or parameters."""
    columns = databases.sql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
        " AND data_type IN ('character varying', 'text')"
        f" AND column_name IN ({', '.join(map(repr, NAMING))})"
        " AND table_name NOT LIKE 'ir\\_module%' AND table_name NOT LIKE 'collection%'"
        " AND table_name NOT IN ('bus_bus', 'ir_logging')",
        database,
    )
    found = []
    for table, column in (line.split("|") for line in columns):
        query = (
            f'SELECT 1 FROM "{table}" WHERE "{column}" LIKE \'collection.%\''
            f" OR \"{column}\" LIKE '{ADDON}%'"
            f" OR \"{column}\" LIKE 'Collection Calls:%' LIMIT 1"
        )
        if databases.sql(query, database):
            found.append((table, column))
    return found


def assert_core_views_load(printed):
    lines = printed.split("\n")
    assert len([line for line in lines if line]) == 6
    assert not [line for line in lines if line.endswith("True")]
