"""Walks over all that sends something, and over what it asks before.

As in :mod:`.walk`, a check returns what it finds fault with, in words.
"""

import ast

FOLDERS = ("models", "wizard", "report", "controllers")
# What sends, writes to a debtor, or asks somebody to call one.
SENDING = {
    "message_post",
    "message_post_with_source",
    "message_mail_with_source",
    "message_notify",
    "send_mail",
    "send_mail_batch",
    "activity_schedule",
    "activity_schedule_with_view",
    "_message_sms",
    "_message_sms_with_template",
    "_notify_thread",
    "send_email",
}
# What goes out, or asks somebody to call, once there is a record of it.
SENT = {"mail.mail", "mail.compose.message", "mail.activity", "sms.sms", "sms.composer"}


def find_senders(addon):
    """Functions of an addon that send something.

    :param pathlib.Path addon: its folder
    :return: set of (file, name); files of models are named from there
    """
    return {
        (path.relative_to(addon).as_posix().removeprefix("models/"), function.name)
        for folder in FOLDERS
        for path in sorted((addon / folder).rglob("*.py"))
        for function in _walk_functions(ast.parse(path.read_text()))
        if _sends(function)
    }


def find_unknown_senders(addon, known):
    """Senders of which nobody has said what they ask, and those that are no more."""
    found, known = find_senders(addon), set(known)
    return [
        *(f"{name}: {function} sends" for name, function in sorted(found - known)),
        *(f"{name}: {function} is gone" for name, function in sorted(known - found)),
    ]


def find_unasked(addon, senders):
    """Senders that can be reached past what they are said to ask.

    :param senders: {(file, name): what is called before, or a file of models in which
        something of that name is called and ``_pass_gate`` is asked}
    """
    return [
        f"{name}: {function} doesn't ask {asks}"
        for (name, function), asks in senders.items()
        if not _is_asked(addon, name, function, asks)
    ]


# Kinds of server actions that send something, or ask somebody to call.
ACTING = {"mail_post", "next_activity", "sms", "whatsapp"}


def find_sending_actions(env):
    """Server actions and scheduled ones of the addon that send something themselves:
    nothing that they do asks the gate."""
    actions = env["ir.actions.server"].with_context(active_test=False).search([])
    xmlids = actions.get_external_id()
    faults = []
    for action in actions:
        words = set((action.code or "").replace("(", " ").replace(".", " ").split())
        sends = action.state in ACTING or action.state == "code" and words & SENDING
        if xmlids[action.id].startswith("collection_calls.") and sends:
            faults.append(f"{xmlids[action.id]} sends")
    return faults


def find_unknown_templates(env, known):
    """Templates of e-mails of which nobody has said what they are, and those that say
    themselves to whom they go."""
    data = env["ir.model.data"].search(
        [("module", "=", "collection_calls"), ("model", "=", "mail.template")]
    )
    names = set(data.mapped("name"))
    faults = [f"{name} is unknown" for name in sorted(names ^ set(known))]
    for name in sorted(names & set(known)):
        template = env.ref(f"collection_calls.{name}")
        if known[name] and "_get_recipient()" not in template.partner_to:
            faults.append(f"{name} doesn't ask who gets it")
    return faults


def find_unasking_letters(env, others):
    """Letters about something that doesn't ask the gate.

    :param others: names of models whose letters are lists or sheets for ourselves
    """
    reports = env["ir.actions.report"].search([("is_collection_document", "=", True)])
    addressee = env.registry["collection.addressee"]
    return [
        f"{report.report_name} is about {report.model}"
        for report in reports
        if report.model not in others
        and not issubclass(env.registry[report.model], addressee)
    ]


def _walk_functions(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _sends(function):
    calls = _get_calls(function)
    if calls & SENDING:
        return True
    named = {
        node.value for node in ast.walk(function) if isinstance(node, ast.Constant)
    }
    return "create" in calls and bool(named & SENT)


def _get_calls(function):
    """Names of the methods that are called in it."""
    return {
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def _is_asked(addon, name, function, asks):
    """Whether every way to a function, in its file, leads past what it asks."""
    if asks.endswith(".py"):
        name, asks = asks, "_pass_gate"
    functions = list(_walk_functions(ast.parse((addon / "models" / name).read_text())))

    def is_asked(function_name, seen):
        own = [each for each in functions if each.name == function_name]
        if any(asks in _get_calls(each) for each in own):
            return True
        ways = [
            each.name
            for each in functions
            if each.name not in seen and function_name in _get_mentioned(each)
        ]
        return bool(ways) and all(is_asked(way, {*seen, way}) for way in ways)

    return is_asked(function, {function})


def _get_mentioned(function):
    return {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
