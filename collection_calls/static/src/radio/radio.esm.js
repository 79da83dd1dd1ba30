import {RadioField, radioField} from "@web/views/fields/radio/radio_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** One of several choices; a second click on the chosen one takes it back. */
export class OptionalRadioField extends RadioField {
    static template = "collection_calls.OptionalRadioField";

    /** A first click finds another choice still standing: its change follows. */
    onClick(item) {
        if (item[0] === this.value) {
            this.props.record.update({[this.props.name]: false});
        }
    }
}

export const optionalRadioField = {
    ...radioField,
    component: OptionalRadioField,
    displayName: _t("Radio that can be emptied"),
    supportedTypes: ["selection"],
};

registry.category("fields").add("collection_radio", optionalRadioField);
