"""A headless Chromium, and the console it looks at: a real node when AURORA_CONSOLE_URL says so, else the stand-in."""

import os
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from page import Console
from standin import Node, Standin

REAL = os.environ.get("AURORA_CONSOLE_URL", "").rstrip("/")


def pytest_configure(config):
    config.addinivalue_line("markers", "standin: plays something that a healthy node never does, so it needs the stand-in")


def pytest_collection_modifyitems(items):
    if REAL:
        for item in items:
            if item.get_closest_marker("standin"):
                item.add_marker(pytest.mark.skip(reason="needs the stand-in; a real node is under test"))


def open_chromium():
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900"]:
        options.add_argument(argument)
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        options.binary_location = found
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


@pytest.fixture(scope="session")
def chromium():
    driver = open_chromium()
    # Violations of the content policy, from the first script on.
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {
        "source": "window.violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective + ' ' + e.blockedURI))"})
    driver.set_page_load_timeout(20)
    yield driver
    driver.quit()


@pytest.fixture
def node():
    return Node()


@pytest.fixture
def server(node):
    if REAL:
        yield None
        return
    standin = Standin(node).start()
    yield standin
    node.gate.set()
    standin.stop()


@pytest.fixture
def console(chromium, server):
    """The page, freshly opened with nothing stored in the browser; afterwards it must have had nothing to complain about."""
    page = Console(chromium, REAL or server.url)
    page.open_fresh()
    yield page
    assert page.complaints() == []
    page.leave()
