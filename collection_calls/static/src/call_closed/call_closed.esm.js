import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

// As long as a call that was closed by a slip can be taken back, in milliseconds.
export const UNDO_DELAY = 10000;

/**
 * Say which call was closed, and go on. For ten seconds it can be opened or, where
 * nobody has heard of it, taken back: by a click, or by the letter U.
 */
export function callClosed(env, {params}) {
    const {action, hotkey, notification, orm} = env.services;
    const cleanups = [];
    const forget = () => cleanups.splice(0).forEach((cleanup) => cleanup());

    const open = () => {
        forget();
        return action.doAction({
            type: "ir.actions.act_window",
            res_model: "collection.call",
            res_id: params.call_id,
            views: [[false, "form"]],
        });
    };
    const undo = async () => {
        forget();
        const again = await orm.call(
            "collection.call",
            "action_take_back",
            [[params.call_id]],
            {is_session: params.is_session, skipped_ids: params.skipped_ids}
        );
        // The next debtor's call, if one is open, gives way.
        const {currentController} = action;
        const isCall = currentController?.action.res_model === "collection.call.wizard";
        await action.doAction(
            again,
            isCall ? {stackPosition: "replaceCurrentAction"} : {}
        );
    };

    const buttons = [{name: _t("Open"), onClick: open}];
    if (params.can_undo) {
        buttons.unshift({name: _t("Undo"), primary: true, onClick: undo});
        cleanups.push(hotkey.add("u", undo, {global: true}));
    }
    cleanups.push(
        notification.add(params.message, {
            type: "success",
            autocloseDelay: UNDO_DELAY,
            buttons,
        })
    );
    browser.setTimeout(forget, UNDO_DELAY);
    return params.next;
}

registry.category("actions").add("collection_calls.closed", callClosed);
