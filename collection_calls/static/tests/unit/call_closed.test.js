import {expect, test} from "@odoo/hoot";
import {advanceTime} from "@odoo/hoot-mock";
import {allowTranslations} from "@web/../tests/web_test_helpers";
import {callClosed} from "@collection_calls/call_closed/call_closed.esm";

function makeEnv() {
    allowTranslations();
    const shown = {};
    const env = {
        services: {
            action: {doAction: async (action) => expect.step(action)},
            hotkey: {
                add: (key, undo) => {
                    Object.assign(shown, {key, undo});
                    return () => expect.step("forgot the key");
                },
            },
            notification: {
                add: (message, options) => {
                    Object.assign(shown, {message, ...options});
                    return () => expect.step("closed");
                },
            },
            orm: {call: async (...args) => ({taken: args})},
        },
    };
    return {env, shown};
}

const params = {
    message: "Müller: Voicemail",
    call_id: 7,
    can_undo: true,
    is_session: true,
    skipped_ids: [3],
    next: "next",
};

test("ten seconds to undo, then it is final", async () => {
    const {env, shown} = makeEnv();
    expect(callClosed(env, {params})).toBe("next");
    expect(shown.message).toBe("Müller: Voicemail");
    expect(shown.autocloseDelay).toBe(10000);
    expect(shown.buttons.map(({name}) => name.toString())).toEqual(["Undo", "Open"]);
    expect(shown.key).toBe("u");
    await advanceTime(9000);
    expect.verifySteps([]);
    await advanceTime(1500);
    expect.verifySteps(["forgot the key", "closed"]);
});

test("undo opens the call where it was, once", async () => {
    const {env, shown} = makeEnv();
    callClosed(env, {params});
    await shown.undo();
    const args = ["collection.call", "action_take_back", [[7]]];
    expect.verifySteps([
        "forgot the key",
        "closed",
        {taken: [...args, {is_session: true, skipped_ids: [3]}]},
    ]);
});

test("what somebody has heard of can only be opened", async () => {
    const {env, shown} = makeEnv();
    callClosed(env, {params: {...params, can_undo: false}});
    expect(shown.buttons.map(({name}) => name.toString())).toEqual(["Open"]);
    expect(shown.key).toBe(undefined);
});
