"""Opening the list of cases, and one of them, beside the same on a smaller ledger.

What the web client asks the server for when a collector does it: the fields of the
views, in the order of the list. A collector waits no longer where more is owed.
"""

from lxml import etree

from . import stage as stages
from .evaluate_promises import ROOT_USER
from .measure import Work, compare
from .refresh_cases import has_cases

BOUND = 1.5
TIMES = 10  # once is over too soon to be measured
ROWS = 80
COUNTED = 10_001  # the web client wants to know no more
# What the symbol of planned activities asks for.
ACTIVITY = (
    *("activity_exception_decoration", "activity_exception_icon", "activity_state"),
    *("activity_summary", "activity_type_icon", "activity_type_id"),
)


def run_list(stage, rounds):
    return _compare("list_cases", prepare_list, open_list, stage, rounds)


def run_list_large(stage, rounds):
    """The same with twenty times the ledger."""
    name = "list_cases_large"
    return _compare(name, prepare_list, open_list, stage, rounds, is_large=True)


def run_form(stage, rounds):
    return _compare("list_one_case", prepare_form, open_form, stage, rounds)


def run_form_large(stage, rounds):
    """The same with twenty times the ledger."""
    name = "list_one_case_large"
    return _compare(name, prepare_form, open_form, stage, rounds, is_large=True)


def _compare(name, prepare, act, stage, rounds, is_large=False):
    if not has_cases(name, stage):
        return None
    large, small = map(stages.refreshed, stages.large_and_small(stage, is_large))
    measured = Work("large", large, prepare, act, ROOT_USER)
    baseline = measured._replace(title="small", database=small)
    comparison = compare(name, measured, baseline, rounds, BOUND)
    counts = {sample.statements for sample in comparison.measured + comparison.baseline}
    assert len(counts) == 1, f"{name}: {counts} statements"
    return comparison


def prepare_list(env):
    cases = as_collector(env)
    return cases, specify(cases, "list")


def open_list(_env, prepared):
    cases, specification = prepared
    for _time in range(TIMES):
        cases.env.invalidate_all()
        found = cases.web_search_read(
            [], specification, limit=ROWS, count_limit=COUNTED
        )
        assert len(found["records"]) == ROWS


def prepare_form(env):
    """Cases from the middle of the list."""
    cases = as_collector(env)
    middle = cases.search_count([]) // 2
    return cases.search([], offset=middle, limit=TIMES), specify(cases, "form")


def open_form(_env, prepared):
    cases, specification = prepared
    for case in cases:
        case.env.invalidate_all()
        assert case.web_read(specification)


def as_collector(env):
    group = env.ref("collection_calls.group_collection_user")
    collector = env["res.users"].create(
        {"name": "Collector", "login": "bench", "group_ids": group.ids}
    )
    return env["collection.case"].with_user(collector)


def specify(records, kind):
    """What the web client asks for to show a view."""
    arch = etree.fromstring(records.get_view(view_type=kind)["arch"])
    return {"display_name": {}, **_specify_fields(records, arch)}


def _specify_fields(records, arch):
    of_this_model = arch.xpath(".//field[not(ancestor::field)]")
    specification = {}
    for node in of_this_model:
        field = records._fields[node.get("name")]
        specification[field.name] = _specify_field(records, field, node)
        if node.get("widget") == "list_activity":
            specification.update(dict.fromkeys(ACTIVITY, {}))
    return specification


def _specify_field(records, field, node):
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if not len(node):
        return {}
    of_lines = records.env[field.comodel_name]
    [arch] = map(etree.tostring, node)
    return {"fields": _specify_fields(of_lines, etree.fromstring(arch)), "limit": 40}
