#!/usr/bin/env python3
"""Adds up the tests of several suites: reads CTest's JUnit files and prints "N passed, N failed".

One entry of CTest is a whole program of tests. What Catch2 and unittest say at their end counts, not the entry; an entry
that says neither counts as one test. Exits 1 when a test failed or none ran.
"""

import re
import sys
import xml.etree.ElementTree


def catch2(text):
    """(passed, failed, skipped) of a Catch2 program, or None."""
    if match := re.search(r"All tests passed \(.* in (\d+) test cases?\)", text):
        return int(match[1]), 0, 0
    if match := re.search(r"^test cases: (.*)$", text, re.MULTILINE):
        numbers = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped)", match[1])}
        return numbers.get("passed", 0), numbers.get("failed", 0), numbers.get("skipped", 0)
    return None


def unittest(text):
    """(passed, failed, skipped) of a Python unittest run, or None."""
    ran = re.search(r"^Ran (\d+) tests? in ", text, re.MULTILINE)
    end = re.search(r"^(?:OK|FAILED)(?: \((.*)\))?$", text, re.MULTILINE)
    if not ran or not end:
        return None
    numbers = {word: int(number) for word, number in re.findall(r"(failures|errors|skipped)=(\d+)", end[1] or "")}
    failed = numbers.get("failures", 0) + numbers.get("errors", 0)
    skipped = numbers.get("skipped", 0)
    return max(int(ran[1]) - failed - skipped, 0), failed, skipped


def entry(case):
    """(passed, failed, skipped) of one entry of CTest. An entry that failed has at least one failure."""
    if case.get("status") in ("disabled", "notrun"):
        return 0, 0, 1
    text = case.findtext("system-out") or ""
    passed, failed, skipped = catch2(text) or unittest(text) or (1, 0, 0)
    if case.get("status") == "fail" and failed == 0:
        return max(passed - 1, 0), 1, skipped
    return passed, failed, skipped


def main(files):
    total = [0, 0, 0]
    for file in files:
        for case in xml.etree.ElementTree.parse(file).getroot().iter("testcase"):
            total = [a + b for a, b in zip(total, entry(case))]
    passed, failed, skipped = total
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
