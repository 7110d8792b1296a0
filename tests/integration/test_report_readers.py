"""Each report format is read by a program that others wrote, and the numbers are those of results.json."""

import csv
import io
import json
import math
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import reports_lab

reports_lab.need_modules("prometheus_client", "junitparser")
import junitparser  # noqa: E402
from prometheus_client.openmetrics.parser import text_string_to_metric_families  # noqa: E402

RESOLUTION = 1 / 1000  # of the histogram


class ReportReaders(unittest.TestCase):
    def setUp(self):
        self.samples = reports_lab.samples()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hookdrill-readers-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def each(self, name, suffix):
        """(results, report file) of each sample in format `name`."""
        for sample, (file, document) in self.samples.items():
            out = self.folder / f"{sample}{suffix}"
            reports_lab.report(file, name, out)
            yield document, out

    def test_junit_is_valid_and_counts_what_failed(self):
        xmllint = reports_lab.need_tool("xmllint")
        for results, file in self.each("junit", ".xml"):
            schema = reports_lab.HERE / "schemas" / "junit.xsd"
            done = subprocess.run([xmllint, "--noout", "--nonet", "--schema", str(schema), str(file)], capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            suites = list(junitparser.JUnitXml.fromfile(str(file)))
            self.assertEqual(len(suites), 1)
            failed = sum(row["status"] == "fail" for row in results["verdicts"])
            failed += sum(finding["severity"] == "fatal" for finding in results["findings"])
            undecided = sum(row["status"] == "undecided" for row in results["verdicts"])
            undecided += sum(finding["severity"] in ("skip", "not_tested") for finding in results["findings"])
            self.assertEqual(suites[0].failures, failed)
            self.assertEqual(suites[0].skipped, undecided)
            self.assertEqual(suites[0].errors, 1 if results["untrusted_because"] else 0)
            names = [case.name for case in suites[0]]
            self.assertEqual(len(names), suites[0].tests)
            for row in results["verdicts"]:
                self.assertIn(row["name"], names)

    def test_openmetrics_is_parsed_and_its_counts_are_those_of_the_run(self):
        for results, file in self.each("openmetrics", ".txt"):
            families = {family.name: family for family in text_string_to_metric_families(file.read_text())}
            for name, path in results["paths"].items():
                samples = [s for s in families["hookdrill_attempts"].samples if s.labels["path"] == name]
                self.assertEqual({s.labels["outcome"]: s.value for s in samples}, path["attempts"]["outcomes"])
                endings = {s.labels["ending"]: s.value for s in families["hookdrill_deliveries"].samples
                           if s.labels["path"] == name}
                self.assertEqual(endings["first_try"], path["deliveries"]["delivered_first_try"])
                self.assertEqual(sum(endings.values()), path["deliveries"]["planned"])
                for phase, histogram in path["histograms"].items():
                    self.check_buckets(families["hookdrill_duration_seconds"].samples, name, phase, histogram)
            verdict = [s.labels["hookdrill_verdict"] for s in families["hookdrill_verdict"].samples if s.value == 1]
            self.assertEqual(verdict, [results["verdict"]])

    def check_buckets(self, samples, path, phase, histogram):
        mine = [s for s in samples if s.labels["path"] == path and s.labels["phase"] == phase]
        buckets = {float(s.labels["le"]): s.value for s in mine if s.name.endswith("_bucket")}
        self.assertIn(0.25, buckets)
        self.assertEqual(buckets[math.inf], histogram["count"] + histogram["infinite"])
        if histogram["p50_ns"] is not None and histogram["count"] > 0:
            half = buckets[math.inf] / 2
            median = histogram["p50_ns"] / 1e9
            self.assertGreaterEqual(min(v for le, v in buckets.items() if le >= median), half)
            self.assertLessEqual(max((v for le, v in buckets.items() if le < median), default=0), half)

    def test_hlog_has_the_percentiles_of_the_run(self):
        node = reports_lab.need_tool("node")
        if not (reports_lab.READERS / "node_modules").exists():
            self.skipTest("hdr-histogram-js is not installed: npm ci --prefix tests/integration/readers")
        for results, file in self.each("hlog", ".hlog"):
            done = subprocess.run([node, str(reports_lab.READERS / "read_hlog.js"), str(file)], capture_output=True, check=True)
            read = json.loads(done.stdout)
            wanted = {f"{name}.{phase}": histogram for name, path in results["paths"].items()
                      for phase, histogram in path["histograms"].items() if histogram["count"] > 0}
            self.assertLessEqual(set(wanted), set(read))
            for tag, histogram in wanted.items():
                self.assertEqual(read[tag]["count"], histogram["count"], tag)
                # The log holds finite values only; where failures count as infinite, percentiles are of more values.
                keys = ["max_ns", "mean_ns"]
                if histogram["infinite"] == 0:
                    keys += ["p50_ns", "p90_ns", "p95_ns", "p99_ns", "p999_ns"]
                for key in keys:
                    self.assertAlmostEqual(read[tag][key] / max(1, histogram[key]), 1, delta=RESOLUTION, msg=f"{tag} {key}")

    def test_percentile_text_rises_to_the_last_finite_value(self):
        for results, file in self.each("percentiles", ".hgrm"):
            rows = [line.split() for line in file.read_text().splitlines() if re.match(r" *[0-9.]+ +[01]\.", line)]
            latency = [path["histograms"]["latency"] for path in results["paths"].values()]
            if not any(histogram["count"] for histogram in latency):
                self.assertEqual(rows, [])
                continue
            for row in rows:
                self.assertIn(len(row), (3, 4))
            if len(latency) == 1:
                values = [float(row[0]) for row in rows]
                counts = [int(row[2]) for row in rows]
                self.assertEqual(values, sorted(values))
                self.assertEqual(counts, sorted(counts))
                self.assertLessEqual(counts[-1], latency[0]["count"])
                median = next(float(row[0]) for row in rows if float(row[1]) == 0.5)
                self.assertAlmostEqual(median, latency[0]["p50_ns"] / 1e6, places=5)

    def test_csv_adds_up(self):
        for results, file in self.each("csv", ".csv"):
            rows = list(csv.DictReader(io.StringIO(file.read_text())))
            for name, path in results["paths"].items():
                mine = [row for row in rows if row["path"] == name]
                self.assertEqual([int(row["sent"]) for row in mine], [row["sent"] for row in path["series"]])
                self.assertEqual([int(row["latency_max_ns"]) for row in mine], [row["latency_max_ns"] for row in path["series"]])
        for results, file in self.each("csv-outcomes", ".outcomes.csv"):
            rows = list(csv.DictReader(io.StringIO(file.read_text())))
            for name, path in results["paths"].items():
                read = {row["outcome"]: int(row["attempts"]) for row in rows if row["path"] == name}
                self.assertEqual(read, path["attempts"]["outcomes"])
                details = {row["outcome"]: row["detail"] for row in rows if row["path"] == name}
                self.assertEqual(details, {cause["code"]: cause["detail"] for cause in path["attempts"]["causes"]})

    def test_markdown_is_tables_and_text_to_githubs_own_renderer(self):
        renderer = reports_lab.need_tool("cmark-gfm")
        for results, file in self.each("markdown", ".md"):
            self.assertLess(file.stat().st_size, 1 << 20)
            done = subprocess.run([renderer, "-e", "table", "--to", "xml", str(file)], capture_output=True, check=True)
            document = ElementTree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", done.stdout))
            space = "{http://commonmark.org/xml/1.0}"
            tables = document.findall(f".//{space}table")
            cells = ["".join(cell.itertext()).strip() for cell in document.iter(f"{space}table_cell")]
            self.assertGreaterEqual(len(tables), 2 if results["paths"] else 1)
            for path in results["paths"].values():
                self.assertIn(f"{path['deliveries']['planned']:,}", cells)
                for cause in path["attempts"]["causes"]:
                    if cause["code"] != "ok":
                        self.assertIn(cause["code"], cells)
                        self.assertTrue(any(cause["detail"] in cell for cell in cells), cause)
            for row in results["verdicts"]:
                self.assertIn(row["observed"], cells)
            html = [block.text for block in document.iter(f"{space}html_block")]
            folded = 2 if results["command"] == "check" else 1
            self.assertEqual([block.strip()[:9] for block in html], ["<details>", "</details"] * folded)

    def test_annotations_come_back_from_their_escaping(self):
        def unescaped(text, *names):
            for code, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
                text = text.replace(code, plain)
            return text

        for results, file in self.each("github", ".txt"):
            commands = []
            for line in file.read_text().splitlines():
                match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
                self.assertTrue(match, line)
                properties = dict(part.split("=", 1) for part in match[2].split(","))
                commands.append((match[1], unescaped(properties["title"]), unescaped(match[3])))
            errors = [command for command in commands if command[0] == "error"]
            self.assertEqual(bool(errors), results["verdict"] != "pass")
            for finding in results["findings"]:
                if finding["severity"] == "fatal":
                    self.assertTrue(any(finding["title"] in title and finding["remedy"] in text for _, title, text in errors))

    def test_k6_summary_has_what_gitlabs_widget_shows(self):
        for results, file in self.each("k6", ".json"):
            metrics = json.loads(file.read_text())["metrics"]
            passed = sum(row["status"] == "pass" for row in results["verdicts"])
            self.assertEqual(metrics["checks"]["passes"], passed)
            self.assertEqual(metrics["checks"]["fails"], len(results["verdicts"]) - passed)
            attempts = sum(path["attempts"]["total"] for path in results["paths"].values())
            self.assertEqual(metrics["http_reqs"]["count"], attempts)
            self.assertAlmostEqual(metrics["http_reqs"]["rate"], attempts / (results["duration_ns"] / 1e9))
            waits = [path["histograms"]["wait"] for path in results["paths"].values() if "wait" in path["histograms"]]
            if len(waits) == 1:
                self.assertEqual(metrics["http_req_waiting"]["p(90)"], waits[0]["p90_ns"] / 1e6)
                self.assertEqual(metrics["http_req_waiting"]["p(95)"], waits[0]["p95_ns"] / 1e6)
            self.assertNotIn("http_req_duration", metrics)

    def test_benchmark_json_is_a_list_of_named_numbers(self):
        for results, file in self.each("benchmark", ".json"):
            numbers = json.loads(file.read_text())
            names = [number["name"] for number in numbers]
            self.assertEqual(len(names), len(set(names)))
            for number in numbers:
                self.assertIsInstance(number["value"], (int, float))
                self.assertIsInstance(number["unit"], str)
            for name, path in results["paths"].items():
                read = {number["name"]: number["value"] for number in numbers}
                self.assertAlmostEqual(read[f"{results['scenario']['name']}/{name} drop rate"], path["drop"]["rate"] * 100)


if __name__ == "__main__":
    unittest.main()
