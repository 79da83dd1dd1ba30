import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const backToOverview = {
    content: "Back to the start page",
    trigger:
        ".o_breadcrumb a:contains(Overview), .breadcrumb-item a:contains(Overview)",
    run: "click",
};

registry.category("web_tour.tours").add("collection_calls_overview", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "collection_calls.collection_calls_menu_root",
            "Open the app"
        ),
        {
            content: "The app opens with the start page",
            trigger: ".o_collection_tile:eq(5)",
        },
        {
            content: "Two debtors are overdue for more than 90 days",
            trigger:
                ".o_collection_ages .o_collection_figure:contains(Over 90):contains(2)",
            run: "click",
        },
        {
            content: "Their list has both, and no other",
            trigger:
                ".o_list_view:has(.o_data_row ~ .o_data_row):not(:has(.o_data_row ~ .o_data_row ~ .o_data_row))",
        },
        backToOverview,
        {
            content: "The bar leads to the same list",
            trigger: ".o_collection_ages .progress-bar.bg-danger",
            run: "click",
        },
        {
            content: "Both again",
            trigger: ".o_list_view .o_data_row ~ .o_data_row",
        },
        backToOverview,
        {
            content: "Another's case isn't mine",
            trigger: ".o_control_panel .btn-group button:contains(All)",
            run: "click",
        },
        {
            content: "Three debtors of all",
            trigger:
                ".o_collection_ages .o_collection_figure:contains(Over 90):contains(3)",
        },
        {
            content: "Begin with the work of today",
            trigger: ".o_collection_work button:contains(Start Calling)",
            run: "click",
        },
        {
            content: "The first debtor",
            trigger: ".o_form_view .o_field_widget[name=progress]:contains(Left: 2)",
        },
        {
            content: "Not now",
            trigger: "button[name=action_pause]:visible",
            run: "click",
        },
        {
            content: "At the start page again",
            trigger: ".o_collection_tile:eq(5)",
        },
    ],
});
