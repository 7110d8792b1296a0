"""results.json holds to its published schema: checked by a validator that is not ours, on golden files and on bent ones."""

import copy
import json
import unittest

import reports_lab

reports_lab.need_modules("jsonschema")
import jsonschema  # noqa: E402


class ResultsSchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((reports_lab.ROOT / "reports/results.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)
        cls.samples = reports_lab.samples()

    def errors(self, document):
        return [error.json_path for error in self.validator.iter_errors(document)]

    def test_every_golden_results_file_is_valid(self):
        for name, (_, document) in self.samples.items():
            self.assertEqual(self.errors(document), [], name)

    def test_the_schema_is_strict(self):
        def bend(change):
            document = copy.deepcopy(self.samples["pass"][1])
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

    def test_the_program_writes_again_what_it_read(self):
        for name, (file, _) in self.samples.items():
            self.assertEqual(reports_lab.report(file, "json"), file.read_bytes(), name)


if __name__ == "__main__":
    unittest.main()
