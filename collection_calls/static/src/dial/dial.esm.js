import {PhoneField, phoneField} from "@web/views/fields/phone/phone_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * A number as it was typed, with its note and extension, and a link that dials the one
 * that was read: option "number" names the field with it. Odoo's own field dials all
 * that was typed, notes included.
 */
export class DialField extends PhoneField {
    static template = "collection_calls.DialField";
    static props = {
        ...PhoneField.props,
        number: {type: String},
    };

    get number() {
        return this.props.record.data[this.props.number];
    }

    get phoneHref() {
        return `tel:${this.number}`;
    }
}

export const dialField = {
    ...phoneField,
    component: DialField,
    displayName: _t("Number to Dial"),
    fieldDependencies: ({options}) => [{name: options.number, type: "char"}],
    extractProps: (fieldInfo) => ({
        placeholder: fieldInfo.placeholder,
        number: fieldInfo.options.number,
    }),
};

registry.category("fields").add("collection_dial", dialField);
