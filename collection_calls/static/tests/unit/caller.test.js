import {Caller, readNumber} from "@collection_calls/caller/caller.esm";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {animationFrame, runAllTimers} from "@odoo/hoot-mock";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {press} from "@odoo/hoot-dom";

const FOUND = [
    {
        partner_id: 1,
        contact_id: 11,
        name: "Müller Bau GmbH",
        person: "Frau Weber",
        place: "Berlin",
        why: "+49 30 23125043",
        collector: "Ann",
    },
    {
        partner_id: 2,
        contact_id: false,
        name: "Müller Dach GmbH",
        person: false,
        place: false,
        why: false,
        collector: false,
    },
];

defineMailModels();

async function mountCaller({params, find = () => FOUND} = {}) {
    onRpc("collection.finder", "find", ({args}) => {
        expect.step(["find", ...args]);
        return find(...args);
    });
    onRpc("res.partner", "action_take_collection_call", ({args}) => {
        expect.step(["take", ...args]);
        return {name: "the call"};
    });
    mockService("action", {doAction: ({name}) => expect.step(name)});
    await mountWithCleanup(Caller, {props: {action: {params}}});
    await animationFrame();
}

async function type(text) {
    await contains("#o_collection_caller_input").edit(text, {confirm: false});
    await runAllTimers();
    await animationFrame();
}

test("the number of an address is read as telephones write it", () => {
    expect(readNumber("?number=%2B493023125043")).toBe("+493023125043");
    expect(readNumber("?number=+493023125043")).toBe("+493023125043");
    expect(readNumber("?number=03023125043")).toBe("03023125043");
    expect(readNumber("?debug=1")).toBe("");
});

test("the page waits for what they say, with the cursor in it", async () => {
    await mountCaller();
    expect("#o_collection_caller_input").toBeFocused();
    expect(".o_collection_caller .list-group-item").toHaveCount(0);
    await type("m");
    expect.verifySteps([]);
});

test("whoever may be meant is shown, the surest one chosen", async () => {
    await mountCaller();
    await type("Müller");
    expect.verifySteps([["find", "Müller"]]);
    expect(".list-group-item").toHaveCount(2);
    expect(".list-group-item:eq(0)").toHaveClass("o_collection_chosen");
    expect(".list-group-item:eq(0)").toHaveText(/Frau Weber/);
    expect(".list-group-item:eq(0) [title=Collector]").toHaveText("Ann");
    expect(".list-group-item:eq(1) [title=Collector]").toHaveCount(0);
});

test("down and Enter take the call; a name is no number", async () => {
    await mountCaller();
    await type("Müller");
    await press("ArrowDown");
    await press("ArrowDown");
    await animationFrame();
    expect(".list-group-item:eq(1)").toHaveClass("o_collection_chosen");
    await press("ArrowUp");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        ["find", "Müller"],
        ["find", "Müller"],
        ["take", [11], false],
        "the call",
    ]);
});

test("a click takes the call of a debtor, too", async () => {
    await mountCaller();
    await type("Müller");
    await contains(".list-group-item:eq(1)").click();
    expect.verifySteps([["find", "Müller"], ["take", [2], false], "the call"]);
});

test("the number on the display finds at once, and is that of the call", async () => {
    await mountCaller({params: {number: "+493023125043"}});
    expect("#o_collection_caller_input").toHaveValue("+493023125043");
    await contains(".list-group-item:eq(0)").click();
    expect.verifySteps([
        ["find", "+493023125043"],
        ["take", [11], "+493023125043"],
        "the call",
    ]);
});

test("it stays that of the call if a name had to be asked for", async () => {
    const find = (text) => (text === "Müller" ? FOUND : []);
    await mountCaller({params: {number: "+493099999999"}, find});
    expect(".o_collection_caller p").toHaveText(/^Nobody found/);
    await type("Müller");
    await contains(".list-group-item:eq(0)").click();
    expect.verifySteps([
        ["find", "+493099999999"],
        ["find", "Müller"],
        ["take", [11], "+493099999999"],
        "the call",
    ]);
});
