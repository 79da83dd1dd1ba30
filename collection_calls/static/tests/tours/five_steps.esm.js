import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const startFromOverdueInvoice = () => [
    ...stepUtils.goToAppSteps(
        "collection_calls.collection_calls_menu_root",
        "Open the app"
    ),
    {
        content: "Call about the overdue invoice",
        trigger:
            ".o_data_row:contains(Müller Bau GmbH) button[name=action_start_collection_call]",
        run: "click",
    },
];

const next = (label) => ({
    content: `Go on: ${label}`,
    trigger: `button[name=action_next]:visible:contains(${label})`,
    run: "click",
});

const verify = () => [
    {
        content: "Nothing of the amount is on the screen before verification",
        trigger: ".o_collection_identity:contains(C4711):not(:contains(1,234))",
    },
    {
        content: "The address was right",
        trigger: ".o_field_widget[name=verified_by] label:contains(Address)",
        run: "click",
    },
];

registry.category("web_tour.tours").add("collection_calls_five_steps", {
    url: "/odoo",
    steps: () => [
        ...startFromOverdueInvoice(),
        {
            content: "1 Prepare: what we know is there",
            trigger: ".o_collection_dossier:contains(1,234.00)",
        },
        {
            content: "One click dials",
            trigger: ".o_collection_dossier a[href='tel:+493023125042']",
        },
        next("Call"),
        {
            content: "2 Call: the steps behind are shut",
            trigger: "button[name=action_next]:visible:contains(Understand)",
            run: "click",
        },
        {
            content: "The collector is told why",
            trigger: ".modal:contains(right person) .modal-footer button",
            run: "click",
        },
        ...verify(),
        next("Understand"),
        {
            content: "3 Understand: choose the reason",
            trigger: ".o_field_widget[name=reason_id] input",
            run: "edit No money",
        },
        {
            content: "No money",
            trigger: ".o-autocomplete--dropdown-item:contains(No money at the moment)",
            run: "click",
        },
        {
            content: "The answer to give is shown",
            trigger: ".alert:contains(I understand)",
        },
        {
            content: "Which day are you paid?",
            trigger:
                ".o_data_row:contains(Which day are you paid) td[name=answer_weekday]",
            run: "click",
        },
        {
            content: "Open the days",
            trigger: ".o_selected_row td[name=answer_weekday] input",
            run: "click",
        },
        {
            content: "Friday",
            trigger: ".o_select_menu_item:contains(Friday)",
            run: "click",
        },
        {
            content: "One click goes on to the notes",
            trigger: ".o_field_widget[name=statement] textarea",
            run: "click",
        },
        {
            content: "Write down what is said",
            trigger: ".o_field_widget[name=statement] textarea",
            run: "edit Started a new job && click body",
        },
        {
            content: "The answer was kept",
            trigger: ".o_data_row:not(.o_selected_row):contains(Friday)",
        },
        next("Solve"),
        {
            content: "4 Solve: a promise",
            trigger: ".o_field_widget[name=outcome_id] span:contains(Promises to pay)",
            run: "click",
        },
        {
            content: "The payment day is proposed",
            trigger: ".o_field_widget[name=payment_date]:visible button:not(:empty)",
        },
        next("Close"),
        {
            content: "5 Close: the recap is there to be read",
            trigger: ".o_field_widget[name=recap]:contains(You pay by Saturday)",
        },
        {
            content: "The telephone number is right",
            trigger: ".o_field_widget[name=phone_confirmed] input",
            run: "click",
        },
        {
            content: "Done",
            trigger: "button[name=action_done]:visible:contains(Done)",
            run: "click",
        },
        {
            content: "Back where the call was started",
            trigger: ".o_list_view .o_data_row:contains(Müller Bau GmbH)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_voicemail", {
    url: "/odoo",
    steps: () => [
        ...startFromOverdueInvoice(),
        {
            content: "A machine answers: the second click ends the call",
            trigger: "button:visible:contains(Voicemail)",
            run: "click",
        },
        {
            content: "Back where the call was started",
            trigger: ".o_list_view .o_data_row:contains(Müller Bau GmbH)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_leave_browser", {
    url: "/odoo",
    steps: () => [
        ...startFromOverdueInvoice(),
        next("Call"),
        ...verify(),
        next("Understand"),
        {
            content: "Write down what is said",
            trigger: ".o_field_widget[name=statement] textarea",
            run: "edit The roof leaks && click body",
        },
        {
            content: "It is saved without a click on any button",
            trigger: ".o_form_view:not(:has(.o_form_status_indicator_buttons:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_resume", {
    url: "/odoo/action-collection_calls.collection_call_action_ongoing",
    steps: () => [
        {
            content: "The call waits among my ongoing calls",
            trigger: ".o_data_row:contains(Müller Bau GmbH) button[name=action_resume]",
            run: "click",
        },
        {
            content: "Everything is still there",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Understand)",
        },
        {
            content: "What was said, too",
            trigger: ".o_field_widget[name=statement] textarea:value(The roof leaks)",
        },
        next("Solve"),
        {
            content: "They dispute the claim",
            trigger: ".o_field_widget[name=outcome_id] span:contains(Disputes)",
            run: "click",
        },
        next("Close"),
        {
            content: "Done",
            trigger: "button[name=action_done]:visible:contains(Done)",
            run: "click",
        },
        {
            content: "Nothing is ongoing any more",
            trigger: ".o_list_view .o_view_nocontent:contains(No call is open)",
        },
    ],
});
