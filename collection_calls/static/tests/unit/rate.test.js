import {expect, test} from "@odoo/hoot";
import {formatRate} from "@collection_calls/rate/rate.esm";

test("a rate of nothing is empty, and not bad", () => {
    expect(formatRate(false)).toBe("");
    expect(formatRate(0)).toBe("0%");
    expect(formatRate(2 / 3)).toBe("66.7%");
});
