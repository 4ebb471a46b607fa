"""Judges Seaproof's public files with Python's `cryptography` and hashlib alone, from docs/FORMAT.md and the C2SP pages.

    check.py note FILE VKEY         a checkpoint
    check.py proof FILE VKEY        a tlog-proof of one entry
    check.py consistency FILE VKEY  a consistency proof
    check.py tiles URL-OR-DIR VKEY  a published folder, over HTTP or from disk

Prints what it found and exits with 0, or says why not and exits with 1.
"""

import base64
import hashlib
import sys
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    pass


def sha(data):
    return hashlib.sha256(data).digest()


def leaf_hash(leaf):
    return sha(b"\x00" + leaf)


def node(left, right):
    return sha(b"\x01" + left + right)


def split(n):
    return 1 << ((n - 1).bit_length() - 1)


def root(hashes):
    """RFC 6962, section 2.1, word for word."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node(root(hashes[:k]), root(hashes[k:]))


def inclusion_root(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        raise Wrong("the index is not in the tree")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise Wrong("the path is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            if not fn & 1:
                while fn and not fn & 1:
                    fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("the path is too short")
    return r


def consistent(old, old_root, new, new_root, path):
    """RFC 9162, section 2.1.4.2."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == sha(b"")
    path = list(path)
    if old & (old - 1) == 0:
        path = [old_root] + path
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def verifier(vkey):
    name, key_id, data = vkey.split("+", 2)
    typed = base64.b64decode(data, validate=True)
    if typed[0] != 1 or len(typed) != 33:
        raise Wrong("not an Ed25519 key")
    if sha(name.encode() + b"\n" + typed)[:4].hex() != key_id:
        raise Wrong("the key id is not that of the name and key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(typed[1:])


def checkpoint(note, vkey):
    """The size and root of a checkpoint, once a line by the key verifies."""
    name, key_id, key = verifier(vkey)
    text, lines = note.rsplit(b"\n\n", 1)
    text += b"\n"
    signed = False
    for line in lines.decode().splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and signer == name and blob[:4] == key_id:
            key.verify(blob[4:], text)
            signed = True
    if not signed:
        raise Wrong("no line is by this key")
    origin, size, head = text.decode().splitlines()
    if origin != name:
        raise Wrong("another log")
    return int(size), base64.b64decode(head, validate=True)


def statement(leaf, ledger, index):
    """Checks a leaf by itself: its ledger and its author's signature, as OpenSSH would."""
    if len(leaf) != 283:
        raise Wrong("not a leaf")
    said, signature = leaf[:219], leaf[219:]
    named = said[3:35]
    if index == 0:
        named = sha(b"seaproof/v1/entry\0" + said)
    if named.hex() != ledger:
        raise Wrong("an entry of another ledger")
    string = lambda b: len(b).to_bytes(4, "big") + b
    message = (
        b"SSHSIG"
        + string(b"seaproof-statement-v1")
        + string(b"")
        + string(b"sha512")
        + string(hashlib.sha512(said).digest())
    )
    Ed25519PublicKey.from_public_bytes(said[35:67]).verify(signature, message)
    return said


def opening(kind, said, data):
    """Checks an opening against its commitment; returns its bytes and what follows."""
    salt, length = data[:32], int.from_bytes(data[32:36], "little")
    body, rest = data[36 : 36 + length], data[36 + length :]
    tag = b"seaproof/v1/" + kind + b"\0"
    at = {b"facts": 155, b"source": 187}[kind]
    if sha(tag + said[3:75] + salt + body) != said[at : at + 32]:
        raise Wrong("an opening is not the one committed to")
    return body, rest


def ledger_of(vkey):
    return vkey.split("+")[0].removeprefix("seaproof/")


def check_proof(data, vkey):
    head, note = data.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Wrong("not a tlog-proof")
    extra = base64.b64decode(lines[1].removeprefix("extra "), validate=True)
    index = int(lines[2].removeprefix("index "))
    path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    size, wanted = checkpoint(note, vkey)
    if extra[:2] != b"\x01\x00":
        raise Wrong("another version")
    leaf, rest = extra[2:285], extra[285:]
    if inclusion_root(leaf_hash(leaf), index, size, path) != wanted:
        raise Wrong("the path leads to another root")
    said = statement(leaf, ledger_of(vkey), index)
    shown, rest = rest[0], rest[1:]
    for bit, kind in [(1, b"facts"), (2, b"source")]:
        if shown & bit:
            body, rest = opening(kind, said, rest)
            print(kind.decode(), len(body))
    if rest[:1] == b"\x00" and len(rest) != 1:
        raise Wrong("bytes too many")
    print("index", index, "size", size)


def check_consistency(data, vkey):
    head, note = data.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    if lines[0] != "seaproof/consistency@v1":
        raise Wrong("not a consistency proof")
    _, old, old_root = lines[1].split(" ")
    path = [base64.b64decode(line, validate=True) for line in lines[2:]]
    size, wanted = checkpoint(note, vkey)
    old_root = base64.b64decode(old_root, validate=True)
    if not consistent(int(old), old_root, size, wanted, path):
        raise Wrong("the newer head does not extend the older")
    print("old", old, "size", size)


def tile_path(level, index):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s" % (level, "/".join(groups))


def check_tiles(place, vkey):
    def fetch(path):
        if place.startswith("http://"):
            with urllib.request.urlopen(place.rstrip("/") + "/" + path) as answer:
                return answer.read()
        with open(place.rstrip("/") + "/" + path, "rb") as file:
            return file.read()

    size, wanted = checkpoint(fetch("checkpoint"), vkey)

    def each(level, count):
        for index in range((count + 255) // 256):
            width = min(256, count - 256 * index)
            path = tile_path(level, index)
            yield width, fetch(path if width == 256 else "%s.p/%d" % (path, width))

    leaves = []
    for width, bundle in each("entries", size):
        for _ in range(width):
            length = int.from_bytes(bundle[:2], "big")
            leaves.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
        if bundle:
            raise Wrong("an entry bundle is too long")
    for index, leaf in enumerate(leaves):
        statement(leaf, ledger_of(vkey), index)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    if root(hashes) != wanted:
        raise Wrong("the entries have another root")
    level = 0
    while hashes:
        found = b""
        for width, tile in each(level, len(hashes)):
            if len(tile) != 32 * width:
                raise Wrong("a tile has another length")
            found += tile
        if found != b"".join(hashes):
            raise Wrong("a tile of level %d holds other hashes" % level)
        full = len(hashes) // 256
        hashes = [root(hashes[256 * i : 256 * (i + 1)]) for i in range(full)]
        level += 1
    print("size", size, "levels", level)


def main():
    what, place, vkey = sys.argv[1:]
    if what == "tiles":
        return check_tiles(place, vkey)
    with open(place, "rb") as file:
        data = file.read()
    if what == "note":
        size, _ = checkpoint(data, vkey)
        return print("size", size)
    return {"proof": check_proof, "consistency": check_consistency}[what](data, vkey)


if __name__ == "__main__":
    try:
        main()
    except (Wrong, InvalidSignature, ValueError, IndexError, OSError) as error:
        sys.exit("%s: %s" % (type(error).__name__, error))
