import {registry} from "@web/core/registry";

// A whole call without a mouse. Keys are counted from the call list, or from the first
// step of a call.
const MOST_KEYS_FOR_VOICEMAIL = 2;
const MOST_KEYS_FOR_PROMISE = 25;

const isSeen = (step) =>
    `.o_form_view:has(.o_statusbar_status .o_arrow_button_current:contains(${step}))`;

const press = (key, trigger) => ({
    content: `Press ${key}`,
    trigger,
    run: `press ${key}`,
});

const onTheLine = ".o_form_view h2:contains(Müller Bau GmbH)";

/** One of the strokes may not be more than people bear. */
function check(steps, most) {
    const count = steps.filter(({run}) => run?.startsWith("press")).length;
    if (count > most) {
        throw new Error(`${count} keys are too many: at most ${most}`);
    }
    return steps;
}

const voicemail = check(
    [
        press("alt+s", ".o_collection_progress button:contains(Start Calling)"),
        press("v", onTheLine),
    ],
    MOST_KEYS_FOR_VOICEMAIL
);

const DAY = "01/15/2099";
const dayInput = ".o_field_widget[name=payment_date]:visible input:focus";

const promise = check(
    [
        press("Enter", onTheLine),
        press("1", isSeen("Call")),
        press(
            "Enter",
            ".o_field_widget[name=verified_by] .o_radio_item:first-child input:checked"
        ),
        press("Enter", isSeen("Understand")),
        press("1", isSeen("Solve")),
        {
            content: "The calendar has opened, and selected what was in the field",
            trigger: ".o_datetime_picker",
        },
        ...[...DAY].map((key) => press(key, dayInput)),
        press("Enter", `${dayInput}:value(${DAY})`),
        press("Enter", ".o_form_view:not(:has(input:focus))"),
        press(
            "Enter",
            ".o_field_widget[name=recap]:contains(1,234.00):contains(January 15, 2099)"
        ),
    ],
    MOST_KEYS_FOR_PROMISE
);

const isDone = {
    content: "The list counts the call",
    trigger: ".o_collection_progress_text:contains(Done today: 1)",
};

registry.category("web_tour.tours").add("collection_calls_keys_voicemail", {
    steps: () => [...voicemail, isDone],
});

registry.category("web_tour.tours").add("collection_calls_keys_promise", {
    steps: () => [
        {
            content: "Start",
            trigger: ".o_collection_progress button:contains(Start Calling)",
            run: "press alt+s",
        },
        ...promise,
        isDone,
    ],
});

registry.category("web_tour.tours").add("collection_calls_keys_card", {
    steps: () => [
        {
            content: "Start",
            trigger: ".o_collection_progress button:contains(Start Calling)",
            run: "press alt+s",
        },
        press("?", onTheLine),
        {
            content: "The card tells all keys; close it",
            trigger: ".modal .o_collection_keys:contains(Voicemail)",
            run: "press Escape",
        },
        {
            content: "Hold Alt: letting it go takes the overlay away",
            trigger: ".o_form_view:not(:has(.modal))",
            run() {
                const held = {key: "Alt", altKey: true, bubbles: true};
                document.body.dispatchEvent(new KeyboardEvent("keydown", held));
            },
        },
        {
            content: "Odoo's overlay has the same letters",
            trigger:
                "button[name=action_end_with]:contains(No Answer) .o_web_hotkey_overlay:contains(SHIFT+N)",
        },
        press("Enter", onTheLine),
        press("z", isSeen("Call")),
        press("p", isSeen("Prepare")),
        {
            content: "Paused, and nobody was called",
            trigger: ".o_collection_progress_text:contains(Done today: 0)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_undo", {
    steps: () => [
        ...voicemail,
        isDone,
        {
            content: "The notification names the debtor; it was a slip",
            trigger:
                ".o_notification:contains(Müller Bau GmbH):contains(Voicemail) button:contains(Undo)",
            run: "click",
        },
        {
            content: "Nobody was called, after all",
            trigger: ".o_form_view:contains(Done today: 0 · Left: 1)",
        },
        press("n", onTheLine),
        isDone,
        {
            content: "Now it is right; open what was written down",
            trigger:
                ".o_notification:contains(Müller Bau GmbH):contains(No answer) button:contains(Open)",
            run: "click",
        },
        {
            content: "It is there",
            trigger:
                ".o_form_view .o_field_widget[name=outcome_id]:contains(No answer)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_calls_back_of_the_browser", {
    steps: () => [
        {
            content: "Start",
            trigger: ".o_collection_progress button:contains(Start Calling)",
            run: "press alt+s",
        },
        press("Enter", onTheLine),
        press("1", isSeen("Call")),
        press(
            "Enter",
            ".o_field_widget[name=verified_by] .o_radio_item:first-child input:checked"
        ),
        {
            content: "They talk",
            trigger: ".o_field_widget[name=statement]:visible textarea",
            run: "fill The roof leaks",
        },
        {
            content: "Back of the browser, in the middle of the sentence",
            trigger: ".o_field_widget[name=statement]:visible textarea",
            run() {
                history.back();
            },
        },
        {
            content: "The list",
            trigger: ".o_collection_progress_text",
        },
    ],
});
