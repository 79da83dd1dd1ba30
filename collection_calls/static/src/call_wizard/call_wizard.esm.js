import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {useCallKeys} from "@collection_calls/call_keys/call_keys.esm";
import {useDebounced} from "@web/core/utils/timing";
import {useEffect} from "@odoo/owl";
import {x2ManyCommands} from "@web/core/orm_service";

// Words are saved after such a pause in typing, in milliseconds.
export const PAUSE = 2000;

/** One sentence that says where to look, instead of one about what is required. */
export class CallWizardModel extends formView.Model {
    static Record = class extends formView.Model.Record {
        _displayInvalidFieldNotification() {
            const names = [...this._invalidFields].map(
                (name) => this.fields[name].string
            );
            return this.model.notification.add(
                _t("Correct what is marked: %s", names.join(", ")),
                {type: "danger"}
            );
        }
    };
}

/**
 * The five steps of a call: whatever is typed is saved at once, so that nothing is lost
 * when the browser is closed in the middle of a conversation.
 */
export class CallWizardController extends FormController {
    setup() {
        super.setup();
        this.saveTypedSoon = useDebounced(() => this.saveTyped(), PAUSE);
        useEffect(
            (root) => {
                const onInput = ({target}) => this.saveTypedSoon(target);
                root?.addEventListener("input", onInput);
                return () => root?.removeEventListener("input", onInput);
            },
            () => [this.rootRef.el]
        );
        useCallKeys(this);
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRecordChanged = this.onRecordChanged.bind(this);
        return params;
    }

    onRecordChanged(record, changes) {
        const {root} = this.model;
        // Rows are saved with the next change or button: saving them now would take
        // the cursor away from where the collector goes on.
        const isRow = record.id !== root.id;
        if (isRow || Object.values(root.data).some((value) => value?.editedRecord)) {
            return;
        }
        if (!root.isValid) {
            // What is wrong was said where it stands: the rest is saved all the same.
            this.saveBeside(changes);
            return;
        }
        // For the same reason, plain words and ticks are saved and nothing is read anew.
        const reload = Object.entries(changes).some(([name, value]) =>
            this.changesOtherFields(root.fields[name], value)
        );
        // Not awaited: the change holds the lock that saving waits for.
        root.save({reload});
    }

    /**
     * Whether the server answers a change with other values: proposals, questions, and
     * numbers that may be dialled now that somebody said why.
     */
    changesOtherFields(field, value) {
        if (field?.name === "policy_override_reason") {
            return true;
        }
        if (field?.type === "one2many") {
            return value.some(([command]) => command !== x2ManyCommands.UPDATE);
        }
        return !["boolean", "char", "text"].includes(field?.type);
    }

    /**
     * Save the words that are being typed, past the record: the cursor stays. They are
     * written once more when the field is left.
     */
    async saveTyped() {
        const input = document.activeElement;
        const name = input?.closest?.(".o_field_widget[name]")?.getAttribute("name");
        const {root} = this.model;
        const isText = root.fields[name]?.type === "text" && name in root.activeFields;
        if (!isText || !this.rootRef.el?.contains(input)) {
            return;
        }
        await this.saveBeside({[name]: input.value || false});
    }

    /** Words and ticks that are right by themselves, whatever else is wrong. */
    async saveBeside(changes) {
        const {root} = this.model;
        const plain = Object.entries(changes).filter(([name]) =>
            ["boolean", "char", "text"].includes(root.fields[name]?.type)
        );
        if (!plain.length || !root.resId) {
            return;
        }
        try {
            await this.orm.silent.write(
                root.resModel,
                [root.resId],
                Object.fromEntries(plain)
            );
        } catch {
            // The field says what is wrong when it is left; the words are still there.
        }
    }

    /** @override what is typed and not left yet is saved on *Back*, too */
    async beforeLeave(options) {
        if (!options?.forceLeave) {
            await this.model.root.isDirty();
        }
        return super.beforeLeave(options);
    }
}

export const callWizardView = {
    ...formView,
    Controller: CallWizardController,
    Model: CallWizardModel,
};

registry.category("views").add("collection_call_wizard", callWizardView);
