"""Walks over all that the addon brings: models, fields, methods and routes.

What is added later is found by itself. A check is a function that returns what it finds
fault with, in words, so that a test can prove that it finds something.
"""

import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo import http
from odoo.orm.model_classes import add_to_registry

ADDON = "odoo.addons.collection_calls"
WRITES = re.compile(r"\b(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET)\b", re.I)


def walk_models(env, transient=False):
    """Our models with records of their own, abstract ones left out.

    :param bool transient: the dialogs instead of what stays
    """
    for name in sorted(env.registry):
        model = env[name]
        ours = name.startswith("collection.") and not model._abstract
        if ours and model._transient == transient:
            yield model


def walk_methods(env):
    """Public methods that the addon brings, on whatever model: (model, name).

    Overrides of what core's models have are core's to call; methods of abstract models
    are told of those that inherit them. What glue addons bring, they test themselves.
    """
    core = _get_names_of_core(env)
    for model_name in sorted(env.registry):
        model = env[model_name]
        if model._abstract and not _has_api_of_its_own(env, model):
            continue
        names = {
            name
            for cls in type(model).mro()
            if cls.__module__.startswith(f"{ADDON}.")
            for name, value in vars(cls).items()
            if callable(value) and not name.startswith("_")
        }
        for name in sorted(names):
            is_core = name in core
            is_private = getattr(getattr(type(model), name), "_api_private", False)
            if not (is_core or is_private):
                yield model_name, name


def _get_names_of_core(env):
    """What each model has, from Odoo itself or from an addon of its, such as web."""
    return {
        name
        for cls in type(env["base"]).mro()
        if not cls.__module__.startswith(ADDON)
        for name in vars(cls)
    }


def _has_api_of_its_own(env, model):
    """Whether nobody inherits an abstract model: then it is called itself."""
    return not any(child in env.registry for child in model._inherit_children)


def walk_routes():
    """Routes of our controllers: (function, how it is routed).

    A route of another addon's that ours does more in stays as open as it was.
    """
    controllers = [http.Controller]
    while controllers:
        controller = controllers.pop()
        controllers += controller.__subclasses__()
        if not controller.__module__.startswith(ADDON):
            continue
        for value in vars(controller).values():
            routing = getattr(value, "original_routing", None)
            if routing and routing.get("routes"):
                yield value, routing


@contextmanager
def add_model(test, definition):
    """Let a model be there that nobody thought of; it has no table.

    As core's own tests of the ORM do.
    """
    registry = test.registry
    add_to_registry(registry, definition)
    registry._setup_models__(test.env.cr, [])
    try:
        yield test.env[definition._name]
    finally:
        del registry[definition._name]
        for parent in ("base", *definition._inherit):
            registry[parent]._inherit_children.discard(definition._name)
        registry._setup_models__(test.env.cr, [])


@contextmanager
def watch_writes(cr):
    """Collect the statements that change something, up to the end of what is pending.

    :return: a list that grows
    """
    written = []
    execute = type(cr).execute

    def watch(cursor, query, *args, **kwargs):
        text = getattr(query, "code", query)
        if isinstance(text, bytes):
            text = text.decode()
        if WRITES.search(text):
            written.append(" ".join(text.split())[:200])
        return execute(cursor, query, *args, **kwargs)

    with patch.object(type(cr), "execute", watch):
        yield written


# ---------------------------------------------------------------------------- checks


def find_open_dialogs(env, user):
    """Dialogs that show somebody more than they may read.

    :param user: any user without an administrator's rights
    """
    found = []
    rules = env["ir.rule"].with_user(user)
    for model in walk_models(env, transient=True):
        if not isinstance(model, env.registry["collection.dialog"]):
            found.append(f"{model._name} is no collection.dialog")
        for mode in ("read", "write", "create", "unlink"):
            conditions = rules._compute_domain(model._name, mode).iter_conditions()
            own = [c for c in conditions if c.field_expr == "create_uid"]
            if not own:
                found.append(f"{model._name}: {mode} isn't for its owner alone")
        found += [
            f"{field} is computed as superuser"
            for field in model._fields.values()
            if field.compute and field.compute_sudo
        ]
    return found


def find_unguarded_evidence(env, configuration):
    """Models of evidence whose fields a context or a user's defaults may fill.

    :param configuration: names of models that aren't evidence
    """
    return [
        f"{model._name} is no collection.guard"
        for model in walk_models(env)
        if model._auto
        and model._name not in configuration
        and not isinstance(model, env.registry["collection.guard"])
    ]


def find_unruled(env, user, shared):
    """Models of which somebody reads, or more, what another company's are.

    :param user: any user without an administrator's rights
    :param shared: names of models that are no company's
    """
    rules = env["ir.rule"].with_user(user)
    return [
        f"{model._name}: {mode} isn't for its company alone"
        for model in walk_models(env)
        if model._name not in shared
        for mode in ("read", "write", "create", "unlink")
        if "company_id" not in str(rules._compute_domain(model._name, mode))
    ]


def find_open_words(env, outsiders, ours):
    """Fields with words that these users may read.

    :param outsiders: users who don't hold calls
    :param ours: {model: names of fields that hold but our own words}
    """
    found = []
    for model, field in [*walk_words(env), *walk_words_on_others(env)]:
        if field.name in ours.get(model._name, ()):
            continue
        for user in outsiders:
            theirs = model.with_user(user)
            if theirs.has_access("read") and theirs._has_field_access(field, "read"):
                found.append(f"{field} is read by {user.login}")
                break
    return found


def walk_words(env):
    """Fields of ours that can hold words, of models that stay: (model, field)."""
    for model in walk_models(env):
        for field in model._fields.values():
            is_word = field.type in ("char", "text", "html", "json", "binary")
            if is_word and field._module == "collection_calls":
                yield model, field


def walk_words_on_others(env):
    """Fields of ours that can hold words, on models of Odoo: (model, field)."""
    for name in sorted(env.registry):
        model = env[name]
        if name.startswith("collection.") or model._abstract:
            continue
        for field in model._fields.values():
            is_word = field.type in ("char", "text", "html", "json", "binary")
            if is_word and field._module == "collection_calls":
                yield model, field


def walk_ways(env):
    """Fields, on whatever model, that lead to records of ours: (model, field)."""
    for name in sorted(env.registry):
        model = env[name]
        if model._abstract:
            continue
        for field in model._fields.values():
            if field.relational and (field.comodel_name or "").startswith(
                "collection."
            ):
                yield model, field


def find_open_chatter(env, shared):
    """Models whose messages and activities others may search.

    :param shared: names of models whose chatter isn't told in confidence
    """
    found = []
    for model in walk_models(env):
        is_thread = isinstance(model, env.registry["mail.thread"])
        is_safe = isinstance(model, env.registry["collection.confidential"])
        if is_thread and not is_safe and model._name not in shared:
            found.append(f"{model._name} is no collection.confidential")
        if is_safe:
            found += [
                f"{field} is searched past the rights of the user"
                for field in model._fields.values()
                if field.comodel_name in ("mail.message", "mail.activity")
                and getattr(field, "bypass_search_access", False)
            ]
    return found


def find_bypasses(env):
    """Fields, on whatever model, through which ours are searched past all rights."""
    return [
        str(field)
        for name in sorted(env.registry)
        for field in env[name]._fields.values()
        if (field.comodel_name or "").startswith("collection.")
        and getattr(field, "bypass_search_access", False)
    ]
