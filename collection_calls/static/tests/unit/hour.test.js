import {expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Call extends models.Model {
    _name = "call";
    hour = fields.Float();

    _records = [
        {id: 1, hour: 0},
        {id: 2, hour: 10.5},
    ];
}

defineMailModels();
defineModels([Call]);

async function mountHour(resId, readonly = "0") {
    onRpc("call", "web_save", ({args}) => expect.step(args[1].hour));
    await mountView({
        type: "form",
        resModel: "call",
        resId,
        arch: `
            <form>
                <field name="hour" widget="collection_hour" readonly="${readonly}"
                    placeholder="any hour"/>
            </form>`,
    });
}

const type = async (text) => {
    await contains("[name=hour] input").edit(text);
    await contains(".o_form_button_save").click();
};

test("no hour shows nothing", async () => {
    await mountHour(1);
    expect("[name=hour] input").toHaveValue("");
    expect("[name=hour] input").toHaveAttribute("placeholder", "any hour");
});

test("no hour shows nothing where it can't be typed", async () => {
    await mountHour(1, "1");
    expect("[name=hour] span").toHaveText("");
});

test("an agreed hour is shown and typed as on a clock", async () => {
    await mountHour(2);
    expect("[name=hour] input").toHaveValue("10:30");
    await type("9:15");
    expect.verifySteps([9.25]);
    expect("[name=hour] input").toHaveValue("09:15");
});

test("emptied, no hour is agreed any more", async () => {
    await mountHour(2);
    await type("");
    expect.verifySteps([0]);
    expect("[name=hour] input").toHaveValue("");
});

test("what is no hour is marked and not saved", async () => {
    await mountHour(2);
    await type("soon");
    expect.verifySteps([]);
    expect("[name=hour]").toHaveClass("o_field_invalid");
    expect("[name=hour] input").toHaveValue("soon");
});
