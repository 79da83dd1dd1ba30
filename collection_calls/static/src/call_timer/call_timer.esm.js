import {Component, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = luxon;

/** Minutes and seconds that have passed since the moment in the field. */
export class CallTimer extends Component {
    static template = "collection_calls.CallTimer";
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({now: DateTime.now()});
        const interval = setInterval(() => (this.state.now = DateTime.now()), 1000);
        onWillUnmount(() => clearInterval(interval));
    }

    get elapsed() {
        const start = this.props.record.data[this.props.name];
        if (!start) {
            return "";
        }
        const seconds = Math.max(this.state.now.diff(start).as("seconds"), 0);
        const format = seconds < 3600 ? "mm:ss" : "h:mm:ss";
        return luxon.Duration.fromMillis(seconds * 1000).toFormat(format);
    }
}

export const callTimer = {
    component: CallTimer,
    displayName: _t("Call timer"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("collection_call_timer", callTimer);
