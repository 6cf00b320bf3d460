"""A scanner that speaks as ClamAV's daemon does, and knows one signature: that of the test file of the trade."""

import socketserver
import struct
import threading
from contextlib import contextmanager

from mandat.platform.tests.papers import EICAR


class Line(socketserver.BaseRequestHandler):
    """One conversation."""

    def handle(self):
        assert self._take(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self._take(4))[0]:
            content += self._take(length)
        self.server.scanned.append(content)
        said = self.server.says or (b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK")
        self.request.sendall(said + b"\0")

    def _take(self, length):
        taken = b""
        while len(taken) < length and (more := self.request.recv(length - len(taken))):
            taken += more
        return taken


class Daemon(socketserver.ThreadingTCPServer):
    """The daemon: what it was given to scan, and what it says to everything if it is told to."""

    daemon_threads = True
    scanned: list
    says = b""


@contextmanager
def running(family=Daemon, address=("127.0.0.1", 0)):
    with family(address, Line) as daemon:
        daemon.scanned = []
        threading.Thread(target=daemon.serve_forever, args=(0.05,), daemon=True).start()
        yield daemon
        daemon.shutdown()
