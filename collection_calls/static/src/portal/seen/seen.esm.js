import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

/**
 * Tells that somebody is reading the page: whoever touches, scrolls or types is no
 * scanner of e-mails that opens every link.
 */
export class PageSeen extends Interaction {
    static selector = ".o_collection_seen";
    dynamicContent = {
        _document: {
            "t-on-pointerdown.once": this.tell,
            "t-on-keydown.once": this.tell,
        },
        _window: {"t-on-scroll.once": this.tell},
    };

    setup() {
        this.isTold = false;
    }

    tell() {
        if (this.isTold) {
            return;
        }
        this.isTold = true;
        const {url, accessToken} = this.el.dataset;
        // Nobody who reads the page is disturbed if it doesn't arrive.
        rpc(url, {access_token: accessToken || null}, {silent: true}).catch(() => null);
    }
}

registry.category("public.interactions").add("collection_calls.page_seen", PageSeen);
