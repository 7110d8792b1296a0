"""The HTML report in a real browser: it fetches nothing, shows the numbers of results.json, and fits a phone.

Screenshots stay in build/screenshots for a person to look at.
"""

# ctest: timeout 600
import pathlib
import re
import unittest

import browser
import reports_lab

SCREENSHOTS = reports_lab.ROOT / "build" / "screenshots"
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9, "h": 3600e9, "d": 86400e9}


def nanoseconds(text):
    """Reads "1 min 20 s" back; None for "inf"."""
    if text == "inf":
        return None
    return sum(float(value) * UNITS[unit] for value, unit in re.findall(r"([0-9.]+) ([a-z]+)", text))


def at(document, key):
    """The member of results.json that a data-key names; outcome codes have dots of their own."""
    value, parts = document, key.split(".")
    while parts:
        if isinstance(value, list):
            value, parts = value[int(parts[0])], parts[1:]
            continue
        taken = next(n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in value)
        value, parts = value[".".join(parts[:taken])], parts[taken:]
    return value


@unittest.skipUnless(browser.program(), "Chromium is not installed")
class ReportInBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.pages = {}
        for name, (file, document) in reports_lab.samples().items():
            page = SCREENSHOTS / f"{name}.html"
            reports_lab.report(file, "html", page)
            cls.pages[name] = (page, document)

    def setUp(self):
        self.browser = browser.Browser(self)

    def test_the_page_fetches_nothing_and_the_browser_has_no_complaint(self):
        for name, (page, _) in self.pages.items():
            self.browser.open(page)
            self.assertEqual(self.browser.requests(), [page.resolve().as_uri()], name)
            self.assertEqual(self.browser.complaints(), [], name)
            self.assertEqual(self.browser.evaluate("document.scripts.length"), 0)

    def test_the_numbers_are_those_of_the_results(self):
        for name, (page, document) in self.pages.items():
            self.browser.open(page)
            shown = self.browser.evaluate(
                "[...document.querySelectorAll('[data-key]')].map(e => [e.dataset.key, e.textContent.trim()])")
            self.assertGreater(len(shown), 10 if document["paths"] else 5, name)
            for key, text in shown:
                with self.subTest(sample=name, key=key):
                    self.check_number(at(document, key), key, text)

    def check_number(self, wanted, key, text):
        if key.endswith("_value") and text.endswith("%"):  # of a comparison: a share, or nanoseconds
            self.assertAlmostEqual(float(text.split()[0]), wanted * 100, delta=0.06)
        elif key.endswith(("_ns", "_value")):
            read = nanoseconds(text)
            if wanted is None or read is None:
                self.assertIs(read, wanted)
            else:
                self.assertAlmostEqual(read / max(1, wanted), 1, delta=0.006)  # three digits
        elif key == "verdict":
            self.assertEqual(text.lower(), wanted)
        elif key.endswith(".rate"):
            self.assertAlmostEqual(float(text.split()[0]), wanted * 100, delta=0.06)
        else:
            self.assertEqual(int(text.replace(",", "")), wanted)

    def test_every_picture_has_a_text_alternative_and_its_numbers(self):
        for name, (page, document) in self.pages.items():
            self.browser.open(page)
            pictures = self.browser.evaluate(
                "[...document.querySelectorAll('svg[role=img]')].map(e => e.getAttribute('aria-labelledby').split(' ')"
                ".map(id => document.getElementById(id)?.textContent ?? '').join(' ').trim())")
            self.assertEqual(len(pictures) > 0, bool(document["paths"]), name)
            self.assertTrue(all(len(text) > 10 for text in pictures), pictures)
            self.assertEqual(self.browser.evaluate(
                "[...document.querySelectorAll('figure')].filter(f => !f.querySelector('details table tbody tr')).length"), 0)
            self.assertEqual(self.browser.evaluate(
                "(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                " return ids.length - new Set(ids).size; })()"), 0, name)

    def test_curves_stay_inside_their_axes(self):
        for name, (page, _) in self.pages.items():
            self.browser.open(page)
            outside = self.browser.evaluate(
                "[...document.querySelectorAll('figure svg[role=img]')].flatMap(svg => { const box = svg.viewBox.baseVal;"
                " return [...svg.querySelectorAll('path, text')].filter(e => { const b = e.getBBox();"
                " if (e.hasAttribute('transform')) return false;"
                " return b.x < -1 || b.y < -1 || b.x + b.width > box.width + 1 || b.y + b.height > box.height + 1; })"
                ".map(e => e.outerHTML.slice(0, 80)); })")
            self.assertEqual(outside, [], name)

    def test_light_dark_and_a_phone(self):
        backgrounds = {}
        for name, (page, _) in self.pages.items():
            for look, options in {"light": {}, "dark": {"dark": True},
                                  "phone": {"width": 390, "height": 844, "mobile": True, "dark": True}}.items():
                self.browser.open(page, **options)
                self.browser.screenshot(SCREENSHOTS / f"{name}-{look}.png")
                backgrounds[look] = self.browser.evaluate("getComputedStyle(document.body).backgroundColor")
                width = self.browser.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
                self.assertLessEqual(width[0], width[1], f"{name} {look} scrolls sideways")
        self.assertNotEqual(backgrounds["light"], backgrounds["dark"])
        self.assertEqual(backgrounds["phone"], backgrounds["dark"])

    def test_text_stands_out_from_its_ground_in_both_looks(self):
        script = """[...document.querySelectorAll('p, td, th, dd, dt, h1, h2, summary, .badge, li, svg text')].map(e => {
          const numbers = c => c.match(/[0-9.]+/g).map(Number);
          const light = c => { const l = c.slice(0, 3).map(v => { v /= 255;
              return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
          const style = getComputedStyle(e);
          const ink = numbers(e instanceof SVGElement ? style.fill : style.color);
          let ground = [0, 0, 0, 0];
          for (let n = e; n && (ground[3] ?? 1) === 0; n = n.parentElement) ground = numbers(getComputedStyle(n).backgroundColor);
          const a = light(ink), b = light(ground);
          return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.slice(0, 40)];
        }).filter(([ratio]) => ratio < 4.5)"""
        for dark in (False, True):
            for name, (page, _) in self.pages.items():
                self.browser.open(page, dark=dark)
                self.assertEqual(self.browser.evaluate(script), [], f"{name} {'dark' if dark else 'light'}")


if __name__ == "__main__":
    unittest.main()
