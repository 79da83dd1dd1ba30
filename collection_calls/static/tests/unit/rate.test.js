import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {formatRate} from "@collection_calls/rate/rate.esm";
import {makeMockEnv} from "@web/../tests/web_test_helpers";

defineMailModels();

test("a rate of nothing is empty, and not bad", async () => {
    await makeMockEnv();
    expect(formatRate(false)).toBe("");
    expect(formatRate(0)).toBe("0%");
    expect(formatRate(2 / 3)).toBe("66.7%");
});
