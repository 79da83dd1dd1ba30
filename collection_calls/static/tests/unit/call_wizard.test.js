import {expect, test} from "@odoo/hoot";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Wizard extends models.Model {
    _name = "wizard";
    reason = fields.Char();
    statement = fields.Text();
    policy_override_reason = fields.Text();
    is_shut = fields.Boolean();
    hour = fields.Float();

    _records = [{id: 1, is_shut: true}];
}

defineMailModels();
defineModels([Wizard]);

test("whatever is typed is saved at once", async () => {
    onRpc("wizard", "web_save", ({args}) => expect.step(args[1]));
    await mountView({
        type: "form",
        resModel: "wizard",
        resId: 1,
        arch: `
            <form js_class="collection_call_wizard">
                <field name="reason"/>
                <field name="statement"/>
            </form>`,
    });
    expect.verifySteps([]);
    await contains("[name=reason] input").edit("no money");
    await animationFrame();
    expect.verifySteps([{reason: "no money"}]);
    await contains("[name=statement] textarea").edit("The roof leaks", {
        confirm: "blur",
    });
    await animationFrame();
    expect.verifySteps([{statement: "The roof leaks"}]);
});

test("a reason to call nevertheless makes numbers links", async () => {
    onRpc("wizard", "web_save", function ({args: [ids, changes]}) {
        this.env.wizard.write(ids, {is_shut: !changes.policy_override_reason});
    });
    await mountView({
        type: "form",
        resModel: "wizard",
        resId: 1,
        arch: `
            <form js_class="collection_call_wizard">
                <field name="is_shut" invisible="1"/>
                <field name="policy_override_reason"/>
                <a href="tel:+493023125042" invisible="is_shut">Dial</a>
            </form>`,
    });
    expect("a[href^='tel:']").toHaveCount(0);
    await contains("[name=policy_override_reason] textarea").edit("Asked us to", {
        confirm: "blur",
    });
    await animationFrame();
    expect("a[href^='tel:']").toHaveCount(1);
});

test("words are saved after a pause while they are typed", async () => {
    onRpc("wizard", "write", ({args}) => expect.step(args[1]));
    await mountView({
        type: "form",
        resModel: "wizard",
        resId: 1,
        arch: `
            <form js_class="collection_call_wizard">
                <field name="statement"/>
            </form>`,
    });
    await contains("[name=statement] textarea").edit("The roof ", {confirm: false});
    await advanceTime(1000);
    expect.verifySteps([]);
    await advanceTime(1500);
    expect.verifySteps([{statement: "The roof "}]);
    expect("[name=statement] textarea").toHaveValue("The roof ");
    expect("[name=statement] textarea").toBeFocused();
});

test("a wrong hour doesn't keep the rest from being saved", async () => {
    onRpc("wizard", "write", ({args}) => expect.step(args[1]));
    await mountView({
        type: "form",
        resModel: "wizard",
        resId: 1,
        arch: `
            <form js_class="collection_call_wizard">
                <field name="hour" widget="collection_hour"/>
                <field name="reason"/>
            </form>`,
    });
    await contains("[name=hour] input").edit("soon");
    await contains("[name=reason] input").edit("no money");
    await animationFrame();
    expect.verifySteps([{reason: "no money"}]);
    expect(".o_notification").toHaveCount(0);
    expect("[name=hour] input").toHaveValue("soon");
});
