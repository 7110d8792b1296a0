"""A name server on 127.0.0.1:53 for a test's namespace. Its arguments are answers: an IPv4 address, nxdomain, servfail, nodata,
drop (none at all), or slow:SECONDS:ANSWER. The first one is given to the first question of each kind (A, AAAA), the next one to
the next, the last one for ever. "AAAA=drop" is for that kind alone; an address answers A only."""

import collections
import socket
import sys
import threading
import time

CODES = {"servfail": 2, "nxdomain": 3}
KINDS = {b"\0\1": "A", b"\0\x1c": "AAAA"}
A = b"\0\1"

asked = collections.Counter()
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)


def answers_for(kind):
    own = [word.split("=", 1)[1] for word in sys.argv[1:] if word.startswith(f"{KINDS.get(kind)}=")]
    return own or [word for word in sys.argv[1:] if "=" not in word]


def reply(message, asker, question, kind, answer):
    if answer.startswith("slow:"):
        _, seconds, answer = answer.split(":", 2)
        time.sleep(float(seconds))
    if answer == "drop":
        return
    records = b""
    if answer not in CODES and answer != "nodata" and kind == A:
        records = b"\xc0\x0c" + question[-4:] + b"\0\0\0\0" + b"\0\4" + socket.inet_aton(answer)
    # The same message with the flags of an answer: response, recursion desired and available, and the code.
    flags = (0x8180 | CODES.get(answer, 0)).to_bytes(2, "big")
    counts = b"\0\1" + (b"\0\1" if records else b"\0\0") + b"\0\0\0\0"
    server.sendto(message[:2] + flags + counts + question + records, asker)


while True:
    message, asker = server.recvfrom(4096)
    end = message.index(b"\0", 12) + 5  # behind the name: type and class
    question = message[12:end]
    kind = question[-4:-2]
    answers = answers_for(kind)
    answer = answers[min(asked[kind], len(answers) - 1)]
    asked[kind] += 1
    threading.Thread(target=reply, args=(message, asker, question, kind, answer), daemon=True).start()
