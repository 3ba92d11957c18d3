#!/usr/bin/env python3
"""How much keyfence reports in published packages, where next to nothing is a leak.

usage: benches/packages.py fetch DIR SET...            gets the packages of these sets (SETS below) and unpacks them
       benches/packages.py count KEYFENCE DIR SET...   a table row a package, on standard output
       benches/packages.py draw KEYFENCE DIR SEED N SET...
                                                       N findings at random, with the lines around them, values masked

`fetch` needs pip and npm; a package of the index without a source archive that pip can prepare is taken as its
wheel. Each package is scanned alone, with `--min-confidence possible` and without any configuration, so that a value
that two packages hold counts for both. The set `stdlib` is the library of the Python that runs this, without
site-packages, as it is installed. Megabytes are 10^6 bytes of unpacked files. No value is ever printed.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

SETS = {
    # Clients of exchanges and brokers, chains' libraries, wallets, bots: by use, from their downloads and stars.
    "python": """ccxt python-binance web3 eth-account eth-keys solana solders bitcoinlib coincurve pycoingecko
        freqtrade eth-abi jesse pybit python-kucoin krakenex bitmex alpaca-trade-api ib-insync ta bip-utils
        mnemonic base58 ecdsa eth-utils""",
    "npm": """ethers web3 @solana/web3.js viem wagmi bitcoinjs-lib bip39 hardhat truffle ganache ccxt node-binance-api
        binance bybit-api okx-api kucoin-api @polkadot/api tronweb xrpl @stellar/stellar-sdk @noble/curves
        @scure/bip39 near-api-js @cosmjs/stargate starknet""",
    "stdlib": "",
    # Looked at only after what the others showed was mended.
    "fresh-python": """python-okx gate-api bitfinex-api-py coinbase-advanced-py hyperliquid-python-sdk stellar-sdk
        xrpl-py tronpy pycardano eth-brownie""",
    "fresh-npm": """@mysten/sui aptos algosdk @ledgerhq/hw-app-eth @metamask/eth-sig-util @uniswap/v3-sdk
        @coinbase/cdp-sdk ripple-keypairs bitcore-lib @binance/connector""",
}
LEVELS = ("certain", "likely", "possible")


def main(words):
    command, *words = words
    if command == "fetch":
        fetch(words[0], words[1:])
    elif command == "count":
        count(words[0], words[1], words[2:])
    elif command == "draw":
        draw(words[0], words[1], words[2], int(words[3]), words[4:])
    else:
        sys.exit(__doc__)


def fetch(root, sets):
    for name in sets:
        for package in SETS[name].split():
            folder = os.path.join(root, name, package.replace("/", "+"))
            if os.path.exists(folder):
                continue
            with tempfile.TemporaryDirectory() as downloads:
                archive = (npm if name.endswith("npm") else pypi)(package, downloads)
                if archive is None:
                    print(f"{package}: not to be had", file=sys.stderr)
                    continue
                unpack(archive, folder)
            print(package, os.path.basename(archive), file=sys.stderr)


def pypi(package, downloads):
    for kind in (["--no-binary", ":all:"], []):
        order = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *kind, "-d", downloads, package]
        # What a package wants to build just to tell its own name may take hours.
        run = subprocess.Popen(
            order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            run.wait(timeout=75)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        got = os.listdir(downloads)
        if got:
            return os.path.join(downloads, got[0])
    return None


def npm(package, downloads):
    subprocess.run(["npm", "pack", "--silent", package], cwd=downloads, capture_output=True, timeout=600)
    got = os.listdir(downloads)
    return os.path.join(downloads, got[0]) if got else None


def unpack(archive, folder):
    part = folder + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    if archive.endswith((".whl", ".zip")):
        with zipfile.ZipFile(archive) as file:
            file.extractall(part)
    else:
        with tarfile.open(archive) as file:
            file.extractall(part, filter="data")
    with open(os.path.join(part, ".archive"), "w", encoding="utf-8") as note:
        note.write(os.path.basename(archive))
    os.rename(part, folder)


def packages(root, sets):
    """Of each package its set, its name, the archive it came in and its folder."""
    for name in sets:
        if name == "stdlib":
            yield name, "Lib", "CPython " + sys.version.split()[0], library(root)
        for package in SETS[name].split():
            folder = os.path.join(root, name, package.replace("/", "+"))
            if os.path.exists(folder):
                with open(os.path.join(folder, ".archive"), encoding="utf-8") as note:
                    yield name, package, note.read(), folder


def library(root):
    """A copy, since what is installed beside it is not the library."""
    folder = os.path.join(root, "stdlib", "Lib")
    if not os.path.exists(folder):
        leave = shutil.ignore_patterns("site-packages", "__pycache__")
        shutil.copytree(sysconfig.get_path("stdlib"), folder, symlinks=True, ignore=leave)
    return folder


def scan(keyfence, folder):
    order = [keyfence, "scan", "--isolated", "--no-ignore", "--no-hygiene", "--min-confidence", "possible"]
    order += ["--format", "json", "."]
    run = subprocess.run(order, cwd=folder, capture_output=True)
    return json.loads(run.stdout)


def megabytes(folder):
    sizes = (
        os.lstat(os.path.join(at, file)).st_size for at, _, files in os.walk(folder) for file in files
    )
    return sum(sizes) / 1e6


def count(keyfence, root, sets):
    print("set", "package", "archive", "MB", *LEVELS, *(f"{level} per MB" for level in LEVELS), sep="\t")
    sums = {}
    for name, package, archive, folder in packages(root, sets):
        size = megabytes(folder)
        found = [finding["confidence"] for finding in scan(keyfence, folder)["findings"]]
        counts = [found.count(level) for level in LEVELS]
        print(name, package, archive, *row(size, counts), sep="\t", flush=True)
        for key in (name, "all"):
            old_size, old = sums.get(key, (0, [0, 0, 0]))
            sums[key] = old_size + size, [a + b for a, b in zip(old, counts)]
    for key, (size, counts) in sums.items():
        print("sum", key, "", *row(size, counts), sep="\t")


def row(size, counts):
    return [f"{size:.2f}", *counts, *(f"{number / max(size, 1e-6):.3f}" for number in counts)]


def draw(keyfence, root, seed, number, sets):
    every = []
    for _, package, _, folder in packages(root, sets):
        for finding in scan(keyfence, folder)["findings"]:
            every.append((package, folder, finding))
    random.Random(seed).shuffle(every)
    for at, (package, folder, finding) in enumerate(every[:number], 1):
        place = finding["places"][0]
        print(f"== {at} {package} {finding['rule']} {finding['confidence']} {place['path']}:{place.get('line', 0)}")
        print("   " + "; ".join(finding.get("why", [])))
        excerpt(os.path.join(folder, place["path"]), place.get("spans", []))


def excerpt(path, spans):
    """The lines around a place, with the values masked; of long lines what stands nearest."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        print("   (in an archive)")
        return
    if not spans:
        return
    first, last = spans[0]["start"], min(spans[-1]["end"], spans[0]["end"] + 2000)
    before = text[max(0, first - 400) : first].split(b"\n")[-4:]
    after = text[last : last + 300].split(b"\n")[:4]
    whole = b"\n".join(before) + text[first:last] + b"\n".join(after)
    for value in {text[span["start"] : span["end"]] for span in spans}:
        whole = whole.replace(value, f"[[{kind(value.decode('utf-8', 'replace'))}]]".encode())
    for line in whole.decode("utf-8", "replace").split("\n"):
        at = max(line.find("[["), 0)
        print("   |" + line[max(0, at - 120) : at + 160])


def kind(value):
    sorts = [("0-9", str.isdigit), ("a-z", str.islower), ("A-Z", str.isupper)]
    told = "".join(name for name, test in sorts if any(test(c) for c in value))
    told += "".join(sorted({c for c in value if not c.isalnum()}))
    return f"{len(value)} of {told}"


if __name__ == "__main__":
    main(sys.argv[1:] or ["help"])
