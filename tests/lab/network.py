#!/usr/bin/env python3
"""A network of namespaces with real packet filters, as Meta, a provider, a VPS and a proxy are connected:

    sender ── provider ── vps        sender 10.1.0.10 to .59, vps 10.2.0.1; the provider routes, and filters with nftables
       └────── proxy ──────┘         proxy 10.3.0.2, which reaches the vps at 10.4.0.1 without passing the provider

The namespaces are held by processes that die with this one, however it ends; with them go links, addresses and filters.
Needs nftables, and root or a kernel that gives user namespaces to everybody; tests are skipped with the reason otherwise.

    network.py [--rule 'numgen random mod 100 < 18 drop'] COMMAND...     runs COMMAND at the sender
"""

import argparse
import contextlib
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import lab

SENDERS = 50
SENDER = "10.1.0.10-10.1.0.59"  # as a scenario writes them
SENDER_TO_PROXY = "10.3.0.10-10.3.0.59"
VPS = "10.2.0.1"
PROXY = "10.3.0.2"
VPS_FROM_PROXY = "10.4.0.1"
# The verification comes from the first address, and is spared: a run must begin before its losses can be measured.
SPARED = "10.1.0.10"


class Network:
    def __init__(self, test):
        if shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin:/bin") is None:
            test.skipTest("nft is not installed: apt-get install nftables")
        self._test = test
        self.sender = lab.Namespace(test).prefix
        self._users = [word for word in self.sender if word != "--net"]
        self.provider, self.vps, self.proxy = (self._another() for _ in range(3))
        self._link(self.sender, "10.1.0.1", self.provider, "10.1.0.254", "provider")
        self._link(self.vps, VPS, self.provider, "10.2.0.254", "vps")
        self._link(self.sender, "10.3.0.1", self.proxy, PROXY, "proxy")
        self._link(self.vps, VPS_FROM_PROXY, self.proxy, "10.4.0.2", "clean")
        self._ip(self.sender, *(f"addr add 10.{net}.0.{host}/24 dev {link}" for net, link in ((1, "provider"), (3, "proxy"))
                                for host in range(10, 10 + SENDERS)), "route add default via 10.1.0.254")
        self._ip(self.vps, "route add default via 10.2.0.254")
        # Without the second, the kernel would send but a few ICMP messages a second, and the rest would be silence.
        self._run(self.provider, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0")
        try:  # kernels differ in what they load for a namespace of users
            for rule in ("numgen random mod 100 < 1 drop", "jhash ip saddr mod 100 seed 0x5eed < 1 drop",
                         "update @seen { ip saddr limit rate over 1/second } drop", "reject", None):
                self.filter(rule)
        except AssertionError as refusal:
            test.skipTest(f"the kernel refuses a packet filter here: {refusal}")

    def filter(self, rule):
        """What the provider does with SYNs to the VPS: an nftables rule's end, such as "numgen random mod 100 < 18 drop".
        None removes it."""
        ruleset = "flush ruleset\n"
        if rule:
            ruleset += f"""
table ip provider {{
  set seen {{ type ipv4_addr; flags dynamic; timeout 1m; }}
  chain forward {{
    type filter hook forward priority 0;
    ip daddr {VPS} ip saddr != {SPARED} tcp flags & (syn | ack) == syn {rule}
  }}
}}
"""
        self._run(self.provider, lab.tool("nft"), "-f", "-", text=ruleset)

    def drop_packets(self, percent):
        self.filter(f"numgen random mod 100 < {percent} drop")

    def drop_flows(self, percent):
        self.filter(f"jhash ip saddr . tcp sport mod 100 seed 0x5eed < {percent} drop")

    def drop_senders(self, percent):
        self.filter(f"jhash ip saddr mod 100 seed 0x5eed < {percent} drop")

    def limit_each_sender(self, per_second, burst=5):
        self.filter(f"update @seen {{ ip saddr limit rate over {per_second}/second burst {burst} packets }} drop")

    def reject(self, percent):
        self.filter(f"numgen random mod 100 < {percent} reject with icmp type admin-prohibited")

    def _another(self):
        """A network namespace within the sender's namespace of users."""
        holder = lab.Process(self._test, [*self.sender, "unshare", "--net", "sleep", "600"])
        comm = pathlib.Path(f"/proc/{holder.popen.pid}/comm")
        holder.wait_until(lambda: comm.read_text() == "sleep\n", "a network namespace")
        self._ip(prefix := [*self._users, "nsenter", "--net", f"--target={holder.popen.pid}"], "link set lo up")
        return prefix

    def _link(self, one, one_address, other, other_address, name):
        """A cable between two namespaces, with the same name at both ends."""
        pid = other[-1].removeprefix("--target=")
        self._ip(one, f"link add {name} type veth peer name {name} netns {pid}")
        for prefix, address in ((one, one_address), (other, other_address)):
            self._ip(prefix, f"addr add {address}/24 dev {name}", f"link set {name} up")

    def _ip(self, prefix, *commands):
        self._run(prefix, "ip", "-batch", "-", text="\n".join(commands))

    def _run(self, prefix, *argv, text=None):
        done = subprocess.run([*prefix, *argv], input=text, capture_output=True, text=True, timeout=20)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(argv)}:\n{done.stderr}")


class AllTestsOf:
    """Stands for a TestCase class where a test is wanted: one network for all of its tests."""

    def __init__(self, case):
        self.addCleanup = case.addClassCleanup

    def skipTest(self, reason):
        raise unittest.SkipTest(reason)


class _Command(contextlib.ExitStack):
    """What Network needs of a test."""

    def addCleanup(self, function, *arguments, **options):
        self.callback(function, *arguments, **options)

    def skipTest(self, reason):
        raise SystemExit(reason)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rule", help="what the provider does with SYNs to the VPS, in nftables' words")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with _Command() as cleanup:
        network = Network(cleanup)
        network.filter(options.rule)
        return subprocess.run([*network.sender, *options.command], preexec_fn=lab.die_with_parent).returncode


if __name__ == "__main__":
    sys.exit(main())
