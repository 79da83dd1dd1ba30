import {NameAndSignature} from "@web/core/signature/name_and_signature";
import {SignatureForm} from "@portal/signature_form/signature_form";
import {_t} from "@web/core/l10n/translation";
import {addLoadingEffect} from "@web/core/utils/ui";
import {redirect} from "@web/core/utils/urls";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {useState} from "@odoo/owl";

/**
 * Core's name and signature that don't take the focus: who opens the page reads it
 * first, from its beginning.
 */
export class AgreementNameAndSignature extends NameAndSignature {
    static template = "collection_calls.AgreementNameAndSignature";
}

/**
 * Core's signature form that also asks what the person who signs is in the debtor's
 * company, and sends along which text was shown.
 */
export class AgreementSignatureForm extends SignatureForm {
    static template = "collection_calls.AgreementSignatureForm";
    static components = {NameAndSignature: AgreementNameAndSignature};

    setup() {
        super.setup();
        this.signer = useState({role: "", isSending: false});
    }

    get isIncomplete() {
        const hasRole = !this.props.asksRole || this.signer.role.trim();
        return this.signer.isSending || this.signature.isSignatureEmpty || !hasRole;
    }

    async onClickSubmit(ev) {
        const restoreButton = addLoadingEffect(ev.currentTarget);
        this.signer.isSending = true;
        let answer = {};
        try {
            answer = await rpc(this.props.callUrl, {
                access_token: this.props.accessToken,
                digest: this.props.digest,
                name: this.signature.name,
                role: this.signer.role,
                signature: this.signature.getSignatureImage().split(",")[1],
            });
        } catch {
            answer = {error: _t("That didn't reach us. Please try again.")};
        }
        if (answer.redirect_url) {
            redirect(answer.redirect_url);
            return new Promise(() => undefined); // The page goes.
        }
        restoreButton();
        this.signer.isSending = false;
        this.state.error = answer.error;
    }
}

registry
    .category("public_components")
    .add("collection_calls.signature_form", AgreementSignatureForm);
