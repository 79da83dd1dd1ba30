import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const startFromOverdueInvoice = () => [
    ...stepUtils.goToAppSteps(
        "collection_calls.collection_calls_menu_root",
        "Open the app"
    ),
    {
        content: "The overdue invoices",
        trigger: "[data-menu-xmlid='collection_calls.account_move_menu_overdue']",
        run: "click",
    },
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
                ".o_collection_answers > div:contains(Which day are you paid) button[title=Friday]",
            run: "click",
        },
        {
            content: "How much can you send the day after?",
            trigger: ".o_collection_answers > div:contains(How much) input",
            run: "edit Half of it",
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
            content: "The answers were kept",
            trigger:
                ".o_collection_answers:has(button.active[title=Friday]) input:value(Half of it)",
        },
        next("Solve"),
        next("Close"),
        {
            content: "4 Solve: what was agreed is asked for here",
            trigger: ".modal:contains(Choose what was agreed) .modal-footer button",
            run: "click",
        },
        {
            content: "A promise",
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
            trigger: ".o_field_widget[name=recap]:contains(1,234.00 by Saturday)",
        },
        {
            content: "Everything on file is right",
            trigger: "button[name=action_confirm_contact]",
            run: "click",
        },
        {
            content: "It is ticked",
            trigger: ".o_field_widget[name=address_confirmed] input:checked",
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

registry.category("web_tour.tours").add("collection_calls_call_back", {
    url: "/odoo",
    steps: () => [
        ...startFromOverdueInvoice(),
        {
            content: "The day is there, and no hour that nobody agreed",
            trigger:
                ".o_form_view:has(.o_field_widget[name=call_back_date] button:not(:empty)) .o_field_widget[name=next_call_time]:visible input:placeholder-shown",
        },
        {
            content: "Please call back: the second click ends the call",
            trigger: "button[name=action_end_with]:visible:contains(Call Back)",
            run: "click",
        },
        {
            content: "Back where the call was started",
            trigger: ".o_list_view .o_data_row:contains(Müller Bau GmbH)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_call_back_later", {
    url: "/odoo",
    steps: () => [
        ...startFromOverdueInvoice(),
        {
            content: "Another day",
            trigger: ".o_field_widget[name=call_back_date] button",
            run: "click",
        },
        {
            content: "Type it; it is past",
            trigger: ".o_field_widget[name=call_back_date] input",
            run: "edit 01/15/2020 && press Enter",
        },
        {
            content: "At half past ten",
            trigger: ".o_field_widget[name=next_call_time]:visible input",
            run: "edit 10:30",
        },
        {
            content: "Call back",
            trigger: "button[name=action_end_with]:visible:contains(Call Back)",
            run: "click",
        },
        {
            content: "The collector is told why not",
            trigger: ".modal:contains(lie in the past) .modal-footer button",
            run: "click",
        },
        {
            content: "What was typed is there: only the day is typed again",
            trigger:
                ".o_form_view:has(.o_field_widget[name=next_call_time]:visible input:value(10:30)) .o_field_widget[name=call_back_date] button",
            run: "click",
        },
        {
            content: "A Thursday to come",
            trigger: ".o_field_widget[name=call_back_date] input",
            run: "edit 01/15/2099 && press Enter",
        },
        {
            content: "Call back",
            trigger: "button[name=action_end_with]:visible:contains(Call Back)",
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
        {
            content: "All of the only invoice is proposed",
            trigger: "td[name=disputed_amount]:contains(1,234.00)",
        },
        {
            content: "Ask what is wrong",
            trigger: ".o_field_widget[name=reason_id]:visible input",
            run: "edit Not satisfied",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Not satisfied)",
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
