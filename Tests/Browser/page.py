"""The console as a person uses it. Every wait is for something to be seen."""

import uuid

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

CSS = By.CSS_SELECTOR
ANSWER_LIMIT = 120  # seconds; a small model on two cores takes its time


def unique(text):
    """A text that no other conversation has, since a real node keeps those of earlier runs."""
    return f"{text} {uuid.uuid4().hex[:8]}"


class Console:
    def __init__(self, driver, url):
        self.driver, self.url = driver, url
        self.expected = ()

    # ---- opening and leaving

    def open_fresh(self):
        self.driver.get(self.url + "/")
        self.driver.execute_script("localStorage.clear(); sessionStorage.clear()")
        self.driver.get_log("browser")
        self.driver.refresh()

    def leave(self):
        self.driver.get("about:blank")
        self.driver.get_log("browser")

    def complaints(self):
        """Console errors and policy violations, but for network failures that the test itself caused."""
        lines = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        violations = self.driver.execute_script("return window.violations ?? ['the page was not watched']")
        return violations + [line for line in lines if not any(text in line for text in self.expected)]

    # ---- looking

    def all(self, selector):
        return self.driver.find_elements(CSS, selector)

    def one(self, selector):
        return self.driver.find_element(CSS, selector)

    def text(self, selector):
        return self.one(selector).get_attribute("textContent").strip()

    def shown(self, selector):
        return any(element.is_displayed() for element in self.all(selector))

    def wait(self, condition, what, limit=15):
        waiting = WebDriverWait(self.driver, limit, 0.05, (NoSuchElementException, StaleElementReferenceException))
        return waiting.until(lambda _: condition(), f"waited {limit} s for: {what}")

    def open_mesh(self):
        """The mesh page, with its first view drawn."""
        self.script("location.hash = '#/mesh'")
        self.wait(lambda: self.text("#page-state").startswith("Live"), "the mesh page to be live")

    def wait_ready(self):
        self.wait(lambda: self.text("#pill-text").startswith("Ready"), "the node to be ready", ANSWER_LIMIT)

    @property
    def titles(self):
        return [element.get_attribute("textContent") for element in self.all(".row-open")]

    @property
    def focused(self):
        return self.driver.switch_to.active_element

    def script(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    # ---- doing

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def press_with_shift(self, key):
        ActionChains(self.driver).key_down(Keys.SHIFT).send_keys(key).key_up(Keys.SHIFT).perform()

    def type(self, text):
        field = self.one("#prompt")
        field.click()
        field.send_keys(text)

    def ask(self, text):
        """Sends a question; does not wait for the answer."""
        self.wait_ready()
        before = len(self.all(".question"))
        self.type(text + Keys.ENTER)
        self.wait(lambda: len(self.all(".question")) == before + 1, "the question to appear")

    def wait_answer(self, state="complete"):
        self.wait(lambda: self.shown(f".message:last-child.answer[data-state={state}]"), f"an answer in state {state}", ANSWER_LIMIT)
        # Text is drawn with the next frame.
        return self.wait(lambda: self.text(".message:last-child .message-body") or None, "the answer's text")

    def wait_text(self, text):
        self.wait(lambda: text in self.text(".message:last-child .message-body"), f"'{text}' in the answer", ANSWER_LIMIT)

    def row(self, title):
        return self.wait(
            lambda: next((e for e in self.all(".row-open") if e.get_attribute("textContent") == title), None), f"'{title}' in the list")
