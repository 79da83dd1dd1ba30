import {CharField} from "@web/views/fields/char/char_field";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {Info} = luxon;
const FIELDS = {
    yes_no: "answer_yes_no",
    weekday: "answer_weekday",
    text: "answer_text",
};

/** The questions of a reason, a line each, to be answered with one click or a word. */
export class CallAnswers extends Component {
    static template = "collection_calls.CallAnswers";
    static components = {CharField};
    static props = standardFieldProps;

    /** Whatever was answered to another reason is kept, and isn't asked any more. */
    get rows() {
        const {data} = this.props.record;
        const asked = data[this.props.name].records.filter(
            (record) => record.data.reason_id?.id === data.reason_id?.id
        );
        return asked.map((record) => {
            const kind = record.data.answer_kind;
            const name = FIELDS[kind];
            const choices = kind === "text" ? [] : record.fields[name].selection;
            return {record, kind, name, choices};
        });
    }

    /** Seven days fit on a line by their short names; the full one is the tooltip. */
    getLabel(kind, [value, label]) {
        return kind === "weekday" ? Info.weekdays("short")[Number(value)] : label;
    }

    /** Choose an answer; clicking it again takes it back. */
    onClick({record, name}, value) {
        record.update({[name]: record.data[name] === value ? false : value});
    }
}

export const callAnswers = {
    component: CallAnswers,
    displayName: _t("Questions with Buttons"),
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("collection_call_answers", callAnswers);
