import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("collection_calls_plan_missed", {
    steps: () => [
        {
            content: "The customer says what is in arrears",
            trigger: ".alert:contains(in arrears)",
        },
        {
            content: "Look at the plan",
            trigger: "button[name=action_view_collection_plans]",
            run: "click",
        },
        {
            content: "Open it, if it is not open yet",
            trigger:
                ".o_data_row .o_data_cell[name=partner_id]:contains(Müller Bau GmbH)",
            run: "click",
        },
        {
            content: "One installment was missed, the others were paid",
            trigger:
                ".o_field_widget[name=installment_ids]:has(.badge:contains(Paid)) .badge.text-bg-danger:contains(Missed)",
        },
        {
            content: "The plan says what the night will bring",
            trigger:
                ".o_field_widget[name=tonight]:contains(Accelerate):contains(is missing)",
        },
    ],
});

tours.add("collection_calls_plan_accelerated", {
    steps: () => [
        {
            content: "The rest is due, and why",
            trigger: ".alert.alert-danger:contains(is due at once since)",
        },
        {
            content: "The plan is accelerated",
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains(Accelerated)",
        },
        {
            content: "A collector can't take that back",
            trigger:
                ".o_statusbar_buttons:not(:has(button:contains(Reinstate))) button[name=action_call]",
        },
        {
            content: "Look at what happened",
            trigger: ".nav-link[name=events]",
            run: "click",
        },
        {
            content: "First missed, then due at once",
            trigger:
                ".o_field_widget[name=event_ids] .o_data_row:has(.badge:contains(Accelerated)) ~ .o_data_row .badge:contains(Installment Missed)",
        },
        {
            content: "Look at what the debtor got in writing",
            trigger: ".nav-link[name=letters]",
            run: "click",
        },
        {
            content: "It is on its way",
            trigger:
                ".o_field_widget[name=letter_ids] .o_data_row:contains(Acceleration)",
        },
    ],
});
