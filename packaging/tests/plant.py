"""Prints two lines of a made-up key pair, another one for each word: plant.py WORD"""

import hashlib
import string
import sys

LETTERS = string.ascii_letters + string.digits


def value(word: str, length: int = 64) -> str:
    out = ""
    number = 0
    while len(out) < length:
        digest = hashlib.sha256(f"{word} {number}".encode()).digest()
        out += "".join(LETTERS[byte % 62] for byte in digest if byte < 248)
        number += 1
    return out[:length]


print(f"BINANCE_API_KEY={value(sys.argv[1] + ' key')}")
print(f"BINANCE_SECRET_KEY={value(sys.argv[1] + ' secret')}")
