import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

const NOTIFICATION = "collection_calls.page";

/**
 * How far the debtor has come with the link of a call, as it happens.
 *
 * The server tells by the bus that something happened; what it was is read from the
 * call. The form isn't read anew: nothing that is being typed gets lost.
 */
export class LinkStatusField extends Component {
    static template = "collection_calls.LinkStatusField";
    static props = {...standardFieldProps, call: {type: String, optional: true}};

    setup() {
        this.orm = useService("orm");
        this.bus = useService("bus_service");
        this.state = useState({status: this.getStatus(this.props)});
        onWillUpdateProps((props) => {
            this.state.status = this.getStatus(props);
        });
        const onNotification = (message) => this.onNotification(message);
        this.bus.subscribe(NOTIFICATION, onNotification);
        onWillUnmount(() => this.bus.unsubscribe(NOTIFICATION, onNotification));
    }

    getStatus({record, name}) {
        return record.data[name];
    }

    get callId() {
        const {call, record} = this.props;
        return call ? record.data[call]?.id : record.resId;
    }

    get tone() {
        return `alert-${this.state.status.tone}`;
    }

    async onNotification(message) {
        if (!this.callId || message.call_id !== this.callId) {
            return;
        }
        const fields = ["link_status"];
        const [call] = await this.orm.read("collection.call", [this.callId], fields);
        this.state.status = call.link_status;
    }
}

export const linkStatusField = {
    component: LinkStatusField,
    displayName: _t("Link to the debtor's page"),
    supportedOptions: [{label: _t("Call"), name: "call", type: "field"}],
    supportedTypes: ["json"],
    extractProps: ({options}) => ({call: options.call}),
    fieldDependencies: ({options}) =>
        options.call ? [{name: options.call, type: "many2one"}] : [],
};

registry.category("fields").add("collection_link_status", linkStatusField);
