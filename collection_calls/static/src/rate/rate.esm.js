import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

/** A rate of an analysis: where there is nothing to divide by, there is none. */
export const formatRate = (value) =>
    value === false ? "" : formatPercentage(value, {digits: [16, 1]});

registry.category("formatters").add("collection_rate", formatRate);
