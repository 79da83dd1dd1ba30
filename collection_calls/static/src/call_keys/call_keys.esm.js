import {Component, useExternalListener, useRef} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

const DIGITS = [..."123456789"];
const CHOICES = [
    ".o_field_widget[name=verified_by] input[type=radio]",
    ".o_field_widget[name=debt_acknowledged] input[type=radio]",
    ".o_field_widget[name=outcome_id] .o_selection_badge",
].join(", ");
const CHOOSING = "[name=verified_by], [name=debt_acknowledged], [name=outcome_id]";
const PAINT_DELAY = 100; // in milliseconds
const PRESSED = "button, a, summary, [role=button], .o-dropdown-item";
// Where the collector goes on once it is chosen what was agreed.
const NEXT_INPUTS = [
    ".o_field_widget[name=payment_date] input",
    ".o_field_widget[name=reason_id] input",
].join(", ");

/**
 * The keys of a call. Letters of buttons are those of their ``data-hotkey``, which
 * Odoo's overlay shows on Alt: with Shift where Odoo has that letter for itself. On the
 * form, the letter alone will do, as long as nobody types.
 */
export const KEYS = [
    {key: "Enter", does: _t("Go on: the main button")},
    {key: "Z", button: "z", does: _t("Back to the step before")},
    {key: "N", button: "shift+n", does: _t("No answer")},
    {key: "Y", button: "y", does: _t("Busy")},
    {key: "V", button: "v", does: _t("Voicemail")},
    {key: "W", button: "w", does: _t("Wrong number")},
    {key: "T", button: "t", does: _t("Third party")},
    {key: "B", button: "shift+b", does: _t("Call back")},
    // Not by the letter alone: a wish that was noted can't be undone.
    {key: "Alt + O", does: _t("Asked not to be called")},
    {key: "A", button: "a", does: _t("They ask for something, such as no more calls")},
    {key: "S", button: "shift+s", does: _t("Not now, or skip: the next debtor")},
    {key: "P", button: "shift+p", does: _t("Pause: leave and go on later")},
    {
        key: "1 … 9",
        does: _t("Choose how they proved it, what they say, what was agreed"),
    },
    {key: "U", does: _t("Undo, for ten seconds after a call was closed")},
    {key: "Esc", does: _t("Leave a field, to press letters again")},
    {key: "?", does: _t("This card")},
];

// Letters that follow each other faster are a word whose field has lost the cursor.
const WORD_PAUSE = 250; // in milliseconds
const letters = {last: 0, pause: Infinity};

function trackLetters({key, altKey, ctrlKey, metaKey}) {
    if (key?.length === 1 && !(altKey || ctrlKey || metaKey)) {
        const now = Date.now();
        letters.pause = now - letters.last;
        letters.last = now;
    }
}

const isSeen = (element) => element.offsetParent !== null;
const isTyping = ({tagName, type, isContentEditable}) =>
    isContentEditable ||
    tagName === "TEXTAREA" ||
    (tagName === "INPUT" && !["checkbox", "radio"].includes(type));
const findSeen = (root, selector) =>
    [...(root?.querySelectorAll(selector) || [])].filter(isSeen);

/** All keys of a call on one card. */
export class CallKeysDialog extends Component {
    static template = "collection_calls.CallKeysDialog";
    static components = {Dialog};
    static props = {close: Function};

    get title() {
        return _t("A call without a mouse");
    }

    get keys() {
        return KEYS;
    }
}

/**
 * A small button that says that there are keys. It puts the cursor where the collector
 * goes on: in the choices of a step that was entered, then in what the choice asks for.
 */
export class CallKeysButton extends Component {
    static template = "collection_calls.CallKeysButton";
    static props = {...standardWidgetProps};

    setup() {
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.button = useRef("button");
        this.touched = null;
        const touch = ({target}) => (this.touched = target);
        useExternalListener(window, "keydown", touch, {capture: true});
        useExternalListener(window, "pointerdown", touch, {capture: true});
        let before = null;
        useRecordObserver(({data}) => {
            const now = {step: data.step, solution: data.outcome_solution};
            const isStep = before && before.step !== now.step;
            const isChoice = before && !isStep && before.solution !== now.solution;
            before = now;
            if (isStep || isChoice) {
                const inputs = isStep ? CHOICES : NEXT_INPUTS;
                // Once the step is on the screen.
                browser.setTimeout(() => this.focusNext(inputs), PAINT_DELAY);
            }
        });
    }

    open() {
        this.dialog.add(CallKeysDialog);
    }

    /**
     * Nowhere if the collector went on to another field before the server answered, or
     * a dialog asks something.
     */
    focusNext(inputs) {
        const active = document.activeElement;
        const field = this.touched?.closest?.(".o_field_widget[name]");
        const isElsewhere = field && !field.matches(CHOOSING);
        const isBusy = isElsewhere || (isTyping(active) && isSeen(active));
        if (isBusy || this.ui.activeElement !== document) {
            return;
        }
        const [first] = findSeen(this.button.el?.closest(".o_form_view"), inputs);
        first?.focus();
        if (document.activeElement !== first) {
            active?.blur?.();
        }
    }
}

registry.category("view_widgets").add("collection_call_keys", {
    component: CallKeysButton,
});

/**
 * Let a call be held by keys alone.
 *
 * @param {FormController} controller
 */
export function useCallKeys(controller) {
    const dialog = useService("dialog");
    const ui = useService("ui");
    const find = (selector) => findSeen(controller.rootRef.el, selector);
    const press = (selector) =>
        find(selector)
            .find((one) => !one.disabled)
            ?.click();

    for (const {key, button} of KEYS.filter((one) => one.button)) {
        useHotkey(key.toLowerCase(), () => {
            if (letters.pause > WORD_PAUSE) {
                press(`[data-hotkey='${button}']`);
            }
        });
    }
    useExternalListener(window, "keydown", trackLetters, {capture: true});
    for (const digit of DIGITS) {
        useHotkey(digit, () => find(CHOICES)[digit - 1]?.click());
    }
    // Whoever has tabbed to a button presses that one.
    useHotkey("enter", () => press(".o_statusbar_buttons .btn-primary"), {
        isAvailable: (target) => !target.closest?.(PRESSED),
    });

    useExternalListener(document, "keydown", (ev) => {
        const {key, target} = ev;
        if (ui.activeElement !== document || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        if (key === "?" && !isTyping(target)) {
            ev.preventDefault();
            dialog.add(CallKeysDialog);
        } else if (isTyping(target) && controller.rootRef.el?.contains(target)) {
            // What is typed is taken over, then the next key is for the form again.
            const isLine = key === "Enter" && target.tagName === "INPUT";
            const isOpen = document.querySelector(".o-autocomplete--dropdown-menu");
            if ((isLine || key === "Escape") && !isOpen) {
                setTimeout(() => target.blur());
            }
        }
    });
}
