import {registry} from "@web/core/registry";

const NUMBER = "+49 30 23125042";

const start = {
    content: "Start",
    trigger: ".o_collection_progress button:contains(Start Calling)",
    run: "click",
};

registry.category("web_tour.tours").add("collection_calls_policy", {
    steps: () => [
        start,
        {
            content: "Nobody is handed out",
            trigger: ".o_notification:contains(Now is not the time to call)",
        },
        {
            content: "Call nevertheless",
            trigger: ".o_data_row:contains(Müller Bau) button[name=action_start_call]",
            run: "click",
        },
        {
            content: "What is against it",
            trigger: "[name=policy_note]:contains(from 8:00 to 20:00)",
        },
        {
            content: "The numbers can be read",
            trigger: `.o_collection_dossier:contains(${NUMBER})`,
        },
        {
            content: "They can't be dialled",
            trigger: ".o_form_view:not(:has(a[href^='tel:']:visible))",
        },
        {
            content: "Say why",
            trigger: "[name=policy_override_reason] textarea:visible",
            run: "edit Asked us to call at night && press Tab",
        },
        {
            content: "Now they can",
            trigger: `.o_collection_dossier a[href^='tel:']:contains(${NUMBER})`,
        },
        {
            content: "Dial",
            trigger: "button[name=action_next]:visible:contains(Call)",
            run: "click",
        },
        {
            content: "A machine answers",
            trigger: "button[name=action_end_with]:visible:contains(Voicemail)",
            run: "click",
        },
        {
            content: "Back at the list",
            trigger: ".o_collection_progress_text:contains(Done today: 1)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_policy_morning", {
    steps: () => [
        start,
        {
            content: "The debtor is handed out, and the numbers can be dialled",
            trigger: `.o_collection_dossier a[href^='tel:']:contains(${NUMBER})`,
        },
        {
            content: "Nothing is against it",
            trigger: ".o_form_view:not(:has([name=policy_note]:visible))",
        },
        {
            content: "Leave",
            trigger: "button[name=action_pause]:visible",
            run: "click",
        },
        {
            content: "Back at the list",
            trigger: ".o_collection_progress_text:contains(Left: 1)",
        },
    ],
});
