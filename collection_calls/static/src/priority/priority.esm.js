import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const URGENT = 70;
const HIGH = 40;

/** How urgent a call is; the reasons, which add up to it, are in the tooltip. */
export class PriorityField extends Component {
    static template = "collection_calls.PriorityField";
    static props = {...standardFieldProps, detail: {type: String, optional: true}};

    get score() {
        return this.props.record.data[this.props.name];
    }

    get reasons() {
        return this.props.record.data[this.props.detail] || "";
    }

    get color() {
        if (this.score >= URGENT) {
            return "danger";
        }
        return this.score >= HIGH ? "warning" : "muted";
    }
}

export const priorityField = {
    component: PriorityField,
    displayName: _t("Priority of a call"),
    supportedTypes: ["integer"],
    supportedOptions: [{label: _t("Reasons"), name: "detail", type: "field"}],
    extractProps: ({options}) => ({detail: options.detail}),
    fieldDependencies: ({options}) =>
        options.detail ? [{name: options.detail, type: "text"}] : [],
};

registry.category("fields").add("collection_priority", priorityField);
