import {MonetaryField, monetaryField} from "@web/views/fields/monetary/monetary_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * An amount in the company's currency, by which lists sort and sum up, told in the
 * currencies in which the debtor was billed.
 */
export class OwedField extends MonetaryField {
    static props = {...MonetaryField.props, told: {type: String, optional: true}};

    get formattedValue() {
        const {readonly, record, told} = this.props;
        return (readonly && record.data[told]) || super.formattedValue;
    }
}

export const owedField = {
    ...monetaryField,
    component: OwedField,
    displayName: _t("Amount in the Debtor's Currency"),
    supportedOptions: [
        ...monetaryField.supportedOptions,
        {label: _t("In the Debtor's Currency"), name: "told", type: "field"},
    ],
    extractProps: (info, dynamic) => ({
        ...monetaryField.extractProps(info, dynamic),
        told: info.options.told,
    }),
    fieldDependencies: ({options}) =>
        options.told ? [{name: options.told, type: "char"}] : [],
};

registry.category("fields").add("collection_owed", owedField);
