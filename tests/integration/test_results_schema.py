"""results.json holds to its published schema: checked by a validator that is not ours, on golden files and on bent ones."""

import copy
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SYSTEM_PYTHON = "/usr/bin/python3"

if importlib.util.find_spec("jsonschema") is None and os.path.realpath(sys.executable) != os.path.realpath(SYSTEM_PYTHON):
    # The distribution's packages belong to the distribution's Python, which need not be the first in PATH.
    os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, "-m", "unittest", "-v", pathlib.Path(__file__).stem])

import jsonschema  # noqa: E402


class ResultsSchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((ROOT / "reports/results.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)
        cls.files = sorted((ROOT / "tests/golden/reports").glob("*.results.json"))
        cls.sample = json.loads((ROOT / "tests/golden/reports/pass.results.json").read_text())

    def errors(self, document):
        return [error.json_path for error in self.validator.iter_errors(document)]

    def test_every_golden_results_file_is_valid(self):
        self.assertGreaterEqual(len(self.files), 4)
        for file in self.files:
            self.assertEqual(self.errors(json.loads(file.read_text())), [], file.name)

    def test_the_schema_is_strict(self):
        def bend(change):
            document = copy.deepcopy(self.sample)
            change(document)
            return self.errors(document)

        path = lambda document: document["paths"]["direct"]  # noqa: E731
        self.assertEqual(bend(lambda d: None), [])
        self.assertTrue(bend(lambda d: d.update(surprise=1)))
        self.assertTrue(bend(lambda d: d.update(verdict="undecided")))
        self.assertTrue(bend(lambda d: d.update(schema_version=2)))
        self.assertTrue(bend(lambda d: path(d)["deliveries"].update(planned=-1)))
        self.assertTrue(bend(lambda d: path(d)["deliveries"].pop("expired")))
        self.assertTrue(bend(lambda d: path(d)["drop"].update(rate=1.5)))
        self.assertTrue(bend(lambda d: path(d)["attempts"]["outcomes"].update({"tls": 1})))
        self.assertTrue(bend(lambda d: path(d)["histograms"]["latency"].update(p50_ns="1 ms")))
        self.assertTrue(bend(lambda d: path(d)["histograms"].update(ssl=path(d)["histograms"]["tls"])))

    def test_the_program_reads_what_the_schema_allows_and_writes_it_again(self):
        program = os.environ.get("HOOKDRILL")
        if not program or not os.path.exists(program):
            self.skipTest("the program is not built")
        for file in self.files:
            done = subprocess.run([program, "report", file, "--format", "json"], capture_output=True, check=True)
            self.assertEqual(done.stdout, file.read_bytes(), file.name)


if __name__ == "__main__":
    unittest.main()
