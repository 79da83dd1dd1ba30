import {
    FloatTimeField,
    floatTimeField,
} from "@web/views/fields/float_time/float_time_field";
import {InvalidNumberError, parseFloatTime} from "@web/views/fields/parsers";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useInputField} from "@web/views/fields/input_field_hook";
import {useNumpadDecimal} from "@web/views/fields/numpad_decimal_hook";

/** The hour that was typed; nothing was agreed if nothing is typed. */
export function parseHour(text) {
    const hour = text.trim() ? parseFloatTime(text) : 0;
    if (Number.isNaN(hour)) {
        throw new InvalidNumberError(text);
    }
    return hour;
}

/** An hour of the day, where 0 means that none was agreed: it shows nothing. */
export class HourField extends FloatTimeField {
    static template = "collection_calls.HourField";
    static props = {
        ...FloatTimeField.props,
        placeholder: {type: String, optional: true},
    };

    /** @override to read nothing as no hour, which Odoo's field takes for an error */
    setup() {
        this.inputFloatTimeRef = useInputField({
            getValue: () => this.formattedValue,
            refName: "numpadDecimal",
            parse: parseHour,
        });
        useNumpadDecimal();
    }

    get formattedValue() {
        return this.props.record.data[this.props.name] ? super.formattedValue : "";
    }
}

export const hourField = {
    ...floatTimeField,
    component: HourField,
    displayName: _t("Agreed Hour"),
    extractProps: (fieldInfo) => ({
        ...floatTimeField.extractProps(fieldInfo),
        placeholder: fieldInfo.placeholder,
    }),
};

registry.category("fields").add("collection_hour", hourField);
