"""The README's three jobs run from the README as it is written: every command of theirs is taken from the page and run, with
nothing added but where the example's host is on this machine."""
# ctest: serial

import dataclasses
import os
import pathlib
import re
import subprocess
import unittest

import lab

README = (lab.ROOT / "README.md").read_text()
JOB = re.compile(r"^## (Job \d)[^\n]*\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^    (?:\$ )?((?:hookdrill|scenarios/\S+\.sh)\b[^\n#]*)", re.MULTILINE)
INLINE = re.compile(r"`(hookdrill [a-z][^`]*)`")
URL = "https://hooks.example.com/webhook"
PORT = str(lab.free_port())  # in place of 8443, which may be taken


@dataclasses.dataclass(frozen=True)
class Row:
    """How a command of the page ends. `at` adds where the example's host is: the name of a receiver below."""
    begins: str
    exit: int = 0
    says: tuple = ()
    at: str = ""
    more: tuple = ()  # options that make it shorter, or choose a free port


# One line for each command of the page; a command without a line fails the test.
ROWS = {
    "Job 1": [  # validate
        Row("hookdrill check scenarios/quickstart.toml", 0, ("Meta would deliver",)),
        Row(f"hookdrill check {URL} --watch", 0, ("Meta would deliver",), at="good"),
        Row(f"hookdrill check {URL} --format junit", 1, ("<testsuites",), at="leaf_only"),
        Row(f"hookdrill check {URL}", 1, ("cert.incomplete_chain", "fullchain"), at="leaf_only"),
        Row("hookdrill receive"),
        Row("hookdrill check https://hooks.example.test/webhook", 1, ("cert.incomplete_chain",)),
        Row("hookdrill run my-webhook.toml", 1, ("tls.certificate", "intermediate"), at="leaf_only"),
        Row("hookdrill explain my-webhook.toml", says=("Nothing was sent.",)),
        Row("hookdrill payload", says=("text",)),
    ],
    "Job 2": [  # reproduce
        Row("hookdrill simulate scenarios/vps-drop.toml", 1, ("vps-drop: FAIL", "29,848 planned   24,592 first try")),
        Row("hookdrill simulate scenarios/outage-2h.toml --sweep", 1, ("38.1 %", "never", "1 h 30 min")),
    ],
    "Job 3": [  # benchmark
        Row("scenarios/proxy-vs-direct/run.sh", 1, ("proxy better", "paired blocks", "noise floor"),
            more=("--set", "stage.messages.for=6s", "--set", "compare.blocks=20", "--set", "limits.max_lateness=10s")),
        Row("hookdrill run my-webhook.toml", 0, ("my-webhook: PASS",), at="good",
            more=("--set", "limits.max_lateness=10s")),
        Row("hookdrill report"),
    ],
}


def commands_of(section):
    """The commands of a section, shown ones first. URL stands for the example's; of `a|b`, a is taken."""
    inline = [command for command in INLINE.findall(section) if not re.search(r"[A-Z]{4}|^hookdrill [a-z]+$", command)]
    inline += [command for command in INLINE.findall(section) if command == "hookdrill payload"]
    commands = [re.sub(r"\bURL\b", URL, command.strip()) for command in SHOWN.findall(section) + inline]
    commands = [re.sub(r"(\w+)(\|\w+)+", r"\1", command).replace("8443", PORT) for command in commands]
    return list(dict.fromkeys(commands))


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addCleanup = cls.addClassCleanup
        cls.receivers = {kind: lab.ReferenceReceiver(cls, "--certificate", kind, host="hooks.example.com", tls=True)
                         for kind in ("leaf_only", "good")}

    def setUp(self):
        self.folder = lab.scratch(self)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "hookdrill").symlink_to(pathlib.Path(lab.PROGRAM).resolve())
        (self.folder / "scenarios").symlink_to(lab.ROOT / "scenarios")
        scenario = re.search(r"[Ww]rite `my-webhook\.toml`.*?```toml\n(.*?)```", README, re.DOTALL)
        (self.folder / "my-webhook.toml").write_text(scenario[1])

    def where(self, row):
        if not row.at:
            return []
        receiver = self.receivers[row.at]
        if "check" in row.begins:
            return ["--connect", f"127.0.0.1:{receiver.port}", "--ca-file", str(receiver.root)]
        return ["--set", f"paths.direct.connect=127.0.0.1:{receiver.port}", "--ca-file", str(receiver.root)]

    def play(self, command, row):
        line = " ".join([command, *row.more, *self.where(row)])
        environment = {**os.environ, **lab.SECRETS, "HOOKDRILL": lab.PROGRAM, "NO_COLOR": "1",
                       "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        if command.startswith("hookdrill receive"):  # the second terminal: runs to the end of the job
            process = lab.Process(self, ["bash", "-c", f"exec {line}"], env=environment, cwd=self.folder)
            process.wait_until(lambda: "listening on" in process.output(), "the receiver listens")
            return
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=200)
        said = f"{line}\n{done.stdout}\n{done.stderr}"
        self.assertEqual(done.returncode, row.exit, said)
        for word in row.says:
            self.assertIn(word, done.stdout, said)

    def job(self, name):
        section = dict(JOB.findall(README))[name]
        commands = commands_of(section)
        self.assertGreaterEqual(len(commands), 1)
        for command in commands:
            rows = [row for row in ROWS[name] if command.startswith(row.begins)]
            self.assertTrue(rows, f"{name}: no row for \"{command}\"; add one to ROWS")
            with self.subTest(command):
                self.play(command, rows[0])

    def test_job_1_validate(self):
        self.job("Job 1")

    def test_job_2_reproduce(self):
        self.job("Job 2")

    def test_job_3_benchmark(self):
        self.job("Job 3")

    def test_the_expectations_shown_are_right(self):
        blocks = re.findall(r"```toml\n(\[\[expect\]\].*?)```", README, re.DOTALL)
        self.assertGreaterEqual(len(blocks), 1)
        for block in blocks:
            file = self.folder / "my-webhook.toml"
            file.write_text(file.read_text() + block)
            self.assertEqual(lab.hookdrill(self, "explain", file).exit, 0)


if __name__ == "__main__":
    unittest.main()
