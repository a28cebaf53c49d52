#!/usr/bin/env python3
"""Checks a public log from outside: knows the C2SP specifications signed-note, tlog-checkpoint, tlog-tiles and tlog-proof,
RFC 6962 and RFC 9162, and nothing of the program that serves the log. Needs Python and openssl.

    verify_log.py PREFIX VKEY [--older CHECKPOINT-FILE]

PREFIX is the address of the log (http://host/log), VKEY its verifier key. Every tile and every entry is fetched, every hash
computed again. With --older, the log must still contain the one of that checkpoint. Says VALID, or INVALID and why.
"""
import argparse
import base64
import hashlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request


class Invalid(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Invalid(why)


# The server is asked as it is, whatever proxies this machine has.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url, kind=None):
    try:
        with OPENER.open(url, timeout=30) as answer:
            said = answer.headers.get("Content-Type")
            need(kind is None or said == kind, f"{url} is of type {said}")
            return answer.read()
    except urllib.error.HTTPError as e:
        raise Invalid(f"{url} answers {e.code}") from e


def b64(text, what):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as e:
        raise Invalid(f"{what} is no base64") from e
    need(base64.b64encode(raw).decode() == text, f"{what} is not the one way to write it in base64")
    return raw


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def tree_hash(leaves):
    """RFC 6962, 2.1, over hashes of leaves: complete subtrees from the left, then folded from the right."""
    if not leaves:
        return sha256()
    stack = []
    for n, hash_ in enumerate(leaves):
        while n & 1:
            hash_ = node_hash(stack.pop(), hash_)
            n >>= 1
        stack.append(hash_)
    root = stack.pop()
    while stack:
        root = node_hash(stack.pop(), root)
    return root


class Key:
    """A verifier key as signed-note defines it: name+id+key."""

    def __init__(self, text):
        parts = text.strip().split("+", 2)
        need(len(parts) == 3, "the verifier key has not three parts")
        self.name, self.id = parts[0], bytes.fromhex(parts[1])
        raw = b64(parts[2], "the verifier key")
        need(len(raw) == 33 and raw[0] == 1, "the verifier key is not for Ed25519")
        self.key = raw[1:]
        need(sha256(self.name.encode(), b"\n", raw)[:4] == self.id, "the verifier key's id is not its own")

    def signed(self, message, signature):
        """openssl reads a public key in DER: the fixed head of an Ed25519 key, then the key."""
        with tempfile.TemporaryDirectory() as folder:

            def put(name, content):
                path = f"{folder}/{name}"
                with open(path, "wb") as file:
                    file.write(content)
                return path

            der = bytes.fromhex("302a300506032b6570032100") + self.key
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", put("key", der)]
            command += ["-rawin", "-in", put("message", message), "-sigfile", put("signature", signature)]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0


def open_checkpoint(note, key):
    """The size and root of a checkpoint this key signed."""
    try:
        text = note.decode()
    except UnicodeDecodeError as e:
        raise Invalid("the checkpoint is not UTF-8") from e
    body, blank, signatures = text.partition("\n\n")
    need(blank and signatures.endswith("\n"), "the checkpoint has no signature")
    body += "\n"
    good = False
    for line in signatures[:-1].split("\n"):
        need(line.startswith("\u2014 ") and line.count(" ") == 2, "the checkpoint has a line that is no signature")
        _, name, blob = line.split(" ")
        raw = b64(blob, "a signature")
        if name == key.name and raw[:4] == key.id:
            need(key.signed(body.encode(), raw[4:]), "the signature of the checkpoint does not hold")
            good = True
    need(good, "the checkpoint is not signed by this key")
    lines = body.split("\n")
    need(len(lines) >= 4, "the checkpoint has fewer than three lines")
    need(lines[0] == key.name, "the checkpoint is of another log")
    need(lines[1].isascii() and lines[1].isdigit() and str(int(lines[1])) == lines[1], "the size is no number")
    root = b64(lines[2], "the checkpoint's root")
    need(len(root) == 32, "the checkpoint's root is no hash")
    return int(lines[1]), root


def tile_path(number, width):
    digits = str(number)
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join(["x" + g for g in groups[:-1]] + groups[-1:])
    return path if width == 256 else f"{path}.p/{width}"


def tiles(count):
    """Number and width of the tiles that hold so many hashes."""
    return [(n, min(256, count - n * 256)) for n in range((count + 255) // 256)]


def read_level(prefix, level, count):
    hashes = []
    for number, width in tiles(count):
        path = f"{prefix}/tile/{level}/{tile_path(number, width)}"
        raw = fetch(path, "application/octet-stream")
        need(len(raw) == 32 * width, f"{path} holds {len(raw)} bytes")
        hashes += [raw[i : i + 32] for i in range(0, len(raw), 32)]
    return hashes


def read_entries(prefix, size):
    entries = []
    for number, width in tiles(size):
        path = f"{prefix}/tile/entries/{tile_path(number, width)}"
        raw, at, n = fetch(path, "application/octet-stream"), 0, 0
        while at < len(raw):
            need(at + 2 <= len(raw), f"{path} ends within a length")
            length = int.from_bytes(raw[at : at + 2], "big")
            need(at + 2 + length <= len(raw), f"{path} ends within an entry")
            entries.append(raw[at + 2 : at + 2 + length])
            at, n = at + 2 + length, n + 1
        need(n == width, f"{path} holds {n} entries, not {width}")
    return entries


def included(index, size, leaf, proof, root):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def check_proof(prefix, key, index, entry):
    text = fetch(f"{prefix}/proof/{index}")
    head, blank, note = text.partition(b"\n\n")
    lines = head.decode().split("\n")
    need(blank and lines[0] == "c2sp.org/tlog-proof@v1", "a proof is not in its format")
    at = 2 if lines[1].startswith("extra ") else 1
    need(lines[at] == f"index {index}", "a proof is of another entry")
    hashes = [b64(line, "a hash of a proof") for line in lines[at + 1 :]]
    size, root = open_checkpoint(note, key)
    need(included(index, size, leaf_hash(entry), hashes, root), f"the proof of entry {index} does not hold")
    need(not included(index, size, leaf_hash(entry + b"."), hashes, root), "a proof proves anything")


def check(prefix, vkey, older):
    key = Key(vkey)
    size, root = open_checkpoint(fetch(f"{prefix}/checkpoint", "text/plain; charset=utf-8"), key)
    need(size > 0, "the log is empty")
    leaves = read_level(prefix, 0, size)
    need(tree_hash(leaves) == root, "the tiles do not hash to the root of the checkpoint")
    hashes, level = leaves, 0
    while len(hashes) >= 256:
        level += 1
        above = read_level(prefix, level, len(hashes) // 256)
        for n, hash_ in enumerate(above):
            need(tree_hash(hashes[n * 256 : n * 256 + 256]) == hash_, f"hash {n} of level {level} is not of its tile")
        hashes = above
    entries = read_entries(prefix, size)
    need(len(entries) == size, "the entries are not as many as the checkpoint says")
    for i, (entry, leaf) in enumerate(zip(entries, leaves)):
        need(leaf_hash(entry) == leaf, f"entry {i} does not have the hash of its leaf")
    for index in sorted({0, size // 3, size - 1}):
        check_proof(prefix, key, index, entries[index])
    if older:
        with open(older, "rb") as file:
            old_size, old_root = open_checkpoint(file.read(), key)
        need(old_size <= size, f"the log was of {old_size} entries and is of {size}")
        need(tree_hash(leaves[:old_size]) == old_root, "the log no longer contains the log of the older checkpoint")
    return size


def main():
    parser = argparse.ArgumentParser(description="Checks a public log from outside.")
    parser.add_argument("prefix")
    parser.add_argument("vkey")
    parser.add_argument("--older")
    args = parser.parse_args()
    try:
        size = check(args.prefix.rstrip("/"), args.vkey, args.older)
    except (Invalid, OSError, ValueError, IndexError) as e:
        print(f"INVALID: {e}")
        return 1
    print(f"VALID: {size} entries, every tile, hash, signature and proof")
    return 0


if __name__ == "__main__":
    sys.exit(main())
