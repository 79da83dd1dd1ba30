import {
    contains,
    defineModels,
    getService,
    makeMockEnv,
    makeServerError,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {animationFrame} from "@odoo/hoot-mock";
import {Overview} from "@collection_calls/overview/overview.esm";
import {WebClient} from "@web/webclient/webclient";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {getDefaultConfig} from "@web/views/view";

class OverviewModel extends models.Model {
    _name = "collection.overview";
}

defineMailModels();
defineModels([OverviewModel]);

const figure = (label, count, amount, tone, more = {}) => ({
    label,
    count,
    amount,
    tone,
    action: {name: `List of ${label}`},
    ...more,
});

const prepareFigures = (more = {}) => ({
    everybody: false,
    is_empty: false,
    is_manager: false,
    currency_id: 1,
    work: {
        done: figure("Done Today", 3, 0, "success"),
        left: figure("Left to Call", 9, 0, "warning"),
        parts: [figure("My Ongoing Calls", 1, 0, "warning")],
    },
    promised: figure("Promised This Week", 2, 300, undefined, {
        days: [
            figure("Mon", 2, 300, undefined, {
                is_today: true,
                parts: [
                    figure("Kept", 1, 100, "success"),
                    figure("Open", 1, 200, "warning"),
                    figure("Broken", 0, 0, "danger"),
                ],
            }),
            figure("Tue", 0, 0, undefined, {is_today: false, parts: []}),
        ],
    }),
    kept: figure("Kept Promises", 4, undefined, undefined, {
        rate: 0.75,
        amount_rate: 0.5,
        parts: [
            figure("Kept", 3, 300, "success"),
            figure("Partly Kept", 0, 0, "danger-light"),
            figure("Broken", 1, 300, "danger"),
        ],
    }),
    aging: figure("Overdue", 5, 3900, undefined, {
        credits: 100,
        parts: [
            figure("1–30 Days", 4, 3000, "secondary"),
            figure("Over 90 Days", 1, 1000, "danger"),
        ],
    }),
    plans: figure("Plans in Trouble", 1, 50, undefined, {
        parts: [
            figure("Accelerated", 1, 50, "danger"),
            figure("On Track", 3, 90, "success"),
        ],
    }),
    received: figure("Received after Calls", 2, 70, undefined, {
        calls: 8,
        parts: [figure("2 Mar – 8 Mar", 2, 70, "success")],
    }),
    ...more,
});

async function mountOverview(answer = () => prepareFigures()) {
    onRpc("collection.overview", "get_figures", ({args}) => {
        expect.step(["get_figures", ...args]);
        return answer(...args);
    });
    const env = await makeMockEnv({config: getDefaultConfig()});
    await mountWithCleanup(Overview, {props: {action: {}}, env});
    await animationFrame();
    expect.verifySteps([["get_figures", null]]);
}

const mockActions = () =>
    mockService("action", {doAction: (action) => expect.step(action.name || action)});

test("six tiles from one request", async () => {
    await mountOverview();
    expect(".o_collection_tile").toHaveCount(6);
    expect(".o_collection_work button:first").toHaveText("Go on Calling");
    expect(".o_collection_work .progress-bar").toHaveStyle(
        {width: "25%"},
        {inline: true}
    );
    expect(".o_collection_ages p span:eq(1)").toHaveText(
        /^Debtors: 5, less credits of \$\s100$/
    );
    expect(".o_collection_kept p span:eq(0)").toHaveText("75%");
    expect(".o_collection_kept p span:eq(1)").toHaveText(
        "of 4 in 90 days, 50% of the amount"
    );
    expect(".o_collection_received p").toHaveText(/after 2 of 8 calls/);
});

test("what waits for the debtor is shown if there is something", async () => {
    mockActions();
    const waiting = figure("Waiting for the Debtor", 2, undefined, undefined, {
        parts: [
            figure("Plans Not Signed", 2, 900, "secondary"),
            figure("Promises Not Confirmed", 0, 0, "secondary"),
        ],
    });
    await mountOverview(() => prepareFigures({waiting}));
    expect(".o_collection_waiting .o_collection_figure").toHaveCount(1);
    await contains(".o_collection_waiting button:first").click();
    await contains(".o_collection_waiting .o_collection_figure").click();
    expect.verifySteps(["List of Waiting for the Debtor", "List of Plans Not Signed"]);
});

test("bars and columns are as long as what they stand for", async () => {
    await mountOverview();
    expect(".o_collection_ages .progress-bar:eq(0)").toHaveStyle(
        {width: "75%"},
        {inline: true}
    );
    expect(".o_collection_ages .progress-bar:eq(1)").toHaveClass("bg-danger");
    expect(".o_collection_promised .o_collection_column").toHaveCount(2);
    expect(".o_collection_promised .o_collection_column button").toHaveCount(2);
    expect(".o_collection_promised .bg-warning").toHaveAttribute(
        "aria-label",
        /^List of Open: .*200.* \(1\)$/
    );
});

test("each figure opens its list", async () => {
    mockActions();
    await mountOverview();
    for (const selector of [
        ".o_collection_ages h2 button",
        ".o_collection_ages .progress-bar.bg-danger",
        ".o_collection_kept .o_collection_figure:contains(Broken)",
        ".o_collection_promised .o_collection_column .bg-success",
        ".o_collection_work .o_collection_figure:contains(Left)",
    ]) {
        await contains(selector).click();
    }
    expect.verifySteps([
        "List of Overdue",
        "List of Over 90 Days",
        "List of Broken",
        "List of Kept",
        "List of Left to Call",
    ]);
});

test("calling begins as in the call list", async () => {
    onRpc("collection.case", "action_start_calling", () => ({name: "next call"}));
    mockActions();
    await mountOverview();
    await contains(".o_collection_work .btn-primary").click();
    expect.verifySteps(["next call"]);
});

test("who calls us is asked on another page", async () => {
    mockActions();
    await mountOverview();
    await contains(".o_collection_work .btn-secondary").click();
    expect.verifySteps(["collection_calls.collection_caller_action"]);
});

test("managers see the team, and open what each of it does", async () => {
    mockActions();
    const row = (name, ...counts) => {
        const [left, done, talking] = counts.map((count, index) =>
            figure(["Left", "Done", "Talking"][index], count)
        );
        return {name, left, done, talking};
    };
    const rows = [row("Ann", 4, 2, 1), row("Bob", 0, 0, 0)];
    await mountOverview(() => prepareFigures({team: {label: "Team Today", rows}}));
    expect(".o_collection_team thead th").toHaveCount(4);
    expect(".o_collection_team tbody tr").toHaveCount(2);
    expect(".o_collection_team tbody tr:eq(1) button").toHaveCount(0);
    await contains(".o_collection_team tbody tr:eq(0) td:eq(1) button").click();
    expect.verifySteps(["List of Done"]);
});

test("mine or all", async () => {
    await mountOverview((everybody) => prepareFigures({everybody: Boolean(everybody)}));
    expect(".btn-group button:eq(0)").toHaveAttribute("aria-pressed", "true");
    await contains(".btn-group button:contains(All)").click();
    expect.verifySteps([["get_figures", true]]);
    expect(".btn-group button:eq(1)").toHaveAttribute("aria-pressed", "true");
});

test("a new database says what to do first", async () => {
    mockActions();
    await mountOverview(() => prepareFigures({is_empty: true}));
    expect(".o_collection_tile").toHaveCount(0);
    expect(".o_collection_empty button").toHaveCount(2);
    await contains(".o_collection_empty .btn-primary").click();
    await contains(".o_collection_empty .btn-secondary").click();
    expect.verifySteps([
        "collection_calls.account_move_action_overdue",
        "collection_calls.collection_caller_action",
    ]);
});

test("a manager may set up the strategy first", async () => {
    mockActions();
    await mountOverview(() => prepareFigures({is_empty: true, is_manager: true}));
    expect(".o_collection_empty button").toHaveCount(3);
    await contains(".o_collection_empty button:contains(Strategy)").click();
    expect.verifySteps(["collection_calls.collection_strategy_action"]);
});

test("no promise has no rate", async () => {
    const kept = figure("Kept Promises", 0, undefined, undefined, {
        rate: null,
        amount_rate: null,
        parts: [],
    });
    await mountOverview(() => prepareFigures({kept}));
    expect(".o_collection_kept p").toHaveText(
        "No promise was due in the last 90 days."
    );
});

test("what failed can be tried again", async () => {
    let isBroken = true;
    await mountOverview(() => {
        if (isBroken) {
            throw makeServerError({message: "The database sleeps"});
        }
        return prepareFigures();
    });
    expect(".o_collection_overview [role=alert]").toHaveCount(1);
    expect(".o_collection_overview [role=alert]").toHaveText(/The database sleeps/);
    isBroken = false;
    await contains(".o_collection_overview [role=alert] button").click();
    expect.verifySteps([["get_figures", null]]);
    expect(".o_collection_tile").toHaveCount(6);
});

test("it comes back as it was left", async () => {
    onRpc("collection.overview", "get_figures", ({args}) => {
        expect.step(args[0]);
        return prepareFigures({everybody: Boolean(args[0])});
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction("collection_overview");
    await contains(".btn-group button:contains(All)").click();
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "collection_overview",
        name: "Another one",
    });
    await animationFrame();
    await contains(".breadcrumb-item a, .o_back_button").click();
    await animationFrame();
    expect.verifySteps([null, true, null, true]);
});
