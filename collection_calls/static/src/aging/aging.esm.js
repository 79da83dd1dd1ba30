import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const BUCKETS = [
    ["bucket_1_30", "bg-secondary", _t("1–30 days")],
    ["bucket_31_60", "bg-warning opacity-50", _t("31–60 days")],
    ["bucket_61_90", "bg-warning", _t("61–90 days")],
    ["bucket_over_90", "bg-danger", _t("Over 90 days")],
];

/** How old a debt is: a bar that is split over the four buckets, and the oldest day. */
export class AgingField extends Component {
    static template = "collection_calls.AgingField";
    static props = {...standardFieldProps};

    get days() {
        const days = this.props.record.data[this.props.name];
        return days ? _t("%s d", days) : "";
    }

    get parts() {
        const {data} = this.props.record;
        const amounts = BUCKETS.map(([name]) => Math.max(data[name], 0));
        const total = amounts.reduce((sum, amount) => sum + amount, 0);
        return BUCKETS.map(([name, color, label], index) => ({
            name,
            color,
            label: `${label}: ${formatMonetary(amounts[index], {
                currencyId: data.currency_id?.id,
            })}`,
            share: total ? (100 * amounts[index]) / total : 0,
        })).filter((part) => part.share > 0);
    }

    get tooltip() {
        return this.parts.map((part) => part.label).join("\n");
    }
}

export const agingField = {
    component: AgingField,
    displayName: _t("Aging bar"),
    supportedTypes: ["integer"],
    fieldDependencies: [
        ...BUCKETS.map(([name]) => ({name, type: "monetary"})),
        {name: "currency_id", type: "many2one", relation: "res.currency"},
    ],
};

registry.category("fields").add("collection_aging", agingField);
