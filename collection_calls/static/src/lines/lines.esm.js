import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatMany2one} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * A cell of several lines, none of them cut: what a collector reads aloud or dials.
 * Option "below": the fields that stand beneath, in small letters.
 */
export class LinesField extends Component {
    static template = "collection_calls.LinesField";
    static props = {...standardFieldProps, below: {type: Array, optional: true}};

    get main() {
        return this.format(this.props.name);
    }

    get below() {
        const told = (this.props.below || []).map((name) => this.format(name));
        return told.filter(Boolean).join(" · ");
    }

    format(name) {
        const {data, fields} = this.props.record;
        const {type, selection} = fields[name];
        if (type === "many2one") {
            return formatMany2one(data[name]);
        }
        if (type === "selection") {
            return selection.find(([value]) => value === data[name])?.[1] || "";
        }
        return data[name] || "";
    }
}

export const linesField = {
    component: LinesField,
    displayName: _t("Several lines"),
    supportedTypes: ["char", "text", "many2one"],
    extractProps: ({options}) => ({below: options.below}),
    fieldDependencies: ({options}) =>
        (options.below || []).map((name) => ({name, type: "char"})),
};

registry.category("fields").add("collection_lines", linesField);
