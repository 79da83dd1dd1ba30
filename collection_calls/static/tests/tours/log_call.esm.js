import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("collection_calls_log_call", {
    url: "/odoo",
    steps: () => [
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
            content: "The overdue customer is listed: open the invoice",
            trigger: ".o_data_row:contains(Müller Bau GmbH) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Go to the customer",
            trigger: ".o_field_widget[name=partner_id] .o_form_uri",
            run: "click",
        },
        {
            content: "Log a call from the customer",
            trigger:
                ".o_form_view:has([name=company_type]) button[name=action_log_collection_call]",
            run: "click",
        },
        {
            content: "The claim that is overdue is proposed",
            trigger: ".modal .o_field_widget[name=claim_ids] .o_data_row",
        },
        {
            content: "Choose the outcome: all of them are there",
            trigger: ".modal .o_field_widget[name=outcome_id] input",
            run: "click",
        },
        {
            content: "Nobody picked up is one of them",
            trigger: ".o_select_menu_item:contains(No answer)",
        },
        {
            content: "Take it from the list",
            trigger: ".o_select_menu_item:contains(Promises to pay)",
            run: "click",
        },
        {
            content: "All that is open is proposed as promised",
            trigger:
                ".modal .o_field_widget[name=claim_ids] td[name=promised_amount]:contains(1,234.00)",
        },
        {
            content: "Say how",
            trigger: ".modal .o_field_widget[name=verified_by] input",
            run: "click",
        },
        {
            content: "By the address",
            trigger: ".o_select_menu_item:contains(Address)",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: ".modal .o_field_widget[name=verified_by] input:value(Address)",
        },
        {
            content: "Forget the payment day: the form asks for it, keeps everything",
            trigger: ".modal footer button[name=action_done]",
            run: "click",
        },
        {
            content: "It is marked",
            trigger: ".modal .o_field_invalid[name=payment_date]",
        },
        {
            content: "Type it: the next call follows from it",
            trigger: ".modal .o_field_widget[name=payment_date] input",
            run: "edit 01/15/2099 && press Enter",
        },
        {
            content: "Close the call",
            trigger: ".modal footer button[name=action_done]",
            run: "click",
        },
        {
            content: "The customer shows the call",
            trigger:
                "body:not(:has(.modal)) button[name=action_view_collection_calls]:contains(1)",
        },
        {
            content: "Back to the invoice",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "The invoice shows the call, too",
            trigger:
                ".o_form_view button[name=action_view_collection_calls]:contains(1)",
            run: "click",
        },
        {
            content: "It is in the list of calls",
            trigger: ".o_data_row:contains(Promises to pay)",
        },
        {
            content: "Open the activity menu",
            trigger:
                ".o-mail-ActivityMenu-counter, .o_menu_systray i[aria-label=Activities]",
            run: "click",
        },
        {
            content: "The next call is planned",
            trigger:
                ".o-mail-ActivityMenu .o-mail-ActivityGroup:contains(Collection Case)",
        },
    ],
});
