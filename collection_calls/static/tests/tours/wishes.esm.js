import {registry} from "@web/core/registry";

const ask = {
    content: "They ask for something: the first click",
    trigger: "button[name=action_note_wish]:visible",
    run: "click",
};

function save(what, trigger) {
    return {
        content: `${what}: the second click`,
        trigger: `.modal ${trigger}`,
        run: "click",
    };
}

function stands(text) {
    return {
        content: "It stands at the head of the call",
        trigger: `body:not(:has(.modal)) [name=right_note]:contains(${text})`,
    };
}

registry.category("web_tour.tours").add("collection_calls_wishes", {
    steps: () => [
        {
            content: "Call",
            trigger: ".o_data_row:contains(Müller Bau) button[name=action_start_call]",
            run: "click",
        },
        ask,
        save("Only in the evening", "button:contains(Evenings)"),
        stands("Calls only Monday–Friday 17:00–20:00"),
        ask,
        {
            content: "The cursor is in what they say; one Tab further is the name",
            trigger: ".modal [name=wording] textarea:focus",
            run: "edit Ask Dr. Kern && press Tab",
        },
        {
            content: "Their lawyer",
            trigger: ".modal [name=representative_name] input:focus",
            run: "edit Dr. Kern",
        },
        save("A lawyer", "button:contains(A Lawyer)"),
        stands("Represented by Dr. Kern"),
        ask,
        save("Not at this number", "button:contains(Not at This Number)"),
        stands("Not at +49 30 23125043"),
    ],
});
