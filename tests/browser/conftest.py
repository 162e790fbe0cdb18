"""A headless Chromium, and somebody who is registered."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from selenium import webdriver

from browser.reader import PASSWORD, Reader

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # a container's root has no other way
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1180,900",
)


@pytest.fixture(scope="session")
def chromium() -> tuple[str, str]:
    """Find the browser and its driver."""
    browser = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("needs Chromium and chromedriver: apt install chromium chromium-driver")
    return browser, driver


@pytest.fixture
def open_browser(chromium: tuple[str, str], platform_url: str, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    """Open windows of a browser that prefers a language; at the end none may have complained about the page."""
    browser, driver = chromium
    opened: list[webdriver.Chrome] = []

    def open_window(language: str) -> Reader:
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        profile = tmp_path / f"profile-{len(opened)}"
        for switch in (*SWITCHES, f"--accept-lang={language}", f"--user-data-dir={profile}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        opened.append(webdriver.Chrome(options, webdriver.ChromeService(driver)))
        return Reader(opened[-1], platform_url)

    yield open_window

    complaints = [line for window in opened for line in window.get_log("browser")]  # type: ignore[no-untyped-call]
    for window in opened:
        window.quit()
    # A refusal (404, 412 …) is the network's line, and provoked; scripts and the CSP have nothing to complain of.
    assert [line for line in complaints if line["source"] != "network"] == []


@pytest.fixture
def reader(open_browser: Callable[[str], Reader]) -> Reader:
    """Somebody whose browser is English."""
    return open_browser("en")


@pytest.fixture
def author(platform_url: str) -> str:
    """Give the name of somebody who is registered, with PASSWORD."""
    name = f"browser-{uuid.uuid4().hex[:12]}"
    profile = {"name": name, "password": PASSWORD, "display_name": "김민지"}
    httpx.post(f"{platform_url}/api/users", json=profile).raise_for_status()
    return name
