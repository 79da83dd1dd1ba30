import {registry} from "@web/core/registry";

/**
 * Go on with the next debtor of the session. The call that was closed is kept already:
 * whatever goes wrong now, it stays closed.
 */
export async function callNext(env, {params}) {
    const action = await env.services.orm.call(
        "collection.case",
        "action_call_next",
        [],
        {skipped_ids: params.skipped_ids}
    );
    await env.services.action.doAction(action, {
        stackPosition: "replaceCurrentAction",
    });
}

registry.category("actions").add("collection_calls.next", callNext);
