const globals = require("globals");
const js = require("@eslint/js");

const style = {
    "array-callback-return": "error",
    "default-case": "error",
    "dot-notation": "error",
    "no-alert": "error",
    "no-console": "error",
    "no-duplicate-imports": "error",
    "no-else-return": "error",
    "no-empty-function": "error",
    "no-eval": "error",
    "no-implicit-coercion": "error",
    "no-lonely-if": "error",
    "no-param-reassign": "error",
    "no-return-assign": "error",
    "no-shadow": "error",
    "no-throw-literal": "error",
    "no-unneeded-ternary": "error",
    "no-unused-expressions": "error",
    "no-use-before-define": "error",
    "no-useless-concat": "error",
    "no-var": "error",
    "operator-assignment": ["error", "always"],
    "prefer-const": "error",
    "spaced-comment": ["error", "always"],
    complexity: ["error", 15],
    eqeqeq: "error",
    radix: "error",
    yoda: "error",
};

module.exports = [
    {ignores: ["**/static/lib/"]},
    js.configs.recommended,
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {
                ...globals.browser,
                luxon: "readonly",
                odoo: "readonly",
                owl: "readonly",
            },
        },
        rules: style,
    },
    {
        files: ["**/*.cjs"],
        languageOptions: {sourceType: "commonjs", globals: globals.node},
    },
];
