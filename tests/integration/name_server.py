"""A name server on 127.0.0.1:53 for a test's namespace. Its arguments are answers: an IPv4 address, nxdomain, servfail. The
first one is given to the first question of each kind (A, AAAA), the next one to the next, the last one for ever."""

import collections
import socket
import sys

CODES = {"servfail": 2, "nxdomain": 3}
A = b"\0\1"

answers = sys.argv[1:]
asked = collections.Counter()
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    message, asker = server.recvfrom(4096)
    end = message.index(b"\0", 12) + 5  # behind the name: type and class
    question = message[12:end]
    kind = question[-4:-2]
    answer = answers[min(asked[kind], len(answers) - 1)]
    asked[kind] += 1
    records = b""
    if answer not in CODES and kind == A:
        records = b"\xc0\x0c" + question[-4:] + b"\0\0\0\0" + b"\0\4" + socket.inet_aton(answer)
    # The same message with the flags of an answer: response, recursion desired and available, and the code.
    flags = (0x8180 | CODES.get(answer, 0)).to_bytes(2, "big")
    counts = b"\0\1" + (b"\0\1" if records else b"\0\0") + b"\0\0\0\0"
    server.sendto(message[:2] + flags + counts + question + records, asker)
