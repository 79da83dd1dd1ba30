"""Log in to a running Odoo, open a view, click through it, take a picture.

Runs in the virtual environment (it needs Playwright). Example:

    dev/run screenshot --path /odoo/action-account.action_move_out_invoice_type \\
        --user admin --lang de_DE --click ".o_data_row:first-child" picture.png
"""

import argparse
import shutil

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
OPTIONS = ("--no-sandbox", "--disable-quic", "--disable-background-networking")
READY = ".o_action_manager > *, #wrapwrap"  # backend or portal
CALL = """([model, method, args]) => fetch(`/web/dataset/call_kw/${model}/${method}`, {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({
        jsonrpc: "2.0", method: "call", params: {model, method, args, kwargs: {}},
    }),
}).then((answer) => answer.json())"""


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="dev/run screenshot")
    parser.add_argument("output", help="the PNG file to write")
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--path", default="/odoo", help="page to open")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", help="default: the user's name")
    parser.add_argument("--lang", help="language to give the user, such as de_DE")
    parser.add_argument(
        "--click", action="append", default=[], help="selector; may be repeated"
    )
    parser.add_argument("--wait", type=float, default=1.5, help="seconds of rest")
    parser.add_argument("--size", default="1366x768")
    parser.add_argument("--full-page", action="store_true")
    return parser.parse_args(arguments)


def log_in(page, options):
    page.goto(f"{options.url}/web/login")
    page.fill("input[name=login]", options.user)
    page.fill("input[name=password]", options.password or options.user)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_selector(".o_web_client, .o_portal_wrap")


def set_language(page, address, language):
    """Give the logged-in user a language; it shows on the next page."""
    session = page.request.post(
        f"{address}/web/session/get_session_info",
        data={"jsonrpc": "2.0", "method": "call", "params": {}},
    )
    user = session.json()["result"]["uid"]
    answer = page.evaluate(CALL, ["res.users", "write", [[user], {"lang": language}]])
    if "error" in answer:
        raise SystemExit(answer["error"]["data"]["message"])


def take(page, options):
    log_in(page, options)
    if options.lang:
        set_language(page, options.url, options.lang)
    page.goto(options.url + options.path)
    page.wait_for_selector(READY, timeout=60_000)
    for selector in options.click:
        page.click(selector)
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(options.wait * 1000)
    page.screenshot(path=options.output, full_page=options.full_page)


def main():
    from playwright.sync_api import sync_playwright

    options = parse()
    width, height = map(int, options.size.split("x"))
    browser_path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=list(OPTIONS)
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        take(page, options)
        browser.close()


if __name__ == "__main__":
    main()
