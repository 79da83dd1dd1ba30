import {registry} from "@web/core/registry";

const next = (label) => ({
    content: `Go on: ${label}`,
    trigger: `button[name=action_next]:visible:contains(${label})`,
    run: "click",
});

const onTheLine = (debtor, progress) => [
    {
        content: `${debtor} is next`,
        trigger: `.o_form_view h2:contains(${debtor})`,
    },
    {
        content: "The counter",
        trigger: `.o_field_widget[name=progress]:contains(${progress})`,
    },
];

const verified = [
    next("Call"),
    {
        content: "The address was right",
        trigger: ".o_field_widget[name=verified_by] label:contains(Address)",
        run: "click",
    },
    next("Understand"),
    next("Solve"),
];

const choose = (outcome) => ({
    content: outcome,
    trigger: `.o_field_widget[name=outcome_id] span:contains(${outcome})`,
    run: "click",
});

const pay = (group, day) => ({
    content: "The day",
    trigger: `.o_inner_group:has(.o_field_widget[name=${group}]) .o_field_widget[name=payment_date] input`,
    run: `edit ${day} && press Enter`,
});

const done = {
    content: "Done",
    trigger: "button[name=action_done]:visible:contains(Done)",
    run: "click",
};

registry.category("web_tour.tours").add("collection_calls_session", {
    steps: () => [
        {
            content: "Three debtors are left",
            trigger: ".o_collection_progress_text:contains(Left: 3)",
        },
        {
            content: "Start",
            trigger: ".o_collection_progress button:contains(Start Calling)",
            run: "click",
        },
        ...onTheLine("First Ltd", "Done today: 0 · Left: 3"),
        next("Call"),
        {
            content: "Nobody answers",
            trigger: "button[name=action_end_with]:visible:contains(Voicemail)",
            run: "click",
        },
        ...onTheLine("Second Ltd", "Done today: 1 · Left: 2"),
        ...verified,
        choose("Promises to pay"),
        pay("payment_method", "+5d"),
        next("Close"),
        done,
        ...onTheLine("Third Ltd", "Done today: 2 · Left: 1"),
        ...verified,
        choose("Agrees to installments"),
        pay("plan_frequency", "+20d"),
        {
            content: "The schedule is there",
            trigger: ".o_collection_schedule",
        },
        next("Close"),
        done,
        {
            content: "Back at the list: nobody is left",
            trigger:
                ".o_collection_progress_text:contains(Done today: 3):contains(Left: 0)",
        },
        {
            content: "The list is empty",
            trigger: ".o_view_nocontent, .o_list_view:not(:has(.o_data_row))",
        },
    ],
});
