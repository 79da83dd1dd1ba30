import {ControllerNotFoundError} from "@web/webclient/actions/action_service";
import {registry} from "@web/core/registry";

/**
 * Go back to where the call was started from or, if the browser was closed meanwhile,
 * to the list of calls.
 */
export async function leave(env) {
    try {
        await env.services.action.restore();
    } catch (error) {
        if (!(error instanceof ControllerNotFoundError)) {
            throw error;
        }
        await env.services.action.doAction("collection_calls.collection_call_action", {
            clearBreadcrumbs: true,
        });
    }
}

registry.category("actions").add("collection_calls.leave", leave);
