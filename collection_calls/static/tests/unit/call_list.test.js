import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {callNext} from "@collection_calls/next_call/next_call.esm";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Case extends models.Model {
    _name = "case";
    priority = fields.Integer();
    priority_detail = fields.Text();
    days_overdue = fields.Integer();
    policy_note = fields.Text();
    bucket_1_30 = fields.Float();
    bucket_31_60 = fields.Float();
    bucket_61_90 = fields.Float();
    bucket_over_90 = fields.Float();
    currency_id = fields.Many2one({relation: "res.currency"});

    _records = [
        {
            id: 1,
            priority: 87,
            priority_detail: "50 Amount\n37 Age",
            days_overdue: 95,
            bucket_1_30: 300,
            bucket_over_90: 100,
            policy_note: "It is 3:00 there.",
        },
        {id: 2, priority: 40},
        {id: 3, priority: 5, bucket_1_30: -20, bucket_31_60: 10, days_overdue: 40},
    ];
}

defineMailModels();
defineModels([Case]);

const mountList = () =>
    mountView({
        type: "list",
        resModel: "case",
        arch: `
            <list js_class="collection_call_list">
                <field name="priority" widget="collection_priority"
                    options="{'detail': 'priority_detail'}"/>
                <field name="policy_note" widget="collection_lock"/>
                <field name="days_overdue" widget="collection_aging"/>
            </list>`,
    });

function mockProgress(done, left, isCollector = true) {
    onRpc("has_group", () => isCollector);
    onRpc("collection.case", "get_calling_progress", () => ({done, left}));
}

test("the priority is coloured and says why", async () => {
    mockProgress(0, 3);
    await mountList();
    expect(".o_collection_priority:eq(0)").toHaveText("87");
    expect(".o_collection_priority:eq(0)").toHaveAttribute(
        "title",
        "50 Amount\n37 Age"
    );
    expect(".o_collection_priority:eq(0) .fa").toHaveClass("text-danger");
    expect(".o_collection_priority:eq(1) .fa").toHaveClass("text-warning");
    expect(".o_collection_priority:eq(2) .fa").toHaveClass("text-muted");
});

test("only what is against a call has a lock", async () => {
    mockProgress(0, 3);
    await mountList();
    expect(".o_collection_lock").toHaveCount(1);
    expect(".o_collection_lock").toHaveAttribute("title", "It is 3:00 there.");
});

test("the bar is split over the ages", async () => {
    mockProgress(0, 3);
    await mountList();
    expect(".o_collection_aging").toHaveCount(2);
    expect(".o_collection_aging:eq(0) .progress-bar").toHaveCount(2);
    expect(".o_collection_aging:eq(0) .bg-secondary").toHaveStyle(
        {width: "75%"},
        {inline: true}
    );
    expect(".o_collection_aging:eq(1) .progress-bar").toHaveCount(1);
});

test("the counter says what is done and left, and the button goes on", async () => {
    mockProgress(4, 11);
    onRpc("collection.case", "action_start_calling", () => ({type: "next call"}));
    mockService("action", {doAction: (action) => expect.step(action.type)});
    await mountList();
    expect(".o_collection_progress_text").toHaveText("Done today: 4 · Left: 11");
    expect(".o_collection_progress button").toHaveText("Go on Calling");
    await contains(".o_collection_progress button").click();
    expect.verifySteps(["next call"]);
});

test("who doesn't collect sees the list alone", async () => {
    mockProgress(4, 11, false);
    await mountList();
    expect(".o_collection_progress").toHaveCount(0);
    expect(".o_data_row").toHaveCount(3);
});

test("nobody was called yet", async () => {
    mockProgress(0, 0);
    await mountList();
    expect(".o_collection_progress button").toHaveText("Start Calling");
    expect(".o_collection_progress .bg-success").toHaveStyle(
        {width: "0%"},
        {inline: true}
    );
});

test("the next call takes the place of the one that was closed", async () => {
    const orm = {
        call: (...args) => {
            expect.step(args);
            return {type: "next call"};
        },
    };
    const doAction = (action, options) => expect.step([action, options]);
    const params = {skipped_ids: [7]};
    await callNext({services: {orm, action: {doAction}}}, {params});
    expect.verifySteps([
        ["collection.case", "action_call_next", [], {skipped_ids: [7]}],
        [{type: "next call"}, {stackPosition: "replaceCurrentAction"}],
    ]);
});
