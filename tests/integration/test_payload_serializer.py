"""The bytes of a body mean to other JSON parsers what was meant, and openssl signs them alike."""

import base64
import json
import os
import random
import subprocess
import unittest

import lab

NODE = """
const body = JSON.parse(require('fs').readFileSync(process.argv[1]));
for (const text of body.entry[0].changes[0].value.texts) console.log(Buffer.from(text).toString('base64'));
"""


def random_text(draw):
    """Code points from everywhere but the surrogates; no brace, so that nothing looks like a value of a template."""
    limits = [0x20, 0x80, 0x800, 0x10000, 0x110000]
    codes = [draw.randrange(draw.choice(limits)) for _ in range(draw.randrange(40))]
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF and chr(code) not in "{}")


class Serializer(unittest.TestCase):
    def request(self, *arguments):
        file = lab.scratch(self) / "request"
        subprocess.run([lab.PROGRAM, "payload", *arguments, "--app-secret-env", "APP_SECRET", "--out", str(file)],
                       check=True, timeout=60, env={**os.environ, **lab.SECRETS})
        head, _, body = file.read_bytes().partition(b"\r\n\r\n")
        return dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]), body

    def test_random_text_comes_back_from_python_and_node(self):
        seed = random.SystemRandom().randrange(1 << 32)
        draw = random.Random(seed)
        texts = [random_text(draw) for _ in range(500)]
        folder = lab.scratch(self)
        template = {"value": {"texts": texts}, "field": "texts"}
        (folder / "random.json").write_text(json.dumps(template, ensure_ascii=False), encoding="utf-8")
        for escaping in ("today", "2016"):
            with self.subTest(seed=seed, escaping=escaping):
                headers, body = self.request("random", "--payloads", str(folder), "--escaping", escaping)
                self.assertTrue(body.isascii())
                self.assertEqual(int(headers["Content-Length"]), len(body))
                self.assertEqual(json.loads(body)["entry"][0]["changes"][0]["value"]["texts"], texts)
                (folder / "body").write_bytes(body)
                said = subprocess.run([lab.tool("node"), "-e", NODE, str(folder / "body")], capture_output=True, check=True,
                                      timeout=60)
                self.assertEqual([base64.b64decode(line).decode() for line in said.stdout.split(b"\n")[:-1]], texts)

    def test_signatures_are_those_of_openssl(self):
        for type_ in ("text", "image", "order", "account_alerts"):
            headers, body = self.request(type_)
            for header, digest in (("X-Hub-Signature", "sha1"), ("X-Hub-Signature-256", "sha256")):
                said = subprocess.run(["openssl", "dgst", f"-{digest}", "-hmac", lab.APP_SECRET, "-hex"], input=body,
                                      capture_output=True, check=True, timeout=20)
                self.assertEqual(headers[header], f"{digest}={said.stdout.split()[-1].decode()}")

    def test_a_seed_gives_the_same_bytes_again_and_another_seed_others(self):
        once = self.request("text", "--seed", "7", "--batch", "50")
        self.assertEqual(self.request("text", "--seed", "7", "--batch", "50"), once)
        self.assertNotEqual(self.request("text", "--seed", "8", "--batch", "50"), once)

    def test_mistakes_are_told_and_end_with_2(self):
        for arguments, said in ((["imag"], 'did you mean "image"?'),
                                (["text", "--value", "phone"], "write name=value"),
                                (["text", "--value", "phone_number=1"], "unknown value"),
                                (["text", "--url", "ftp://x"], "--url: "),
                                (["text", "--app-secret-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE is not set"),
                                (["status_read", "--bytes", "5000"], "needs a type with a text"),
                                (["text", "--payloads", "/nowhere"], "cannot be read as a folder"),
                                (["text", "--out", "/nowhere/file"], "cannot be written")):
            done = subprocess.run([lab.PROGRAM, "payload", *arguments], capture_output=True, text=True, timeout=20)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
