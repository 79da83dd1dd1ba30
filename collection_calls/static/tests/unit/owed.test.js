import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Debtor extends models.Model {
    _name = "debtor";
    name = fields.Char();
    currency_id = fields.Many2one({relation: "res.currency", default: 1});
    overdue = fields.Monetary({currency_field: "currency_id"});
    told = fields.Char();

    _records = [
        {id: 1, name: "First", currency_id: 1, overdue: 1000, told: false},
        {id: 2, name: "Second", currency_id: 1, overdue: 500, told: "CHF 440.00"},
    ];
}

defineMailModels();
defineModels([Debtor]);

const OWED = `
    <field name="overdue" widget="collection_owed" options="{'told': 'told'}"
           sum="Overdue"/>`;

test("an amount is told as the debtor was billed, and summed up as ours", async () => {
    await mountView({
        type: "list",
        resModel: "debtor",
        arch: `<list><field name="currency_id" column_invisible="1"/>${OWED}</list>`,
    });
    expect(".o_data_row:eq(0) [name=overdue]").toHaveText(/^\$\s1,000\.00$/);
    expect(".o_data_row:eq(1) [name=overdue]").toHaveText("CHF 440.00");
    expect(".o_list_footer .o_list_number").toHaveText(/1,500\.00/);
});

test("where it can be typed it is ours", async () => {
    await mountView({
        type: "form",
        resModel: "debtor",
        resId: 2,
        arch: `<form><field name="currency_id" invisible="1"/>${OWED}</form>`,
    });
    expect("[name=overdue] input").toHaveValue("500.00");
});
