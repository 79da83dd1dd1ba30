import {expect, test} from "@odoo/hoot";
import {animationFrame} from "@odoo/hoot-mock";
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

    _records = [{id: 1, reason: false, statement: false}];
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
