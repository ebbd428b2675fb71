"""A slow line for machines whose kernel has no netem: Ethernet frames wait in user space.

delay_line.py DELAY_MS JITTER_MS NEAR:FAR…

For each pair it makes two taps in its network namespace, prints "ready", and passes every frame
from one to the other after DELAY ± JITTER (uniform, each frame for itself, so that frames
overtake each other). Ends when its input does.
"""

import fcntl
import heapq
import os
import random
import selectors
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME_BYTES = 65_536
WAITING_FRAMES = 100_000


def open_tap(name):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


def write_due(waiting):
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        _, _, to, frame = heapq.heappop(waiting)
        try:
            os.write(to, frame)
        except OSError:
            pass  # The other end is down or full: a frame is lost, as on any line.


def main():
    delay, jitter = float(sys.argv[1]) / 1e3, float(sys.argv[2]) / 1e3
    selector = selectors.DefaultSelector()
    for pair in sys.argv[3:]:
        near, far = map(open_tap, pair.split(":"))
        selector.register(near, selectors.EVENT_READ, far)
        selector.register(far, selectors.EVENT_READ, near)
    selector.register(sys.stdin, selectors.EVENT_READ)
    print("ready", flush=True)
    waiting = []
    number = 0
    while True:
        timeout = max(waiting[0][0] - time.monotonic(), 0) if waiting else None
        for key, _ in selector.select(timeout):
            if key.fileobj is sys.stdin:
                return
            try:
                frame = os.read(key.fd, FRAME_BYTES)
            except OSError:
                continue  # Down, or on its way to another namespace.
            number += 1
            due = time.monotonic() + delay + random.uniform(-jitter, jitter)
            if len(waiting) < WAITING_FRAMES:
                heapq.heappush(waiting, (due, number, key.data, frame))
        write_due(waiting)


main()
