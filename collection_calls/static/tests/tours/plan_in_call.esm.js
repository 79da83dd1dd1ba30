import {registry} from "@web/core/registry";

const next = (label) => ({
    content: `Go on: ${label}`,
    trigger: `button[name=action_next]:visible:contains(${label})`,
    run: "click",
});

registry.category("web_tour.tours").add("collection_calls_plan_in_call", {
    steps: () => [
        {
            content: "Call the debtor",
            trigger: "button[name=action_start_collection_call]:visible",
            run: "click",
        },
        next("Call"),
        {
            content: "The address was right",
            trigger: ".o_field_widget[name=verified_by] label:contains(Address)",
            run: "click",
        },
        next("Understand"),
        next("Solve"),
        {
            content: "They can only pay in parts",
            trigger:
                ".o_field_widget[name=outcome_id] span:contains(Agrees to installments)",
            run: "click",
        },
        {
            content: "The screen says what is missing",
            trigger: ".alert:visible:contains(On which day is the first installment)",
        },
        next("Close"),
        {
            content: "So does the button",
            trigger:
                ".modal:contains(On which day is the first installment) .modal-footer button",
            run: "click",
        },
        {
            content: "The first installment",
            trigger:
                ".o_inner_group:has(.o_field_widget[name=plan_frequency]) .o_field_widget[name=payment_date] input",
            run: "edit 01/15/2020 && press Enter",
        },
        {
            content: "It is past",
            trigger: ".alert:visible:contains(is past)",
        },
        {
            content: "Another day",
            trigger:
                ".o_inner_group:has(.o_field_widget[name=plan_frequency]) .o_field_widget[name=payment_date] button",
            run: "click",
        },
        {
            content: "Twenty days ahead",
            trigger:
                ".o_inner_group:has(.o_field_widget[name=plan_frequency]) .o_field_widget[name=payment_date] input",
            run: "edit +20d && press Enter",
        },
        {
            content: "The schedule is there",
            trigger: ".o_collection_schedule:contains(411.34)",
        },
        {
            content: "Four of them",
            trigger: ".o_field_widget[name=plan_installment_count] input",
            run: "edit 4 && press Tab",
        },
        {
            content: "The schedule follows",
            trigger: ".o_collection_schedule:contains(308.50)",
        },
        {
            content: "Every week",
            trigger: ".o_field_widget[name=plan_frequency] input",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: ".o-dropdown-item:contains(Every week)",
            run: "click",
        },
        {
            content: "What happens if they don't pay is told, too",
            trigger:
                ".o_field_widget[name=plan_rule_description]:contains(One missed installment)",
        },
        next("Close"),
        {
            content: "5 Close: the terms are read out",
            trigger:
                ".o_field_widget[name=recap]:contains(in 4 installments):contains(every week):contains(whole rest)",
        },
        {
            content: "The debtor accepts",
            trigger: "button[name=action_done]:visible:contains(Done)",
            run: "click",
        },
        {
            content: "Back at the debtor",
            trigger:
                ".o_form_view:not(:has(.o_statusbar_status)) button[name=action_view_collection_calls]",
        },
    ],
});
