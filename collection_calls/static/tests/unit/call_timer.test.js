import {advanceTime, expect, freezeTime, mockDate, test} from "@odoo/hoot";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Call extends models.Model {
    _name = "call";
    date_start = fields.Datetime();

    _records = [
        {id: 1, date_start: "2026-03-10 08:57:30"},
        {id: 2, date_start: "2026-03-10 07:00:00"},
        {id: 3, date_start: "2026-03-10 09:00:05"},
        {id: 4, date_start: false},
    ];
}

defineMailModels();
defineModels([Call]);

async function mountTimer(resId) {
    mockDate("2026-03-10 09:00:00", 0);
    freezeTime(); // drawing the view may take a second
    await mountView({
        type: "form",
        resModel: "call",
        resId,
        arch: `<form><field name="date_start" widget="collection_call_timer"/></form>`,
    });
}

test("the timer shows minutes and seconds and goes on", async () => {
    await mountTimer(1);
    expect(".o_collection_call_timer").toHaveText("02:30");
    await advanceTime(31000);
    expect(".o_collection_call_timer").toHaveText("03:01");
});

test("the timer shows hours of a call that was left open", async () => {
    await mountTimer(2);
    expect(".o_collection_call_timer").toHaveText("2:00:00");
});

test("the timer doesn't run backwards if the clocks differ", async () => {
    await mountTimer(3);
    expect(".o_collection_call_timer").toHaveText("00:00");
});

test("the timer is empty before the call has started", async () => {
    await mountTimer(4);
    expect(".o_collection_call_timer").toHaveText("");
});
