import {expect, test} from "@odoo/hoot";
import {leave} from "@collection_calls/leave/leave.esm";
import {ControllerNotFoundError} from "@web/webclient/actions/action_service";

function makeEnv(restore) {
    const doAction = (action, options) => expect.step([action, options]);
    return {services: {action: {restore, doAction}}};
}

test("leaving a call goes back to where it was started", async () => {
    await leave(makeEnv(async () => expect.step("restored")));
    expect.verifySteps(["restored"]);
});

test("after a closed browser, leaving a call opens the list of calls", async () => {
    const restore = async () => {
        throw new ControllerNotFoundError();
    };
    await leave(makeEnv(restore));
    expect.verifySteps([
        ["collection_calls.collection_call_action", {clearBreadcrumbs: true}],
    ]);
});

test("any other error is not swallowed", async () => {
    const restore = async () => {
        throw new TypeError("broken");
    };
    await expect(leave(makeEnv(restore))).rejects.toThrow("broken");
});
