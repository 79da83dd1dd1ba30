import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A lock where something is against a call now; why, and until when, in the tooltip. */
export class LockField extends Component {
    static template = "collection_calls.LockField";
    static props = {...standardFieldProps};

    get reasons() {
        return this.props.record.data[this.props.name];
    }
}

export const lockField = {
    component: LockField,
    displayName: _t("Against a call"),
    supportedTypes: ["text", "char"],
};

registry.category("fields").add("collection_lock", lockField);
