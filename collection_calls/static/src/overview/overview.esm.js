import {Component, onMounted, useState, useSubEnv} from "@odoo/owl";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {
    formatInteger,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

const BACKGROUNDS = {
    danger: "bg-danger",
    "danger-light": "bg-danger opacity-50",
    warning: "bg-warning",
    "warning-light": "bg-warning opacity-50",
    success: "bg-success",
    secondary: "bg-secondary",
};

/** A figure that opens the records behind it, with the colour of what it means. */
export class OverviewFigure extends Component {
    static template = "collection_calls.OverviewFigure";
    static props = {
        figure: Object,
        value: String,
        note: {type: String, optional: true},
    };

    get color() {
        return BACKGROUNDS[this.props.figure.tone];
    }

    open() {
        this.env.openFigure(this.props.figure);
    }
}

/** One horizontal bar, split as its parts are; each part opens its records. */
export class OverviewBar extends Component {
    static template = "collection_calls.OverviewBar";
    static props = {parts: Array, size: String, describe: Function};

    get shown() {
        const {parts, size} = this.props;
        const total = parts.reduce((sum, part) => sum + Math.max(part[size], 0), 0);
        return parts
            .filter((part) => part[size] > 0)
            .map((part) => ({
                part,
                color: BACKGROUNDS[part.tone],
                share: (100 * part[size]) / total,
            }));
    }
}

/** Columns side by side, each split into parts; the highest one is full. */
export class OverviewColumns extends Component {
    static template = "collection_calls.OverviewColumns";
    static props = {columns: Array, describe: Function};

    get shown() {
        const {columns} = this.props;
        const highest = Math.max(...columns.map((column) => column.amount), 0);
        return columns.map((column) => ({
            column,
            parts: (column.parts || [column])
                .filter((part) => part.amount > 0)
                .map((part) => ({
                    part,
                    color: BACKGROUNDS[part.tone],
                    height: (100 * part.amount) / highest,
                })),
        }));
    }
}

/** The start page: today's work, what is promised, kept, overdue, in trouble, paid. */
export class Overview extends Component {
    static template = "collection_calls.Overview";
    static components = {Layout, OverviewBar, OverviewColumns, OverviewFigure};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}};
        this.state = useState({
            figures: null,
            everybody: this.props.state?.everybody ?? null,
            failure: "",
            isBusy: false,
        });
        useSetupAction({getLocalState: () => ({everybody: this.state.everybody})});
        useSubEnv({openFigure: (figure) => this.action.doAction(figure.action)});
        this.describe = this.describe.bind(this);
        this.teamColumns = ["left", "done", "talking"];
        onMounted(() => this.load());
    }

    async load() {
        this.state.failure = "";
        try {
            const figures = await this.keepLast.add(
                this.orm.call("collection.overview", "get_figures", [
                    this.state.everybody,
                ])
            );
            this.state.figures = figures;
            this.state.everybody = figures.everybody;
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.figures = null;
            this.state.failure = error.data?.message || error.message;
        }
    }

    show(everybody) {
        this.state.everybody = everybody;
        return this.load();
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

    openAction(xmlid) {
        return this.action.doAction(`collection_calls.${xmlid}`);
    }

    get scopes() {
        return [
            {everybody: false, label: _t("Mine")},
            {everybody: true, label: _t("All")},
        ];
    }

    get share() {
        const {done, left} = this.state.figures.work;
        const total = done.count + left.count;
        return total ? Math.round((100 * done.count) / total) : 0;
    }

    get promisedNote() {
        return _t("Promises: %s", this.count(this.state.figures.promised));
    }

    get agingNote() {
        const {aging} = this.state.figures;
        const count = this.count(aging);
        if (aging.credits > 0) {
            const credits = this.money({amount: aging.credits});
            return _t("Debtors: %(count)s, less credits of %(credits)s", {
                count,
                credits,
            });
        }
        return _t("Debtors: %s", count);
    }

    get keptNote() {
        const {kept} = this.state.figures;
        return _t("of %(count)s in 90 days, %(share)s of the amount", {
            count: this.count(kept),
            share: this.percentage(kept.amount_rate),
        });
    }

    get receivedNote() {
        const {received} = this.state.figures;
        return _t("after %(count)s of %(calls)s calls", {
            count: this.count(received),
            calls: formatInteger(received.calls),
        });
    }

    count(figure) {
        return formatInteger(figure.count);
    }

    /** In whole units: a summary is read at a glance. */
    money(figure) {
        return formatMonetary(figure.amount, {
            currencyId: this.state.figures.currency_id,
            digits: [16, 0],
        });
    }

    percentage(rate) {
        return formatPercentage(rate, {digits: [16, 0]});
    }

    describe(figure) {
        const {action, label} = figure;
        const name = action.name.includes(label)
            ? action.name
            : `${action.name} – ${label}`;
        return `${name}: ${this.money(figure)} (${this.count(figure)})`;
    }
}

registry.category("actions").add("collection_overview", Overview);
