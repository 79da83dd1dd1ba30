import {animationFrame, expect, test} from "@odoo/hoot";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

const SENT = {
    tone: "secondary",
    sentence: "On its way to weber@mueller.example.",
    marks: [
        {label: "Sent", when: "10:42"},
        {label: "Accepted", when: ""},
    ],
};
const ACCEPTED = {
    tone: "success",
    sentence: "The debtor has accepted and signed.",
    marks: [
        {label: "Sent", when: "10:42"},
        {label: "Accepted", when: "10:45"},
    ],
};

class CollectionCall extends models.Model {
    _name = "collection.call";
    name = fields.Char();
    link_status = fields.Json();
    _records = [{id: 7, name: "CALL/7", link_status: SENT}];
}

class Wizard extends models.Model {
    _name = "wizard";
    call_id = fields.Many2one({relation: "collection.call"});
    link_status = fields.Json();
    note = fields.Char();
    _records = [
        {id: 1, call_id: 7, link_status: SENT},
        {id: 2, call_id: 7, link_status: false},
    ];
}

defineMailModels();
defineModels([CollectionCall, Wizard]);

async function mountStatus(resId) {
    const subscribers = new Set();
    mockService("bus_service", {
        subscribe: (type, callback) =>
            type === "collection_calls.page" && subscribers.add(callback),
        unsubscribe: (_type, callback) => subscribers.delete(callback),
    });
    onRpc("collection.call", "read", () => {
        expect.step("read");
        return [{id: 7, link_status: ACCEPTED}];
    });
    await mountView({
        type: "form",
        resModel: "wizard",
        resId,
        arch: `
            <form>
                <field name="call_id" invisible="1"/>
                <field name="note"/>
                <field name="link_status" widget="collection_link_status"
                    options="{'call': 'call_id'}" readonly="1"/>
            </form>`,
    });
    return async (message) => {
        subscribers.forEach((callback) => callback(message));
        await animationFrame();
    };
}

test("it says how far the debtor has come", async () => {
    await mountStatus(1);
    expect(".o_collection_link_status").toHaveClass("alert-secondary");
    expect(".o_collection_link_status .fa-check-circle").toHaveCount(1);
    expect(".o_collection_link_status .fa-circle-o").toHaveCount(1);
    expect(".o_collection_link_status b").toHaveText(SENT.sentence);
});

test("it turns green when the debtor signs, without a reload", async () => {
    const notify = await mountStatus(1);
    await notify({call_id: 7, kind: "accepted"});
    expect.verifySteps(["read"]);
    expect(".o_collection_link_status").toHaveClass("alert-success");
    expect(".o_collection_link_status b").toHaveText(ACCEPTED.sentence);
    expect(".o_collection_link_status .fa-check-circle").toHaveCount(2);
});

test("other calls are none of its business", async () => {
    const notify = await mountStatus(1);
    await notify({call_id: 8, kind: "accepted"});
    expect.verifySteps([]);
    expect(".o_collection_link_status").toHaveClass("alert-secondary");
});

test("as long as no link was sent there is nothing to see", async () => {
    await mountStatus(2);
    expect(".o_collection_link_status").toHaveCount(0);
});
