"""What a user can do wrong is said with its place, before anything is sent, and ends with exit code 2."""

import unittest

import lab


class UserErrors(unittest.TestCase):
    def setUp(self):
        self.asked = []
        self.server = lab.RawServer(self, lambda connection: self.asked.append(lab.read_request(connection)))

    def mistake(self, before, after, *, env=None):
        """Runs a good scenario in which `before` was replaced by `after`; returns what the program said."""
        good = (lab.endpoint_toml(self.server.port, scheme="http") +
                '[deliveries]\nconnections = "fresh"\n[[stage]]\nrate = "10/s"\nfor = "1s"\n')
        self.assertIn(before, good)
        file = lab.scenario(self, good.replace(before, after, 1))
        run = lab.hookdrill(self, "run", file, env=env)
        self.assertEqual(run.exit, 2, run.said())
        self.assertEqual(run.stdout, "")
        self.assertIsNone(run.results, "no results of a run that never began")
        self.assertEqual(self.asked, [], "nothing is sent")
        lines = (file.read_text()).splitlines()
        return run.stderr.replace(str(file), "F"), lambda text: next(
            (n for n, line in enumerate(lines, 1) if text in line), 0)

    def test_unknown_key_names_the_nearest(self):
        said, line = self.mistake("connections =", "conections =")
        self.assertIn(f"F:{line('conections')}:1: ", said)
        self.assertIn('unknown key "conections"', said)
        self.assertIn('did you mean "connections"?', said)

    def test_unknown_table(self):
        said, line = self.mistake("[deliveries]", "[delivries]")
        self.assertIn(f"F:{line('[delivries]')}:", said)
        self.assertIn('did you mean "deliveries"?', said)

    def test_wrong_type(self):
        said, line = self.mistake('for = "1s"', "for = true")
        self.assertIn(f"F:{line('for = true')}:7: ", said)

    def test_impossible_value(self):
        said, line = self.mistake('rate = "10/s"', 'rate = "-10/s"')
        self.assertIn(f"F:{line('rate =')}:8: ", said)

    def test_not_toml(self):
        said, line = self.mistake("[deliveries]", "[deliveries")
        self.assertIn(f"F:{line('[deliveries')}:", said)

    def test_missing_secret(self):
        said, line = self.mistake('{ env = "APP_SECRET" }', '{ env = "HOOKDRILL_TEST_UNSET" }')
        self.assertIn(f"F:{line('HOOKDRILL_TEST_UNSET')}:", said)
        self.assertIn("HOOKDRILL_TEST_UNSET is not set", said)

    def test_url_without_scheme(self):
        said, line = self.mistake("http://", "")
        self.assertIn(f"F:{line('url =')}:7: ", said)

    def test_trust_file_that_does_not_exist(self):
        said, line = self.mistake(str(lab.pki().root), "/nowhere/ca.pem")
        self.assertIn("/nowhere/ca.pem", said)

    def test_scenario_that_does_not_exist(self):
        run = lab.hookdrill(self, "run", "/nowhere/scenario.toml")
        self.assertEqual(run.exit, 2, run.said())
        self.assertIn("/nowhere/scenario.toml", run.stderr)

    def test_unknown_command_and_option(self):
        for arguments in (["rum"], ["run", "--no-such-option", "x.toml"], ["run"], []):
            run = lab.hookdrill(self, *arguments)
            self.assertEqual(run.exit, 2, f"{arguments}: {run.said()}")
            self.assertNotEqual(run.stderr + run.stdout, "")

    def test_a_mistyped_option_is_told_the_nearest(self):
        for arguments, said in ((["run", "--sed", "5", "x.toml"], 'unknown option --sed; did you mean "--seed"?'),
                                (["run", "--sed=5"], 'unknown option --sed; did you mean "--seed"?'),
                                (["check", "http://x", "--jsno"], 'unknown option --jsno; did you mean "--json"?'),
                                (["receive", "--wrokers", "2"], "unknown option --wrokers"),
                                (["--versoin"], 'unknown option --versoin; did you mean "--version"?')):
            run = lab.hookdrill(self, *arguments)
            self.assertEqual((run.exit, run.stderr.splitlines()[0]), (2, said), run.said())


if __name__ == "__main__":
    unittest.main()
