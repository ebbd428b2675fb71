#!/usr/bin/env python3
"""Makes the pictures of PngReaderTests with Python's zlib and struct alone: no PNG library.

    python3 make_pngs.py        prints each name and its file in base64
"""

import base64
import struct
import zlib

PIXELS = [[0, 128, 255], [10, 20, 30]]
PLAIN = [bytes([0] + row) for row in PIXELS]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color, rows, extra=b"", interlace=0, pieces=1):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    data = zlib.compress(b"".join(rows))
    size = -(-len(data) // pieces)
    parts = [data[i:i + size] for i in range(0, len(data), size)]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
            + b"".join(chunk(b"IDAT", part) for part in parts) + chunk(b"IEND", b""))


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else (b if pb <= pc else c)


def filtered():
    """Five rows, each with another filter; the last two meet both ties of the Paeth filter."""
    raw = [[5, 96, 187], [42, 133, 224], [79, 170, 5], [100, 80, 60], [110, 120, 79]]
    rows = []
    for r in range(5):
        line = [r]
        for c in range(3):
            a = raw[r][c - 1] if c else 0
            b = raw[r - 1][c] if r else 0
            d = raw[r - 1][c - 1] if r and c else 0
            line.append((raw[r][c] - [0, a, b, (a + b) // 2, paeth(a, b, d)][r]) % 256)
        rows.append(bytes(line))
    return rows


PALETTE = chunk(b"PLTE", bytes([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255]))

FILES = {
    "gray 1": png(3, 2, 1, 0, [bytes([0, 0b01100000]), bytes([0, 0b10100000])]),
    "gray 2": png(3, 2, 2, 0, [bytes([0, 0b00011000]), bytes([0, 0b11100100])]),
    "gray 4": png(3, 2, 4, 0, [bytes([0, 0x0F, 0x80]), bytes([0, 0x12, 0x30])]),
    "gray 8": png(3, 2, 8, 0, PLAIN),
    "gray 16": png(3, 2, 16, 0, [b"\0" + struct.pack(">HHH", 0, 0x8080, 0xFFFF),
                                 b"\0" + struct.pack(">HHH", 257, 514, 127)]),
    "gray alpha": png(3, 2, 8, 4, [bytes([0, 255, 255, 255, 128, 255, 0]),
                                   bytes([0, 100, 255, 100, 51, 0, 255])]),
    "gray key": png(3, 2, 8, 0, PLAIN, chunk(b"tRNS", struct.pack(">H", 128))),
    "rgb": png(3, 2, 8, 2, [bytes([0, 255, 0, 0, 0, 255, 0, 0, 0, 255]),
                            bytes([0, 255, 255, 255, 10, 20, 30, 0, 0, 0])]),
    "rgba": png(3, 2, 8, 6, [bytes([0, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 0]),
                             bytes([0, 255, 255, 255, 128, 10, 20, 30, 255, 0, 0, 0, 255])]),
    "palette": png(3, 2, 2, 3, [bytes([0, 0b00011000]), bytes([0, 0b11100100])],
                   PALETTE + chunk(b"tRNS", bytes([255, 128]))),
    "pieces": png(3, 2, 8, 0, PLAIN, chunk(b"tEXt", b"Title\0x"), pieces=3),
    "filters": png(3, 5, 8, 0, filtered()),
    "interlaced": png(3, 2, 8, 0, PLAIN, interlace=1),
    "bad filter": png(3, 2, 8, 0, [bytes([0, 1, 2, 3]), bytes([5, 1, 2, 3])]),
    "too few pixels": png(3, 3, 8, 0, PLAIN),
    "too many pixels": png(3, 1, 8, 0, PLAIN),
    "no palette": png(3, 2, 2, 3, [bytes([0, 0]), bytes([0, 0])]),
    "off the palette": png(3, 2, 4, 3, [bytes([0, 0, 0]), bytes([0, 0x05, 0])], PALETTE),
    "odd depth": png(3, 2, 3, 0, PLAIN),
    "huge": png(70000, 2, 8, 0, PLAIN),
    "unknown part": png(3, 2, 8, 0, PLAIN, chunk(b"ABCD", b"x")),
}

if __name__ == "__main__":
    for name, data in FILES.items():
        print(f'["{name}"] = "{base64.b64encode(data).decode()}",')
