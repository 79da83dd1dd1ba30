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

const DAYS = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

class Answer extends models.Model {
    _name = "answer";
    question = fields.Char();
    answer_kind = fields.Selection({
        selection: [
            ["yes_no", "Yes or no"],
            ["weekday", "Weekday"],
            ["text", "Text"],
        ],
    });
    answer_yes_no = fields.Selection({
        selection: [
            ["yes", "Yes"],
            ["no", "No"],
        ],
    });
    answer_weekday = fields.Selection({
        selection: DAYS.map((day, index) => [String(index), day]),
    });
    answer_text = fields.Char();

    _records = [
        {id: 1, question: "Do you work?", answer_kind: "yes_no"},
        {id: 2, question: "Which day?", answer_kind: "weekday"},
        {id: 3, question: "How much?", answer_kind: "text"},
    ];
}

class Wizard extends models.Model {
    _name = "wizard";
    answer_ids = fields.One2many({relation: "answer"});
    statement = fields.Text();

    _records = [{id: 1, answer_ids: [1, 2, 3]}];
}

defineMailModels();
defineModels([Answer, Wizard]);

async function mountAnswers(readonly = "0") {
    // Two answers in a row may be saved in one go.
    onRpc("wizard", "web_save", ({args}) => {
        args[1].answer_ids.forEach(([, id, vals]) => expect.step([id, vals]));
    });
    await mountView({
        type: "form",
        resModel: "wizard",
        resId: 1,
        arch: `
            <form js_class="collection_call_wizard">
                <field name="answer_ids" widget="collection_call_answers"
                    readonly="${readonly}">
                    <list>
                        <field name="question"/>
                        <field name="answer_kind"/>
                        <field name="answer_yes_no"/>
                        <field name="answer_weekday"/>
                        <field name="answer_text"/>
                    </list>
                </field>
                <field name="statement"/>
            </form>`,
    });
}

test("each question is a line with the buttons it needs", async () => {
    await mountAnswers();
    expect(".o_collection_answers label").toHaveCount(3);
    expect(".o_collection_answers > div:eq(0) button").toHaveCount(2);
    expect(".o_collection_answers > div:eq(1) button").toHaveCount(7);
    expect("button[title=Friday]").toHaveText("Fri");
    expect(".o_collection_answers > div:eq(2) input").toHaveCount(1);
    expect(".o_collection_answers button.active").toHaveCount(0);
});

test("one click answers and saves, another one takes it back", async () => {
    await mountAnswers();
    await contains("button[title=Friday]").click();
    await animationFrame();
    expect.verifySteps([[2, {answer_weekday: "4"}]]);
    expect("button[title=Friday]").toHaveClass("active");
    await contains("button[title=Monday]").click();
    await animationFrame();
    expect.verifySteps([[2, {answer_weekday: "0"}]]);
    expect(".o_collection_answers button.active").toHaveCount(1);
    await contains("button[title=Monday]").click();
    await animationFrame();
    expect.verifySteps([[2, {answer_weekday: false}]]);
    expect(".o_collection_answers button.active").toHaveCount(0);
});

test("a typed word is saved when the next button is clicked", async () => {
    await mountAnswers();
    await contains(".o_collection_answers input").edit("Half of it", {confirm: false});
    await contains("button[title=Yes]").click();
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        [3, {answer_text: "Half of it"}],
        [1, {answer_yes_no: "yes"}],
    ]);
    expect(".o_collection_answers input").toHaveValue("Half of it");
});

test("a word that is being typed is not lost to an answer before", async () => {
    await mountAnswers();
    await contains("button[title=Friday]").click();
    await contains("[name=statement] textarea").edit("The roof leaks", {
        confirm: false,
    });
    await animationFrame();
    expect.verifySteps([[2, {answer_weekday: "4"}]]);
    expect("[name=statement] textarea").toHaveValue("The roof leaks");
});

test("nothing is answered where nothing may be changed", async () => {
    await mountAnswers("1");
    expect(".o_collection_answers button:enabled").toHaveCount(0);
    expect(".o_collection_answers input").toHaveCount(0);
});
