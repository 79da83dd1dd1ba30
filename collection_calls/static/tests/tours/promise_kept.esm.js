import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("collection_calls_promise_kept", {
    steps: () => [
        {
            content: "The invoice says what is promised",
            trigger: ".alert:contains(1,234.00 promised for)",
        },
        {
            content: "The money has come: pay in Odoo's own dialog",
            trigger: "button[name=action_register_payment]:visible",
            run: "click",
        },
        {
            content: "Make the payment",
            trigger: ".modal button[name=action_create_payments]",
            run: "click",
        },
        {
            content: "Nothing stands on the invoice any more: look at the promise",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.alert:contains(promised for))) button[name=action_view_collection_promises]",
            run: "click",
        },
        {
            content: "It is kept",
            trigger:
                ".o_data_row:contains(Müller Bau GmbH) .badge.text-bg-success:contains(Kept)",
        },
    ],
});
