"""Takes a picture of a running console, with an answered question when one is given.

    python3 screenshot.py http://127.0.0.1:8004 console.png --ask "How does a heat pump work?" --theme dark
"""

import argparse

from conftest import open_chromium
from page import Console


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("file")
    parser.add_argument("--ask", metavar="QUESTION")
    parser.add_argument("--page", choices=["chat", "mesh"], default="chat")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--size", default="1440x900", help="in CSS pixels, twice as many are drawn (default: %(default)s)")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    chromium = open_chromium()
    try:
        chromium.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 500})
        console = Console(chromium, options.url.rstrip("/"))
        console.open_fresh()
        chromium.execute_script("localStorage.setItem('aurora.theme', arguments[0])", options.theme)
        chromium.refresh()
        console.wait_ready()
        if options.page == "mesh":
            console.open_mesh()
            console.wait(lambda: console.shown(".decisions li"), "decisions")
        if options.ask:
            console.ask(options.ask)
            console.wait_answer()
            console.wait(lambda: "0 in flight" in console.text("#mesh-body"), "the answer to be counted as finished")
            chromium.execute_script("document.activeElement.blur(); document.getElementById('scroll').scrollTop = 0")
            console.wait(lambda: console.script("return document.getElementById('scroll').scrollTop") == 0, "the top of the answer")
        chromium.save_screenshot(options.file)
    finally:
        chromium.quit()


if __name__ == "__main__":
    main()
