import {Component, onWillStart, onWillUpdateProps, status, useState} from "@odoo/owl";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {ListRenderer} from "@web/views/list/list_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

/** How far the collector is today, and the button that goes on. */
export class CallingProgress extends Component {
    static template = "collection_calls.CallingProgress";
    static props = {list: Object};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({done: 0, left: 0, isCollector: false, isBusy: false});
        onWillStart(async () => {
            this.state.isCollector = await user.hasGroup(
                "collection_calls.group_collection_user"
            );
            await this.load();
        });
        onWillUpdateProps(() => this.load());
    }

    /** Nothing to ask for where the list was left while the rights were looked up. */
    async load() {
        if (!this.state.isCollector || status(this) === "destroyed") {
            return;
        }
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

    /** Disabled meanwhile, for a second click would take a second debtor. */
    async start() {
        this.state.isBusy = true;
        try {
            const action = await this.orm.call(
                "collection.case",
                "action_start_calling",
                []
            );
            await this.action.doAction(action);
        } finally {
            this.state.isBusy = false;
        }
    }
}

export class CallListRenderer extends ListRenderer {
    static template = "collection_calls.CallListRenderer";
    static components = {...ListRenderer.components, CallingProgress};
}

export const callListView = {...listView, Renderer: CallListRenderer};

registry.category("views").add("collection_call_list", callListView);

/** The same on a telephone, where the list is a stack of cards. */
export class CallKanbanRenderer extends KanbanRenderer {
    static template = "collection_calls.CallKanbanRenderer";
    static components = {...KanbanRenderer.components, CallingProgress};
}

export const callKanbanView = {...kanbanView, Renderer: CallKanbanRenderer};

registry.category("views").add("collection_call_kanban", callKanbanView);
