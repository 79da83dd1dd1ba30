import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

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

    onRecordChanged() {
        const {root} = this.model;
        // A row that is being edited is saved with the next change or button: saving
        // it now would take the cursor away from where the collector goes on.
        if (Object.values(root.data).some((value) => value?.editedRecord)) {
            return;
        }
        // Not awaited: the change holds the lock that saving waits for.
        root.save();
    }
}

export const callWizardView = {...formView, Controller: CallWizardController};

registry.category("views").add("collection_call_wizard", callWizardView);
