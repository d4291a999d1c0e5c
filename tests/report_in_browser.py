#!/usr/bin/env python3
"""Opens a page in headless Chromium, at the width of a phone and of a desk, light and dark, and looks for what a reader would trip over:
messages on the console, requests for anything else, text that is clipped or wider than the page, contrast below AA (4.5, 3 for
large text), headings that skip a level, tables without caption or scope, pictures without a name, labels of an axis that are not at
their mark, texts in a picture that lie on one another.

    python3 tests/report_in_browser.py PAGE.html [DIRECTORY for screenshots]

Ends with 0 and says so where no browser is found; with 1 and a line for each fault. Needs the standard library alone: it speaks to the
browser through two pipes (--remote-debugging-pipe), a JSON text and a zero byte for each message.
"""
import base64
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
SCHEMES = ["light", "dark"]

# Run in the page; gives a list of faults.
LOOK = r"""
(() => {
  const faults = [], seen = new Set();
  const fault = text => { if (!seen.has(text)) { seen.add(text); faults.push(text); } };
  for (const details of document.querySelectorAll('details')) details.open = true;
  const numbers = text => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const background = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const known = new Map();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ['title', 'desc', 'STYLE'].includes(element.tagName)) continue;
    const style = getComputedStyle(element), drawn = element.closest('svg');
    const front = numbers(drawn ? style.fill : style.color), back = background(element);
    const [high, low] = [light(front), light(back)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) fault(`contrast ${ratio.toFixed(2)} of <${element.tagName}> ${front} on ${back}`);
  }
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    fault(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
    for (const element of document.querySelectorAll('body *'))
      if (!element.closest('.wide') && element.getBoundingClientRect().right > width + 1) fault(`<${element.tagName}> ${element.id} ends outside`);
  }
  for (const svg of document.querySelectorAll('svg')) {
    const box = svg.getBoundingClientRect(), around = svg.closest('.wide') || document.documentElement;
    if (box.width < 200) fault('a picture is narrower than 200 pixels');
    if (svg.getBoundingClientRect().width > around.scrollWidth + 1) fault('a picture is clipped');
    for (const text of svg.querySelectorAll('text')) {
      const r = text.getBoundingClientRect();
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1)
        fault(`in a picture the text "${text.textContent.trim()}" is clipped`);
    }
    // A label of an axis comes right before its mark, a line of a few units, and has its middle where the mark is.
    const middle = r => [(r.left + r.right) / 2, (r.top + r.bottom) / 2], unit = box.width / svg.viewBox.baseVal.width;
    let marks = 0;
    for (const mark of svg.querySelectorAll('text + polyline')) {
      const [x0, y0, x1, y1, ...more] = numbers(mark.getAttribute('points'));
      if (more.length || Math.abs(x1 - x0) + Math.abs(y1 - y0) > 6) continue;
      const text = mark.previousElementSibling, [x, y] = middle(text.getBoundingClientRect()), [at, level] = middle(mark.getBoundingClientRect());
      const off = y0 === y1 ? Math.abs(y - level) : Math.abs(x - at);
      if (off > 3 * unit) fault(`in a picture the label "${text.textContent.trim()}" is ${off.toFixed(1)} pixels from its mark`);
      marks += 1;
    }
    if (!marks) fault('a picture has no marks with labels');
    const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent.trim(), text.getBoundingClientRect()]);
    texts.forEach(([one, r], index) => texts.slice(index + 1).forEach(([other, s]) => {
      const over = Math.min(r.right, s.right) - Math.max(r.left, s.left), high = Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top);
      if (over > 2 * unit && high > 3 * unit) fault(`in a picture the texts "${one}" and "${other}" lie on one another`);
    }));
    if (svg.getAttribute('role') !== 'img' || !(svg.querySelector('title')?.textContent.trim())) fault('a picture has no name');
  }
  let level = 0;
  for (const heading of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) fault(`heading "${heading.textContent}" skips a level`);
    level = own;
  }
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption) fault('a table has no caption');
    for (const th of table.querySelectorAll('th')) if (!th.scope) fault('a heading of a table has no scope');
  }
  for (const element of document.querySelectorAll('[aria-labelledby]'))
    if (!document.getElementById(element.getAttribute('aria-labelledby'))) fault('a label is missing');
  if (document.querySelectorAll('main').length !== 1 || !document.documentElement.lang) fault('no main, or no language');
  if (document.querySelectorAll('[style]').length) fault('an element has a style attribute');
  document.querySelector('a.skip').focus();
  if (document.querySelector('a.skip').getBoundingClientRect().left < 0) fault('the skip link is not seen when it has the focus');
  return { faults, texts: document.querySelectorAll('td').length, pictures: document.querySelectorAll('svg').length };
})()
"""


