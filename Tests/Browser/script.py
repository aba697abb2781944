"""What the stand-in's model says: chosen by words in the question."""

import re

HOSTILE = (
    "<script>window.pwned = 1</script> <img src=x onerror=\"window.pwned = 1\"> **<b onclick=x>bold</b>** "
    "[click](javascript:window.pwned=1) [fine](https://example.com/a) `<svg onload=x>`\n\n"
    "```html\n<script>window.pwned = 1</script>\n```\n\n| a | b |\n|---|---|\n| <iframe src=x> | ok |\n"
)
SAMPLE = """A heat pump does not *make* heat, it **moves** it. Even cold air holds heat, and moving it takes less energy than making it.

### How it works

1. A cold liquid **evaporates** outside and takes heat in.
2. A compressor squeezes the vapour, which makes it hot.
3. Indoors it condenses and gives the heat away:
   - to the air of a room, or
   - to the water of the heating.

The ratio of heat out to electricity in is the *coefficient of performance*:

```python
def cop(heat_kwh: float, electricity_kwh: float) -> float:
    \"\"\"Heat given per unit of electricity used.\"\"\"
    return heat_kwh / electricity_kwh

print(cop(12.0, 3.4))  # 3.5
```

| Outside | Typical COP |
|---|---|
| +10 °C | 4.5 |
| 0 °C | 3.4 |
| -10 °C | 2.5 |

> So three parts of the heat come from outside, and one from the socket.

More under [heat pumps](https://example.com/heat-pumps).
"""


def script(text):
    if "xss" in text:
        return HOSTILE
    if "long" in text:
        return SAMPLE * 4
    return SAMPLE if "heat pump" in text else f"You said: {text}\n\nThat is **all** there is to say, with a short list:\n\n- one\n- two\n- three\n"


def pieces(text):
    return re.findall(r"\s*\S+\s*?(?=\s|$)|\s+", text)
