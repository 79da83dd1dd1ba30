import {expect, test} from "@odoo/hoot";
import {parseHour} from "@collection_calls/hour/hour.esm";
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

test("hours are read as people write them", () => {
    const halfPastTwo = [
        "14:30",
        "14.30",
        "14,30",
        "1430",
        " 14 30 ",
        "14h30",
        "14 h 30",
        "14 Uhr 30",
        "14:30 Uhr",
        "14.30 uhr",
        "2:30pm",
        "2:30 PM",
        "2.30 p.m.",
        "230pm",
    ];
    for (const text of halfPastTwo) {
        expect(parseHour(text)).toBe(14.5, {message: text});
    }
    const fullHours = {
        "14 Uhr": 14,
        "14h": 14,
        "2 pm": 14,
        9: 9,
        "09": 9,
        "9am": 9,
        "12pm": 12,
        "0900": 9,
        "": 0,
        "  ": 0,
    };
    for (const [text, hour] of Object.entries(fullHours)) {
        expect(parseHour(text)).toBe(hour, {message: text});
    }
});

test("what is no hour of a day is refused", () => {
    const wrong = ["soon", "24:00", "25", "14:60", "13pm", "0pm", "14.5", "0:00", "-1"];
    for (const text of [...wrong, "12345", "14:3", "14:30:00", "12am", "½3"]) {
        expect(() => parseHour(text)).toThrow();
    }
});

test("what is no hour is said where it stands, and stays", async () => {
    await mountHour(2);
    await contains("[name=hour] input").edit("soon");
    expect(".o_collection_hour_wrong").toHaveCount(1);
    expect("[name=hour] input").toHaveValue("soon");
    await contains("[name=hour] input").edit("2:30pm");
    expect(".o_collection_hour_wrong").toHaveCount(0);
});
