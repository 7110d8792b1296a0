"""The ready jobs for GitHub Actions and GitLab CI are YAML, and every hookdrill command in them does on this machine what
the job needs: a verdict, a summary, annotations, JUnit XML and what GitLab's widgets read."""
# ctest: serial

import json
import os
import pathlib
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import lab
import reports_lab

reports_lab.need_modules("yaml")
import yaml  # noqa: E402

CI = lab.ROOT / "scenarios" / "ci"


def lines_of(job):
    """The shell lines of a job, in their order."""
    scripts = [step.get("run", "") for step in job.get("steps", [])]
    scripts += [line for part in ("before_script", "script", "after_script") for line in job.get(part, [])]
    return [line.strip() for script in scripts for line in script.splitlines()]


class CiJobs(unittest.TestCase):
    def run_commands(self, job):
        """Runs the job's hookdrill commands as they are written; returns their folder and what they said."""
        folder = lab.scratch(self)
        shutil.copy(CI / "webhook.toml", folder)
        (folder / "bin").mkdir()
        (folder / "bin" / "hookdrill").symlink_to(pathlib.Path(lab.PROGRAM).resolve())
        commands = [line for line in lines_of(job) if line.startswith("hookdrill ")]
        self.assertGreaterEqual(len(commands), 5)
        said = ""
        for command in commands:
            done = subprocess.run(
                ["bash", "-euc", command], cwd=folder, capture_output=True, text=True, timeout=120,
                env={**os.environ, **lab.SECRETS, "PATH": f"{folder}/bin:{os.environ['PATH']}",
                     "GITHUB_STEP_SUMMARY": str(folder / "summary.md")})
            # 3: this machine was busy, as a runner may be; the reports must be there all the same.
            self.assertIn(done.returncode, (0, 3), f"{command}\n{done.stdout}\n{done.stderr}")
            said += done.stdout
        return folder, said

    def test_github_actions(self):
        document = yaml.safe_load((CI / "github-actions.yml").read_text())
        steps = document["jobs"]["webhook"]["steps"]
        self.assertTrue(all("uses" in step or "run" in step for step in steps))
        folder, said = self.run_commands(document["jobs"]["webhook"])
        self.assertIn("::", said, "annotations")
        summary = (folder / "summary.md").read_text()
        self.assertIn("webhook", summary)
        self.assertIn("paired blocks", summary)
        self.assertEqual(ElementTree.parse(folder / "out" / "junit.xml").getroot().tag, "testsuites")

    def test_gitlab_ci(self):
        job = yaml.safe_load((CI / "gitlab-ci.yml").read_text())["webhook"]
        folder, _ = self.run_commands(job)
        for report in job["artifacts"]["reports"].values():
            self.assertTrue((folder / report).exists(), report)
        self.assertIn("metrics", json.loads((folder / "out" / "load-performance.json").read_text()))


if __name__ == "__main__":
    unittest.main()
