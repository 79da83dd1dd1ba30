#!/bin/sh
# Odoo 19.0 (Debian package odoo-19, 19.0.0+dfsg-1), dialog "Transfer Journal Items": moved
# on a day to come, an invoice is settled by an entry that isn't posted.
#
# Guess: only posted entries can be matched ("You can only reconcile posted entries"), so
# either the dialog refuses the day, or the invoice stays open until the entry is posted.
# Seen: the entry is a draft that waits for its day (auto_post "at_date"), without a number;
# the receivable item of the invoice is matched with it in full all the same, and the
# invoice is told as paid. What is owed stands in a draft alone.
#
# For us: a promise on the invoice would be void, a plan completed, for a debt that nobody
# paid. models/agreement/succession.py has somebody look until the entry is posted.
#
# Runs on this checkout's Odoo (dev/), in a database of its own without our addon.
set -eu
cd "$(dirname "$0")/.."
base=finding_settles_$$
trap 'dev/odoo db drop "$base" >/dev/null 2>&1 || true' EXIT
dev/odoo -d "$base" -i account --stop-after-init --no-http --log-level=error
seen=$(dev/odoo shell -d "$base" --no-http --log-level=critical <<'PYTHON'
from datetime import timedelta
from odoo import Command, fields
env = env(user=1)
company = env.company
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
today = fields.Date.today()
partner = env["res.partner"].create({"name": "Müller Bau GmbH"})
invoice = env["account.move"].create({
    "move_type": "out_invoice",
    "partner_id": partner.id,
    "invoice_date": today - timedelta(30),
    "invoice_line_ids": [
        Command.create({"name": "Roof", "price_unit": 1000, "tax_ids": []})
    ],
})
invoice.action_post()
item = invoice.line_ids.filtered(lambda l: l.account_type == "asset_receivable")
doubtful = item.account_id.copy({"code": "121999", "name": "Doubtful"})
dialog = env["account.automatic.entry.wizard"].with_context(
    active_model="account.move.line", active_ids=item.ids
).create({
    "action": "change_account",
    "date": today + timedelta(1),
    "journal_id": env["account.journal"].search([
        ("type", "=", "general"), ("company_id", "=", company.id)
    ], limit=1).id,
    "destination_account_id": doubtful.id,
})
entry = env["account.move"].browse(dialog.do_action()["res_id"])
print("SEEN entry", entry.state, entry.auto_post)
print("SEEN item reconciled", item.reconciled, item.amount_residual)
print("SEEN invoice", invoice.payment_state, invoice.amount_residual)
env.cr.rollback()
PYTHON
)
seen=$(echo "$seen" | grep -o 'SEEN.*' | cut -d' ' -f2-)
expected="entry draft at_date
item reconciled True 0.0
invoice paid 0.0"
echo "Odoo 19.0.0+dfsg-1, a claim of 1,000 that is moved tomorrow:"
echo "$seen"
if [ "$seen" != "$expected" ]; then
    echo "This has changed; expected was:" >&2
    echo "$expected" >&2
    exit 1
fi
