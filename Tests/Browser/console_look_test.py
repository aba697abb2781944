"""Keyboard, themes, contrast and sizes of the console."""

import pytest
from selenium.webdriver.common.keys import Keys

from page import unique


def test_everything_works_with_the_keyboard_alone(console):
    first, second = unique("Key one"), unique("Key two")
    console.wait_ready()
    for question in (first, second):
        console.script("document.activeElement.blur()")
        console.press("n")
        assert console.focused.get_attribute("id") == "prompt"
        console.press(question, Keys.ENTER)
        console.wait(lambda: console.text(".question .message-body") == question, "the question")
        console.wait_answer()
    console.press(Keys.ESCAPE)
    console.press("/")
    assert console.focused.get_attribute("id") == "search"
    console.row(second)
    console.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert console.focused.get_attribute("textContent") == first
    console.press(Keys.ENTER)
    console.wait(lambda: console.text("#chat-title") == first, "the first conversation")


def test_help_opens_with_a_question_mark_and_closes_with_escape(console):
    console.wait_ready()
    console.script("document.activeElement.blur()")
    console.press("?")
    assert console.shown("#help")
    console.press(Keys.ESCAPE)
    assert not console.shown("#help")


def test_letters_typed_into_the_message_are_no_shortcuts(console):
    console.type("n/?")
    assert console.one("#prompt").get_attribute("value") == "n/?"
    assert not console.shown("#help")


def test_skip_link_is_first_and_leads_to_the_message_field(console):
    console.wait_ready()
    console.script("document.activeElement.blur()")
    console.press(Keys.TAB)
    assert console.focused.get_attribute("id") == "skip"
    console.press(Keys.ENTER)
    assert console.focused.get_attribute("id") == "prompt"


def background(console):
    return console.script("return getComputedStyle(document.body).backgroundColor")


def emulate(console, scheme):
    console.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def test_theme_follows_the_system_until_chosen_and_the_choice_is_kept(console):
    try:
        emulate(console, "light")
        light = background(console)
        emulate(console, "dark")
        dark = background(console)
        assert light == "rgb(255, 255, 255)" and dark != light
        console.one("[data-theme-choice=light]").click()
        assert background(console) == light
        console.driver.refresh()
        assert background(console) == light
        assert console.one("[data-theme-choice=light]").get_attribute("aria-checked") == "true"
        console.one("[data-theme-choice=auto]").click()
        assert background(console) == dark
    finally:
        emulate(console, "light")


CONTRAST = """
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const pixel = (color, under) => {
      canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
      const layers = [];
      for (let e = element; e; e = e.parentElement) layers.unshift(getComputedStyle(e).backgroundColor);
      return layers.reduce((under, color) => `rgb(${pixel(color, under).join(',')})`, 'white');
    };
    const weak = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!own || !element.checkVisibility() || element.closest('.visually-hidden, :disabled, option')) continue;
      const under = ground(element);
      const [a, b] = [light(pixel(getComputedStyle(element).color, under)), light(pixel(under, 'white'))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) weak.push(`${element.className || element.tagName}: ${ratio.toFixed(2)} "${element.textContent.trim().slice(0, 30)}"`);
    }
    return weak;"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_enough_contrast(console, theme):
    console.ask("Tell me about a heat pump")
    console.wait_answer()
    # Colours are compared at rest, not in the middle of a transition.
    console.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    console.one(f"[data-theme-choice={theme}]").click()
    console.wait(lambda: console.script(CONTRAST) == [], f"contrast of 4.5 or more everywhere, still weak: {console.script(CONTRAST)}", 5)


def test_every_control_has_a_name(console):
    console.ask("Say hello")
    console.wait_answer()
    nameless = console.script("""
        return [...document.querySelectorAll('button, input, textarea, select')]
          .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)""")
    assert nameless == []


def test_phone_layout_has_no_sideways_scroll_and_reaches_both_panels(console):
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    console.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        console.ask("Tell me about a heat pump")
        console.wait_answer()
        assert console.script("return document.scrollingElement.scrollWidth") == 390
        for panel, button in [("mesh", "#open-mesh"), ("conversations", "#open-conversations")]:
            assert not console.shown(f"#{panel}")
            console.one(button).click()
            console.wait(lambda: console.shown(f"#{panel} [data-close]"), f"the {panel} panel")
            console.press(Keys.ESCAPE)
            console.wait(lambda: not console.shown(f"#{panel}"), f"the {panel} panel to go")
            assert console.focused == console.one(button)
    finally:
        console.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
