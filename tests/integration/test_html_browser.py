"""The accuracy report in a real browser: from disk and from a server, in light and dark, with text that means harm."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from harness.report import html, wire
from harness.report.encode import to_wire
from tests.golden import made_up
from tests.unit.report.test_html import hostile

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=1400,1000",
)  # fmt: skip
OWNED = (
    "<script>window.owned = 1</script>",
    "</style></script><script>window.owned = 1</script>",
    "\"'><img src=x onerror='window.owned = 1'><svg onload='window.owned = 1'>",
    "</title></textarea></pre></code><iframe srcdoc='<script>parent.owned = 1</script>'></iframe>",
    "javascript:window.owned=1",
    "http://198.51.100.7/x.png",
)
PAGES = ("index.html", "findings.html", "pages/alpha-vs-beta.html", "libraries/beta.html")
Driver = webdriver.Chrome


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    yield from _browser(request, tmp_path_factory)


@pytest.fixture(scope="module")
def dark_browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    yield from _browser(request, tmp_path_factory, "--blink-settings=preferredColorScheme=0")


def _browser(request: pytest.FixtureRequest, folders: pytest.TempPathFactory, *flags: str) -> Iterator[Driver]:
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        missing = "chromium and chromium-driver are not installed"
        if request.config.getoption("--require-browser"):
            pytest.fail(f"a browser is required here: {missing}")
        pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, *flags, f"--user-data-dir={folders.mktemp('browser')}"):
        options.add_argument(flag)
    started = webdriver.Chrome(options, webdriver.ChromeService(driver))
    started.set_script_timeout(240)  # axe has much to do, and perhaps little of the machine
    try:
        yield started
    finally:
        started.quit()


def write(report: wire.Report, folder: Path) -> Path:
    for name, data in html.render(report):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(to_wire(made_up.report()), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[tuple[str, list[str]]]:
    """The site behind a server, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, _format: str, *_: object) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def log(browser: Driver, name: str) -> list[dict[str, str]]:
    return list(browser.get_log(name))  # type: ignore[no-untyped-call]


def requests(browser: Driver) -> list[str]:
    """Return what our pages asked for since this was last called."""
    told = (json.loads(one["message"])["message"] for one in log(browser, "performance"))
    sent = [one["params"] for one in told if one["method"] == "Network.requestWillBeSent"]
    # the browser's own first page may still be loading
    asked = [one["request"]["url"] for one in sent if not one["documentURL"].startswith("chrome")]
    return [url for url in asked if not url.startswith("chrome:")]  # the browser's own pictures


def test_pages_load_from_disk_without_a_word_and_ask_for_nothing(browser: Driver, site: Path) -> None:
    for path in sorted(site.rglob("*.html")):
        requests(browser)
        browser.get(path.as_uri())
        assert browser.find_element(By.TAG_NAME, "h1").is_displayed()
        assert log(browser, "browser") == []
        assert [one for one in requests(browser) if one not in {path.as_uri(), "data:,"}] == []


def test_pages_load_from_a_server_which_is_asked_for_nothing_else(
    browser: Driver, site: Path, served: tuple[str, list[str]]
) -> None:
    address, asked = served
    names = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    for name in names:
        browser.get(f"{address}/{name}")
        assert log(browser, "browser") == []
    assert asked == [f"/{name}" for name in names]


def test_tables_are_filtered_and_sorted(browser: Driver, site: Path) -> None:
    browser.get((site / "index.html").as_uri())
    table = browser.find_element(By.ID, "page-table")
    search = browser.find_element(By.CSS_SELECTOR, "[data-search]")
    told = browser.find_element(By.CSS_SELECTOR, ".filters output")

    def shown() -> list[str]:
        return [row.text.split()[0] for row in table.find_elements(By.CSS_SELECTOR, "tbody tr") if row.is_displayed()]

    assert shown() == ["alpha-vs-beta", "[bold]harm[/bold]", "site/broken.md"]
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    assert browser.switch_to.active_element == search
    search.send_keys("BETA alpha")
    assert (shown(), told.text) == (["alpha-vs-beta"], "1 of 3")
    search.send_keys(" no such page")
    assert (shown(), told.text) == ([], "0 of 3")
    search.clear()
    Select(browser.find_element(By.CSS_SELECTOR, "[data-key=verdict]")).select_by_visible_text("outdated")
    assert shown() == ["alpha-vs-beta", "[bold]harm[/bold]"]
    Select(browser.find_element(By.CSS_SELECTOR, "[data-key=tool]")).select_by_visible_text("Beta")
    assert shown() == ["alpha-vs-beta"]
    for key in ("verdict", "tool"):
        Select(browser.find_element(By.CSS_SELECTOR, f"[data-key={key}]")).select_by_index(0)
    heading = table.find_element(By.XPATH, ".//th[.//button[text()='Work']]")
    heading.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "ascending"
    assert shown() == ["site/broken.md", "[bold]harm[/bold]", "alpha-vs-beta"]
    heading.find_element(By.TAG_NAME, "button").click()
    assert shown() == ["alpha-vs-beta", "[bold]harm[/bold]", "site/broken.md"]


