import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** How far the collector is today, and the button that goes on. */
export class CallingProgress extends Component {
    static template = "collection_calls.CallingProgress";
    static props = {list: Object};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({done: 0, left: 0});
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const progress = await this.orm.call(
            "collection.case",
            "get_calling_progress",
            []
        );
        Object.assign(this.state, progress);
    }

    get share() {
        const {done, left} = this.state;
        return done + left ? Math.round((100 * done) / (done + left)) : 0;
    }

    async start() {
        const action = await this.orm.call(
            "collection.case",
            "action_start_calling",
            []
        );
        await this.action.doAction(action);
    }
}

export class CallListRenderer extends ListRenderer {
    static template = "collection_calls.CallListRenderer";
    static components = {...ListRenderer.components, CallingProgress};
}

export const callListView = {...listView, Renderer: CallListRenderer};

registry.category("views").add("collection_call_list", callListView);
