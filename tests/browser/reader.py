"""A person in front of a browser."""

from typing import Literal

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE_SECONDS = 15  # a busy machine; the page itself tries again after 3 s
PASSWORD = "correct horse battery"


class Reader:
    """A person in front of one browser window."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def go(self, place: str, heading: str = "") -> None:
        """Follow an address of the page, and wait for its heading."""
        self.browser.get(f"{self.url}/#{place}")
        self.sees("main h1", heading)

    def all(self, css: str) -> list[WebElement]:
        """Give the elements that match and can be seen now."""
        return [element for element in self.browser.find_elements(By.CSS_SELECTOR, css) if element.is_displayed()]

    def sees(self, css: str, text: str = "") -> WebElement:
        """Wait for an element with a text in it."""

        def seen(_: webdriver.Chrome) -> WebElement | Literal[False]:
            return next((element for element in self.all(css) if text in element.text), False)

        wait = WebDriverWait(self.browser, PATIENCE_SECONDS, ignored_exceptions=[StaleElementReferenceException])
        try:
            return wait.until(seen)
        except TimeoutException:
            page = self.browser.find_element(By.TAG_NAME, "body").text
            raise AssertionError(f"no {css} with {text!r} on this page:\n{page}") from None

    def click(self, css: str, text: str = "") -> None:
        """Click an element once it is there."""
        self.sees(css, text).click()

    def fill(self, **fields: str) -> None:
        """Replace what stands in form fields, each named by its id."""
        for name, text in fields.items():
            field = self.sees(f"#{name}")
            field.clear()
            field.send_keys(text)

    def typed(self, name: str) -> str:
        """Give what stands in a form field."""
        return str(self.sees(f"#{name}").get_property("value"))

    def focused(self) -> WebElement:
        """Give the element that keys go to."""
        return self.browser.switch_to.active_element

    def tab_to(self, css: str) -> WebElement:
        """Press Tab until an element has the focus."""
        for _ in range(40):
            if self.browser.execute_script("return document.activeElement.matches(arguments[0])", css):
                return self.focused()
            self.focused().send_keys(Keys.TAB)
        raise AssertionError(f"Tab never reaches {css}")

    def log_in(self, name: str) -> None:
        """Log in by the form."""
        self.go("/login")
        self.fill(username=name, password=PASSWORD)
        self.click("main .primary")
        self.sees("#me", name)

    def publish(self, **fields: str) -> str:
        """Write a post and give its id."""
        self.go("/write")
        self.fill(**fields)
        self.click("main .primary")
        self.sees(".post h1", fields["title"])
        return self.browser.current_url.rpartition("/")[2]

    def token(self) -> str:
        """Give the token of whoever is logged in."""
        return str(self.browser.execute_script("return JSON.parse(sessionStorage.session).token"))

    def reach_the_api(self, *, allowed: bool) -> None:
        """Cut this browser off from the API, and from nothing else, or end that."""
        urls = [] if allowed else [f"{self.url}/api/*"]
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": urls})