class Browser:
    """A browser, and the messages that it has sent."""

    def __init__(self, path, home):
        to_child, self.send_end = os.pipe()
        self.receive_end, from_child = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (to_child, from_child)]

        def ends():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        command = [path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
                   "--no-first-run", "--disable-extensions", "--disable-background-networking", f"--user-data-dir={home}"]
        self.process = subprocess.Popen(command, preexec_fn=ends, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (to_child, from_child, *high):
            os.close(end)
        self.buffer, self.events, self.count = b"", [], 0

    def read(self):
        while b"\0" not in self.buffer:
            more = os.read(self.receive_end, 1 << 16)
            if not more:
                raise RuntimeError("the browser has gone")
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.send_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event):
        while all(known.get("method") != event for known in self.events):
            self.events.append(self.read())

    def close(self):
        try:
            self.ask("Browser.close")
        except (RuntimeError, OSError):
            pass
        self.process.wait(timeout=30)


def told(event):
    """The message of an event that no page should cause, or nothing."""
    method, parameters = event.get("method"), event.get("params", {})
    if method == "Runtime.exceptionThrown":
        return f"exception: {parameters['exceptionDetails'].get('text')}"
    if method == "Runtime.consoleAPICalled":
        return f"console: {parameters.get('type')}"
    if method == "Log.entryAdded":
        return f"log: {parameters['entry'].get('text')}"
    return None


def look(browser, page, name, scheme, screenshots):
    width, height = WIDTHS[name]
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.events.clear()
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.ask(f"{domain}.enable", session)
    browser.ask("Emulation.setDeviceMetricsOverride", session, width=width, height=height, deviceScaleFactor=1, mobile=name == "phone")
    browser.ask("Emulation.setEmulatedMedia", session, features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.ask("Page.navigate", session, url=page.as_uri())
    browser.wait_for("Page.loadEventFired")
    if screenshots:
        shot(browser, session, screenshots / f"{name}-{scheme}.png", width, height)
    answer = browser.ask("Runtime.evaluate", session, expression=LOOK, returnByValue=True)
    if "exceptionDetails" in answer:
        raise RuntimeError(answer["exceptionDetails"])
    found = answer["result"]["value"]
    faults = found["faults"] + [text for text in map(told, browser.events) if text]
    requests = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    faults += [f"a request for {url}" for url in requests if not url.startswith(page.parent.as_uri())]
    browser.ask("Target.closeTarget", targetId=target)
    return faults, found


def shot(browser, session, path, width, height):
    clip = {"x": 0, "y": 0, "width": width, "height": height * 7, "scale": 1}
    data = browser.ask("Page.captureScreenshot", session, clip=clip, captureBeyondViewport=True)["data"]
    path.write_bytes(base64.b64decode(data))


def main():
    page = pathlib.Path(sys.argv[1]).resolve()
    screenshots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        print(f"NOT CHECKED: the report in a browser (none of {', '.join(BROWSERS)} is installed)")
        return 0
    if screenshots:
        screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser, bad = Browser(path, home), 0
        try:
            for name in WIDTHS:
                for scheme in SCHEMES:
                    faults, found = look(browser, page, name, scheme, screenshots)
                    bad += len(faults)
                    print(f"{name}, {scheme}: {found['texts']} cells, {found['pictures']} pictures, {len(faults)} faults")
                    print("".join(f"  {text}\n" for text in faults[:20]), end="")
        finally:
            browser.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
