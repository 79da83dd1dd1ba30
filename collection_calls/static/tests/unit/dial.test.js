import {expect, test} from "@odoo/hoot";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Call extends models.Model {
    _name = "call";
    phone = fields.Char();
    phone_e164 = fields.Char();

    _records = [
        {id: 1, phone: "0170 1234567 (mobil)", phone_e164: "+491701234567"},
        {id: 2, phone: "089 12345 / 54321", phone_e164: false},
    ];
}

defineMailModels();
defineModels([Call]);

const mount = (resId, readonly) =>
    mountView({
        type: "form",
        resModel: "call",
        resId,
        arch: `
            <form>
                <field name="phone_e164" invisible="1"/>
                <field name="phone" widget="collection_dial"
                       readonly="${readonly}" options="{'number': 'phone_e164'}"/>
            </form>`,
    });

test("the number that was read is dialled, not its note", async () => {
    await mount(1, 1);
    expect("a[href='tel:+491701234567']").toHaveText("0170 1234567 (mobil)");
});

test("it is dialled while it can be typed, too", async () => {
    await mount(1, 0);
    expect("[name=phone] input").toHaveValue("0170 1234567 (mobil)");
    expect("a[href='tel:+491701234567']").toHaveCount(1);
});

test("nothing is dialled where no number was read", async () => {
    await mount(2, 1);
    expect("a[href^='tel:']").toHaveCount(0);
    expect("[name=phone]").toHaveText("089 12345 / 54321");
});
