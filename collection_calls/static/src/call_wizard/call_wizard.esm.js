import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {x2ManyCommands} from "@web/core/orm_service";

/**
 * The five steps of a call: whatever is typed is saved at once, so that nothing is lost
 * when the browser is closed in the middle of a conversation.
 */
export class CallWizardController extends FormController {
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
}

export const callWizardView = {...formView, Controller: CallWizardController};

registry.category("views").add("collection_call_wizard", callWizardView);
