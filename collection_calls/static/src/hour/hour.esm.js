import {
    FloatTimeField,
    floatTimeField,
} from "@web/views/fields/float_time/float_time_field";
import {InvalidNumberError} from "@web/views/fields/parsers";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useInputField} from "@web/views/fields/input_field_hook";
import {useNumpadDecimal} from "@web/views/fields/numpad_decimal_hook";
import {useState} from "@odoo/owl";

// 14:30, 14.30, 14h30, 14 Uhr 30, 1430, 14 Uhr, 14h, 9, 2:30pm
const SEPARATOR = String.raw`(?:\s*(?:[:.,]|h|uhr)\s*|\s+)`;
const SUFFIX = String.raw`\s*(?<suffix>am|pm|a\.m\.|p\.m\.|uhr|h)?`;
const HOURS = [
    new RegExp(
        String.raw`^(?<hours>\d{1,2})(?:${SEPARATOR}(?<minutes>\d{2}))?${SUFFIX}$`,
        "i"
    ),
    new RegExp(String.raw`^(?<hours>\d{1,2})(?<minutes>\d{2})${SUFFIX}$`, "i"),
];

/** The hour of a clock with twelve hours on one with twenty-four. */
function toDay(hours, suffix) {
    const isNoon = hours % 12 === 0;
    const half = suffix.startsWith("p") ? 12 : 0;
    return (isNoon ? 0 : hours) + half;
}

/**
 * The hour of the day that was typed, as people write it; nothing was agreed if nothing
 * is typed. Nobody agrees on midnight, which would read as no hour.
 */
export function parseHour(text) {
    const typed = text.trim();
    if (!typed) {
        return 0;
    }
    const found = HOURS.map((pattern) => pattern.exec(typed)).find(Boolean);
    const suffix = (found?.groups.suffix || "").toLowerCase();
    const minutes = Number(found?.groups.minutes || 0);
    let hours = Number(found?.groups.hours);
    if (/^[ap]/.test(suffix)) {
        hours = hours >= 1 && hours <= 12 ? toDay(hours, suffix) : NaN;
    }
    const hour = hours + minutes / 60;
    if (!(hour > 0 && hour < 24 && minutes < 60)) {
        throw new InvalidNumberError(text);
    }
    return hour;
}

/**
 * An hour of the day, where 0 means that none was agreed: it shows nothing. What is no
 * hour stays as it was typed, and the field says how to type one.
 */
export class HourField extends FloatTimeField {
    static template = "collection_calls.HourField";
    static props = {
        ...FloatTimeField.props,
        placeholder: {type: String, optional: true},
    };

    /** @override to read hours as people write them, and nothing as no hour */
    setup() {
        this.state = useState({isWrong: false});
        this.inputFloatTimeRef = useInputField({
            getValue: () => this.formattedValue,
            refName: "numpadDecimal",
            parse: (text) => this.parse(text),
        });
        useNumpadDecimal();
    }

    parse(text) {
        this.state.isWrong = false;
        try {
            return parseHour(text);
        } catch (error) {
            this.state.isWrong = true;
            throw error;
        }
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