def test_finding_is_reached_from_the_table_of_findings(browser: Driver, site: Path) -> None:
    browser.get((site / "findings.html").as_uri())
    Select(browser.find_element(By.CSS_SELECTOR, "[data-key=code]")).select_by_visible_text("A002")
    links = [one for one in browser.find_elements(By.CSS_SELECTOR, "tbody a") if one.is_displayed()]
    assert [one.text for one in links] == ["alpha-vs-beta:75", "[bold]harm[/bold]:2"]
    links[0].click()
    reached = browser.find_element(By.CSS_SELECTOR, ":target")
    assert "gone in 2.0.0, July 2022" in reached.text
    beside = browser.find_element(By.XPATH, "//span[@class='line error'][@data-number='75']")
    assert abs(beside.rect["y"] - reached.rect["y"]) < 40
    assert reached.rect["x"] > beside.rect["x"] + beside.rect["width"] - 5


def test_theme_follows_the_system_and_can_be_changed(browser: Driver, dark_browser: Driver, site: Path) -> None:
    def paper(driver: Driver) -> str:
        return str(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))

    for driver in (browser, dark_browser):
        driver.get((site / "index.html").as_uri())
    light, dark = paper(browser), paper(dark_browser)
    assert light != dark
    dark_browser.find_element(By.ID, "theme").click()
    assert paper(dark_browser) == light
    dark_browser.refresh()
    assert paper(dark_browser) == light
    dark_browser.find_element(By.ID, "theme").click()


def test_all_is_reached_by_keyboard(browser: Driver, site: Path) -> None:
    browser.get((site / "pages/alpha-vs-beta.html").as_uri())
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    summary = browser.find_element(By.TAG_NAME, "summary")
    summary.send_keys(Keys.ENTER)
    assert summary.find_element(By.XPATH, "..").get_attribute("open")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_bars_those_who_see_or_point_otherwise(
    request: pytest.FixtureRequest, site: Path, name: str, theme: str
) -> None:
    driver: Driver = request.getfixturevalue("browser" if theme == "light" else "dark_browser")
    driver.get((site / name).as_uri())
    axe = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
    driver.execute_script(axe + "; for (const one of document.querySelectorAll('details')) one.open = true")
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert found["passes"]
    serious = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
    told = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in serious]
    assert told == []


@pytest.mark.parametrize("text", OWNED)
@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no-policy"])
def test_no_text_scripts_the_report(browser: Driver, tmp_path: Path, text: str, *, policy: bool) -> None:
    folder = write(hostile(text), tmp_path)
    for path in folder.rglob("*.html"):
        if not policy:  # escaping holds by itself; the policy is there for the day that it does not
            path.write_text(path.read_text().replace('http-equiv="Content-Security-Policy"', 'name="was-policy"'))
        requests(browser)
        browser.get(path.as_uri())
        assert browser.execute_script("return window.owned") is None
        assert browser.find_elements(By.CSS_SELECTOR, "iframe, img, object, embed") == []
        assert len(browser.find_elements(By.TAG_NAME, "script")) == 1
        assert log(browser, "browser") == []
        assert [one for one in requests(browser) if one not in {path.as_uri(), "data:,"}] == []


NARROW = """
return {
  page: document.documentElement.scrollWidth,
  names: Math.min(...Array.from(document.querySelectorAll("#page-table tbody th"), one => one.clientWidth)),
};
"""


def test_on_a_telephone_names_are_legible_and_the_page_is_no_wider(browser: Driver, site: Path) -> None:
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get((site / "index.html").as_uri())
        seen = browser.execute_script(NARROW)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert seen["page"] <= 390
    assert seen["names"] >= 100


def test_paper_has_evidence_opened_and_no_controls(browser: Driver, site: Path) -> None:
    browser.get((site / "pages/alpha-vs-beta.html").as_uri())
    closed = "return document.querySelectorAll('details:not([open])').length"
    before = browser.execute_script(closed)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script(closed) == 0
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not browser.find_element(By.ID, "theme").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(closed) == before
