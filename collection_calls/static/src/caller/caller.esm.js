import {Component, onMounted, onWillStart, useRef, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const COLLECTOR = "collection_calls.group_collection_user";
const DELAY = 200;

/**
 * The number in an address such as `?number=+4930123456`, where a plus may stand for a
 * blank and Odoo's router takes all digits for a figure, without the zeros before it.
 */
export function readNumber(search) {
    const number = new URLSearchParams(search).get("number") || "";
    return /^ \d/.test(number) ? `+${number.slice(1)}` : number;
}

/** Who is calling? Finds debtors by what they say, or by the number on the display. */
export class Caller extends Component {
    static template = "collection_calls.Caller";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.input = useRef("input");
        const number =
            this.props.action?.params?.number || readNumber(browser.location.search);
        this.state = useState({
            text: number,
            found: null,
            active: 0,
            isBusy: false,
        });
        this.number = number;
        this.search = useDebounced(() => this.load(), DELAY);
        onWillStart(() => this.load());
        onMounted(() => this.input.el?.focus());
    }

    get hint() {
        return _t("Number, invoice, order, customer number or name");
    }

    async load() {
        const text = this.state.text.trim();
        if (text.length < 2) {
            this.state.found = null;
            return;
        }
        this.state.found = await this.keepLast.add(
            this.orm.silent.call("collection.finder", "find", [text])
        );
        this.state.active = 0;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    /** Up and down choose, Enter takes the call: nobody reaches for the mouse. */
    async onKeydown(ev) {
        const last = (this.state.found?.length || 0) - 1;
        if (ev.key === "ArrowDown") {
            this.state.active = Math.min(this.state.active + 1, last);
        } else if (ev.key === "ArrowUp") {
            this.state.active = Math.max(this.state.active - 1, 0);
        } else if (ev.key === "Enter") {
            this.search.cancel();
            await this.load();
            const chosen = this.state.found?.[this.state.active];
            if (chosen) {
                await this.take(chosen);
            }
        } else {
            return;
        }
        ev.preventDefault();
    }

    /** What was typed may be the number from which they call; else nobody knows it. */
    async take(found) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            const number = /^[\d\s+()./-]+$/.test(this.state.text) && this.state.text;
            const action = await this.orm.call(
                "res.partner",
                "action_take_collection_call",
                [[found.contact_id || found.partner_id], number || this.number || false]
            );
            await this.action.doAction(action);
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("actions").add("collection_caller", Caller);

/** The way to it from wherever somebody is when the telephone rings. */
export class CallerSystray extends Component {
    static template = "collection_calls.CallerSystray";
    static props = {};

    setup() {
        this.action = useService("action");
        this.state = useState({isCollector: false});
        onWillStart(async () => {
            this.state.isCollector = await user.hasGroup(COLLECTOR);
        });
    }

    open() {
        return this.action.doAction("collection_calls.collection_caller_action");
    }
}

registry
    .category("systray")
    .add("collection_calls.caller", {Component: CallerSystray}, {sequence: 30});
