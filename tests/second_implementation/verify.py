#!/usr/bin/env python3
"""A second implementation of the verifier for Seaproof ledgers, format version 1.

    python3 verify.py LEDGER_FOLDER       verify a ledger, print a JSON object
    python3 verify.py --page FORMAT.md    rebuild and verify the page's worked example

It needs nothing but Python 3.11 and follows docs/FORMAT.md, whose sections are named as "§n".
It is meant to be read: it prefers clarity to speed and does its own Ed25519, CRC-32C, Merkle tree
and signed note.  It keeps one root of 32 bytes for every entry, which a verifier for large
ledgers must not do (§16), and it reports the tail of a log whether or not a writer is at work.

Exit status: 0 if all four answers are "pass", 1 if any is "fail", 2 if something was not checked.

Where the page leaves a choice, this program takes these:

* Reading ends at the first damage after which positions are uncertain: a record that is not
  well-formed, a missing segment.  What was not reached is "not checked".
* Without a checkpoint that verifies, "complete" is "not checked".
* A signature is one question and authority another: a governance entry has its effect even if
  its signature is wrong, but not if it was not authorised.
* Facts that do not match their commitment, or are malformed, count as unknown.
* The signer of an unknown governance entry must still be a key in force.
"""

import base64
import errno
import hashlib
import json
import os
import re
import stat
import struct
import sys
import tempfile

VERDICTS = ("intact", "complete", "attributable", "authorised")

# §16: the verdict that each problem denies; None means that the ledger could not be checked.
PROBLEMS = {
    None: "not-a-ledger newer-version unreadable",
    "intact": "segment-missing segment-header record-damaged commit-broken torn-tail "
              "statement-malformed openings-malformed facts-malformed source-malformed "
              "wrong-ledger author-gap author-fork signature-variant wrong-prev "
              "observed-ahead observed-back observed-inexact observed-root "
              "facts-commitment source-commitment "
              "exhibit-digest exhibit-length exhibit-not-a-file "
              "checkpoint-malformed checkpoint-signature fork",
    "complete": "behind-checkpoint opening-absent exhibit-missing",
    "attributable": "key-unacceptable signature-invalid",
    "authorised": "unknown-key revoked-key role-forbids admitted-twice revoked-unknown "
                  "too-many-keys after-close",
}
VERDICT_OF = {code: verdict for verdict, codes in PROBLEMS.items() for code in codes.split()}

# §18
MAX_FACTS, MAX_SOURCE = 1 << 20, 1 << 16
STATEMENT, LEAF = 219, 283
MIN_BODY, MAX_BODY = LEAF + 1, LEAF + 1 + 36 + MAX_FACTS + 36 + MAX_SOURCE
MAX_KEYS, MAX_CHECKPOINT = 65536, 8192
HEADER, RECORD_HEADER = 62, 13

ZERO = bytes(32)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


EMPTY_ROOT = sha256()


# --- CRC-32C, RFC 3720 §12.1 ----------------------------------------------------------------

def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


# --- Ed25519, RFC 8032, judged as strictly as §4 asks ----------------------------------------
# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_mul(scalar, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_negate(p):
    return (-p[0] % P, p[1], p[2], -p[3] % P)


def is_identity(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def point_encode(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def point_decode(data):
    """The point that has exactly this encoding, or None."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * SQRT_MINUS_1 % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
_accepted = {}  # public key -> its point, or None


def acceptable_key(key):
    """The key's point if §4 accepts the key, otherwise None."""
    if key not in _accepted:
        point = point_decode(key)
        if point is not None and (is_identity(point_mul(8, point))
                                  or not is_identity(point_mul(L, point))):
            point = None
        if len(_accepted) > MAX_KEYS:
            _accepted.clear()
        _accepted[key] = point
    return _accepted[key]


def signature_valid(key, message, signature):
    point = acceptable_key(key)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if point is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    expected = point_add(point_mul(s, BASE), point_negate(point_mul(k, point)))
    # R must be these very bytes; it is then of small order exactly if the expected point is.
    return r == point_encode(expected) and not is_identity(point_mul(8, expected))


def sshsig_message(statement):
    """§4: what an author signs."""
    def string(data):
        return struct.pack(">I", len(data)) + data
    return (b"SSHSIG" + string(b"seaproof-statement-v1") + string(b"") + string(b"sha512")
            + string(hashlib.sha512(statement).digest()))


# --- The tree, §9 ------------------------------------------------------------------------------

class Tree:
    """The roots of the perfect subtrees of a growing tree, largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def append(self, leaf_hash):
        node, size = leaf_hash, self.size
        while size & 1:  # two subtrees of one size become one of twice the size
            node = sha256(b"\x01", self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            node = sha256(b"\x01", left, node)
        return node


# --- Decoding, §1, §3, §5 to §8 -----------------------------------------------------------------

class Malformed(Exception):
    pass


def need(condition):
    if not condition:
        raise Malformed


class Decoder:
    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        need(count <= len(self.data) - self.at)
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.bytes(width), "little")

    def u8(self):
        return self.number(1)

    def u16(self):
        return self.number(2)

    def u32(self):
        return self.number(4)

    def u64(self):
        return self.number(8)

    def bool(self):
        value = self.u8()
        need(value <= 1)
        return value == 1

    def string(self):
        try:
            return self.bytes(self.u64()).decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed from None

    def list(self, item, least, most):
        count = self.u64()
        need(least <= count <= most)
        return [item() for _ in range(count)]

    def option(self, item):
        return item() if self.bool() else None

    def enum(self, variants):
        value = self.u32()
        need(value < variants)
        return value

    def end(self):
        need(self.at == len(self.data))


class Statement:
    """§3. The layout is fixed; only version and class can be wrong in themselves."""

    def __init__(self, data):
        d = Decoder(data)
        self.version, self.cls = d.u16(), d.u8()
        self.ledger, self.key = d.bytes(32), d.bytes(32)
        self.seq, self.prev = d.u64(), d.bytes(32)
        self.observed_size, self.observed_root = d.u64(), d.bytes(32)
        d.bytes(8)  # recorded at: any i64
        self.facts_commitment, self.source_commitment = d.bytes(32), d.bytes(32)
        d.end()


def parse_openings(data):
    """§5: (facts, source), each None or (salt, content)."""
    d = Decoder(data)
    present = d.u8()
    need(present & ~3 == 0)
    result = []
    for bit, limit in ((1, MAX_FACTS), (2, MAX_SOURCE)):
        if not present & bit:
            result.append(None)
            continue
        salt, length = d.bytes(32), d.u32()
        need(length <= limit)
        result.append((salt, d.bytes(length)))
    d.end()
    return result


KIND = re.compile(r"[a-z][a-z0-9-]{0,63}")
LABEL = re.compile(r"[a-z][a-z0-9._-]{0,63}")
FIELD = re.compile(r"[a-z][a-z0-9-]{0,31}")
REDACTS = 3
GOVERNANCE_KINDS = {"genesis": 0, "author-admitted": 1, "author-revoked": 1, "rule-set": 1,
                    "closed": 1}
CUSTODIAN, INVESTIGATOR, WITNESS = 0, 1, 2


class Facts:
    """§6 and the events of §8.  `known` is false if this program cannot judge the content."""

    def __init__(self, data, cls, index):
        d = Decoder(data)
        self.known, self.exhibits, self.redacted = True, [], None
        version = d.u16()
        need(version >= 1)
        if version > 1:  # §17: only the commitment can be checked
            self.known = False
            return
        self.kind = d.string()
        need(KIND.fullmatch(self.kind))
        self.kind_version = d.u16()
        need(self.kind_version >= 1)
        label = d.option(d.string)
        need(label is None or LABEL.fullmatch(label))
        self.exhibits = d.list(lambda: (d.bytes(32), d.u64()), 0, 1024)
        need(len({digest for digest, _ in self.exhibits}) == len(self.exhibits))
        references = d.list(lambda: d.bytes(32), 0, 4096)
        need(len(set(references)) == len(references))
        has_amendment = d.bool()
        need(has_amendment == (cls == 3))
        if has_amendment:
            relation = d.enum(4)
            if relation == REDACTS:
                flags = (d.bool(), d.bool())
                need(any(flags))
            targets = d.list(lambda: d.bytes(32), 1, 256)
            need(len(set(targets)) == len(targets))
            if relation == REDACTS:
                self.redacted = (flags, targets)
        event = d.bytes(d.u64())
        d.end()

        if self.kind in GOVERNANCE_KINDS:
            need(cls == GOVERNANCE_KINDS[self.kind])
        need(cls != 0 or self.kind == "genesis")
        if cls <= 1:
            self.known = self.kind in GOVERNANCE_KINDS and self.kind_version == 1
            if self.known:
                self.parse_event(Decoder(event), index)

    def parse_event(self, d, index):
        if self.kind == "rule-set":
            return
        if self.kind == "author-admitted":
            self.subject, self.role = d.bytes(32), d.enum(3)
        elif self.kind == "author-revoked":
            self.subject, _ = d.bytes(32), d.enum(5)
            self.suspect_from = d.option(d.u64)
            need(self.suspect_from is None or self.suspect_from <= index)
        d.end()


def check_source(data):
    """§7"""
    d = Decoder(data)
    version = d.u16()
    need(version >= 1)
    if version > 1:
        return
    names = [name for name, _ in d.list(lambda: (d.string(), d.string()), 0, 32)]
    d.end()
    need(all(FIELD.fullmatch(name) for name in names))
    need(all(a < b for a, b in zip(names, names[1:])))


# --- Files --------------------------------------------------------------------------------------

class NotAFile(Exception):
    pass


def open_regular(path):
    """Open without following a link in the last place and without waiting for a pipe."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
            raise NotAFile from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFile
    return os.fdopen(handle, "rb")


class Stop(Exception):
    """The log cannot be read any further."""


# --- Reading the log, §10 to §12 ----------------------------------------------------------------

class Log:
    TAIL_BUDGET = 32 << 20  # a tail in which more must be read to judge it is called damage

    def __init__(self, folder, report):
        self.folder, self.report = folder, report
        self.ledger, self.index = None, 0
        self.work = 0         # bytes read in judging records
        self.presumed = None  # the ledger id by the headers, while no entry has told it

    def entries(self):
        """Yield (body, file, offset) for each entry; raise Stop at what cannot be passed."""
        try:
            names = os.listdir(os.path.join(self.folder, "log"))
        except (FileNotFoundError, NotADirectoryError):
            names = []
        except OSError:
            self.report("unreadable", file="log")
            raise Stop from None
        numbers = {int(n[:8]) for n in names if re.fullmatch(r"[0-9]{8}\.seg", n)}
        if 0 not in numbers:
            self.report("not-a-ledger")
            raise Stop
        last = max(numbers)
        for number in range(last + 1):
            name = f"log/{number:08}.seg"
            if number not in numbers:
                self.report("segment-missing", file=name)
                raise Stop
            try:
                with open_regular(os.path.join(self.folder, name)) as file:
                    yield from self.segment(file, name, number, number == last)
            except (OSError, NotAFile):
                self.report("unreadable", file=name)
                raise Stop from None

    def segment(self, file, name, number, is_last):
        size = os.fstat(file.fileno()).st_size
        header = file.read(HEADER)
        if (len(header) == HEADER and header[:8] == b"SEAPROOF"
                and int.from_bytes(header[58:], "little") == crc32c(header[:58])
                and int.from_bytes(header[8:10], "little") > 1):
            self.report("newer-version", file=name, offset=0)
            raise Stop

        first = self.index
        header_judged = False
        waiting = []       # records since the last complete commit: (body, name, offset)
        broken = []        # those among them whose flags do not alternate
        commit_open = sound = False
        at = HEADER

        def judge_header():
            ledger = self.presumed = self.ledger or self.presumed or header[10:42]
            derived = b"SEAPROOF" + struct.pack("<H32sQQ", 1, ledger, number, first)
            if header != derived + struct.pack("<I", crc32c(derived)):
                self.report("segment-header", file=name, offset=0)

        def release():
            nonlocal header_judged
            for body, _, _ in waiting:
                if self.ledger is None:  # the ledger id is the entry id of #0
                    self.ledger = entry_id(body[:STATEMENT])
                    if self.presumed not in (None, self.ledger):
                        self.report("segment-header", file="log/00000000.seg", offset=0)
            if not header_judged:
                header_judged = True
                judge_header()
            for offset in broken:
                self.report("commit-broken", file=name, offset=offset)
            released = waiting[:]
            self.index += len(released)
            waiting.clear()
            broken.clear()
            return released

        while at < size and (record := self.record(file, at, size)):
            flags, body = record
            if flags & 2:
                if commit_open:
                    broken.append(at)
                sound = True
            elif not commit_open:
                broken.append(at)
                sound = False
            waiting.append((body, name, at))
            commit_open = not flags & 1
            at += RECORD_HEADER + len(body)
            if not commit_open and sound:
                yield from release()

        if not is_last:
            if at < size:
                self.report("record-damaged", file=name, offset=at)
                raise Stop
            if waiting:
                broken.append(waiting[-1][2])
            yield from release()  # nothing may be waiting; the header is judged all the same
        elif at < size or waiting or not header_judged:
            # §12: everything behind the last complete commit is tail.
            start = 0 if not header_judged else waiting[0][2] if waiting else at
            if self.commit_behind(file, start, size):
                self.report("record-damaged", file=name, offset=at if at < size else start)
                raise Stop
            self.report("torn-tail", file=name, offset=start)

    def record(self, file, at, size):
        """(flags, body) if a well-formed record begins here, otherwise None."""
        file.seek(at)
        head = file.read(RECORD_HEADER)
        if len(head) < RECORD_HEADER or head[:4] != b"SPR1" or head[4] > 3:
            return None
        length, crc = struct.unpack("<II", head[5:])
        if not MIN_BODY <= length <= min(MAX_BODY, size - at - RECORD_HEADER):
            return None
        self.work += length
        body = file.read(length)
        if len(body) < length or crc32c(head[4:9] + body) != crc:
            return None
        return head[4], body

    def commit_behind(self, file, start, size):
        """Is there a complete commit behind the first byte of this tail?  (§12, condition 1)"""
        limit = self.work + self.TAIL_BUDGET
        known = {}  # position -> (flags, next position), or None
        at = start + 1
        while at < size:
            file.seek(at)
            chunk = file.read(1 << 20)
            if not chunk or self.work > limit:
                return bool(chunk)
            self.work += len(chunk)
            for match in re.finditer(b"SPR1", chunk):
                position, must_be_first = at + match.start(), True
                while True:
                    if position not in known:
                        record = self.record(file, position, size)
                        self.work += RECORD_HEADER
                        known[position] = record and (
                            record[0], position + RECORD_HEADER + len(record[1]))
                    if self.work > limit:
                        return True
                    if known[position] is None:
                        break
                    flags, position = known[position]
                    if bool(flags & 2) != must_be_first:
                        break
                    if flags & 1:
                        return True
                    must_be_first = False
            at += max(len(chunk) - 3, 1)  # the magic may lie across two chunks
        return False


def entry_id(statement):
    return sha256(b"seaproof/v1/entry\0", statement)


# --- Who may do what, §8 ------------------------------------------------------------------------

class Governance:
    def __init__(self):
        self.role = {}          # every key that was ever admitted -> role
        self.admission = {}     # the same keys -> entry id of the admission
        self.revoked = {}       # revoked key -> lowest "suspect from", or None
        self.closed = False
        self.unknown = False    # an entry that this program does not know was met

    def in_force(self, key):
        return key in self.role and key not in self.revoked

    def custodians(self):
        return [k for k, role in self.role.items() if role == CUSTODIAN and self.in_force(k)]

    def entry(self, st, own_id, facts):
        """Apply an entry; give the code of the problem, or None.  facts is None if unusable."""
        if self.unknown:
            return None
        if self.closed:
            return "after-close"
        if st.cls == 0:
            if not self.role:
                self.role[st.key], self.admission[st.key] = CUSTODIAN, ZERO
                self.unknown = facts is not None and not facts.known
            return None
        if st.key not in self.role:
            return "unknown-key"
        if st.key in self.revoked:
            return "revoked-key"
        role = self.role[st.key]
        if st.cls in (2, 3):
            return "role-forbids" if role == WITNESS else None
        if facts is None or not facts.known:
            self.unknown = True
            return None
        own_revocation = facts.kind == "author-revoked" and facts.subject == st.key
        if role != CUSTODIAN and not own_revocation:
            return "role-forbids"
        if facts.kind == "author-admitted":
            if facts.subject in self.role:
                return "admitted-twice"
            if len(self.role) >= MAX_KEYS:
                return "too-many-keys"
            if acceptable_key(facts.subject) is None:
                return "key-unacceptable"
            self.role[facts.subject], self.admission[facts.subject] = facts.role, own_id
        elif facts.kind == "author-revoked":
            subject, new = facts.subject, facts.suspect_from
            if subject not in self.role:
                return "revoked-unknown"
            if subject in self.revoked:
                old = self.revoked[subject]
                if new is None or (old is not None and new >= old):
                    return "revoked-unknown"
            self.revoked[subject] = new
        elif facts.kind == "closed":
            self.closed = True
        return None


# --- The checkpoint, §14 ------------------------------------------------------------------------

def base64_exact(text, length):
    """Standard base64 of exactly this many bytes, in its one canonical form."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed from None
    need(len(data) == length and base64.b64encode(data) == text)
    return data


class Checkpoint:
    def __init__(self, note):
        need(len(note) <= MAX_CHECKPOINT)
        lines = note.split(b"\n")
        need(len(lines) == 6 and lines[3] == b"" and lines[5] == b"")
        self.text = b"\n".join(lines[:3]) + b"\n"
        self.name = lines[0]
        need(re.fullmatch(rb"seaproof/[0-9a-f]{64}", self.name))
        need(re.fullmatch(rb"0|[1-9][0-9]{0,19}", lines[1]))
        self.size = int(lines[1])
        need(self.size < 1 << 64)
        self.root = base64_exact(lines[2], 32)
        prefix = "\u2014 ".encode() + self.name + b" "
        need(lines[4].startswith(prefix))
        blob = base64_exact(lines[4][len(prefix):], 68)
        self.key_id, self.signature = blob[:4], blob[4:]

    def signed_by(self, keys):
        return any(sha256(self.name, b"\n\x01", key)[:4] == self.key_id
                   and signature_valid(key, self.text, self.signature) for key in keys)


# --- The verifier, §16 --------------------------------------------------------------------------

class Chain:
    """The last entry of one key."""

    def __init__(self, st, own_id):
        self.next_seq, self.last_id, self.observed = st.seq + 1, own_id, st.observed_size


class Verifier:
    def __init__(self, folder, on_entry=None):
        self.folder, self.on_entry = folder, on_entry
        self.problems = []
        self.failed, self.unchecked = set(), set()
        self.readable = True
        self.tree, self.roots = Tree(), [EMPTY_ROOT]
        self.governance = Governance()
        self.chains = {}    # key -> Chain
        self.absent = {}    # entry id -> [statement, position, facts absent, source absent]
        self.exhibits = {}  # digest -> what is in its place
        self.log = Log(folder, self.report)
        self.where = {}     # the entry that is being checked

    def report(self, code, **where):
        where = {"entry": None, "file": None, "offset": None} | self.where | where
        self.problems.append({"code": code} | where)
        verdict = VERDICT_OF[code]
        if verdict is None:
            self.readable = False
            self.unchecked.update(VERDICTS)
        else:
            self.failed.add(verdict)

    def run(self):
        # The checkpoint first: a log that a writer extends meanwhile is then never behind it.
        checkpoint = self.read_checkpoint()
        custodians = None
        try:
            for index, (body, file, offset) in enumerate(self.log.entries()):
                if checkpoint and checkpoint.size == index:
                    custodians = self.custodians()
                self.where = {"entry": index, "file": file, "offset": offset}
                self.entry(index, body)
                self.where = {}
        except Stop:
            self.unchecked.update(VERDICTS)
        self.where = {}
        if checkpoint:
            self.check_checkpoint(checkpoint, custodians or self.custodians())
        for st, where, facts, source in self.absent.values():
            if facts or source:
                self.report("opening-absent", **where)
        if self.governance.unknown:
            self.unchecked.add("authorised")
        return self.result()

    def result(self):
        verdicts = {v: "fail" if v in self.failed else
                    "not checked" if v in self.unchecked else "pass" for v in VERDICTS}
        return {"ledger": self.log.ledger and self.log.ledger.hex(), "entries": self.tree.size,
                "root": self.roots[-1].hex(), "verdicts": verdicts, "problems": self.problems}

    def entry(self, index, body):
        statement, signature = body[:STATEMENT], body[STATEMENT:LEAF]
        own_id, leaf_hash = entry_id(statement), sha256(b"\x00", body[:LEAF])
        st = Statement(statement)
        well_formed = st.version == 1 and st.cls <= 3
        if well_formed:
            self.check_place(index, st)
            self.check_observed(index, st)
            self.check_chain(st, own_id)
        else:
            self.report("statement-malformed")
        facts = self.check_openings(index, st, own_id, body[LEAF:])

        if acceptable_key(st.key) is None:
            self.report("key-unacceptable")
        elif not signature_valid(st.key, sshsig_message(statement), signature):
            self.report("signature-invalid")

        if well_formed and (st.cls != 0 or index == 0):
            code = self.governance.entry(st, own_id, facts)
            if code:
                self.report(code)
            elif facts and facts.redacted:
                self.redact(st, facts.redacted)

        self.tree.append(leaf_hash)
        self.roots.append(self.tree.root())
        if self.on_entry:
            self.on_entry(own_id, leaf_hash, self.where["offset"])

    def check_place(self, index, st):
        """Genesis is #0 and only there; every other entry names the ledger."""
        if (st.cls == 0) != (index == 0) or st.ledger != (ZERO if index == 0 else self.log.ledger):
            self.report("wrong-ledger")

    def check_observed(self, index, st):
        if st.observed_size > index:
            self.report("observed-ahead")
        else:
            if st.cls <= 1 and st.observed_size != index:
                self.report("observed-inexact")
            if st.observed_root != self.roots[st.observed_size]:
                self.report("observed-root")
        chain = self.chains.get(st.key)
        if chain and st.observed_size < chain.observed:
            self.report("observed-back")

    def check_chain(self, st, own_id):
        chain = self.chains.get(st.key)
        seq = chain.next_seq if chain else 0
        if chain and st.seq < seq:
            self.report("signature-variant" if own_id == chain.last_id else "author-fork")
            return
        if st.seq > seq:
            self.report("author-gap")
        elif chain:
            if st.prev != chain.last_id:
                self.report("wrong-prev")
        elif st.prev != (ZERO if st.cls == 0 else self.governance.admission.get(st.key, st.prev)):
            self.report("wrong-prev")  # a key that nobody admitted is reported as unknown instead
        self.chains[st.key] = Chain(st, own_id)

    def check_openings(self, index, st, own_id, data):
        """Check both openings; give the facts, or None if they cannot be relied on."""
        try:
            facts, source = parse_openings(data)
        except Malformed:
            self.report("openings-malformed")
            return None
        if facts is None or source is None:
            self.absent[own_id] = [st, self.where, facts is None, source is None]

        def committed(name, commitment, opening):
            salt, content = opening
            if sha256(b"seaproof/v1/" + name + b"\0", st.ledger, st.key, struct.pack("<Q", st.seq),
                      salt, content) == commitment:
                return True
            self.report(name.decode() + "-commitment")
            return False

        if source and committed(b"source", st.source_commitment, source):
            try:
                check_source(source[1])
            except Malformed:
                self.report("source-malformed")
        if not facts or not committed(b"facts", st.facts_commitment, facts):
            return None
        try:
            parsed = Facts(facts[1], st.cls, index)
        except Malformed:
            self.report("facts-malformed")
            return None
        for digest, length in parsed.exhibits:
            self.check_exhibit(digest, length)
        return parsed

    def redact(self, st, redacted):
        """An opening may be absent if a later entry of its author or of a custodian redacts it."""
        flags, targets = redacted
        for target in targets:
            found = self.absent.get(target)
            if found is None:
                continue
            governs = found[0].cls <= 1  # the facts of such entries are never redacted
            if st.key == found[0].key or self.governance.role.get(st.key) == CUSTODIAN:
                found[2] &= governs or not flags[0]
                found[3] &= not flags[1]

    def check_exhibit(self, digest, length):
        name = digest.hex()
        file = f"exhibits/{name[:2]}/{name}"
        if digest not in self.exhibits:
            self.exhibits[digest] = self.read_exhibit(os.path.join(self.folder, file))
        found = self.exhibits[digest]
        if isinstance(found, str):
            self.report(found, file=file, offset=None)
            return
        if found[0] != digest:
            self.report("exhibit-digest", file=file, offset=None)
        if found[1] != length:
            self.report("exhibit-length", file=file, offset=None)

    @staticmethod
    def read_exhibit(path):
        """(digest, length) of a file, or the code of the problem."""
        hasher, length = hashlib.sha256(), 0
        try:
            with open_regular(path) as file:
                while chunk := file.read(1 << 20):
                    hasher.update(chunk)
                    length += len(chunk)
        except (FileNotFoundError, NotADirectoryError):
            return "exhibit-missing"
        except NotAFile:
            return "exhibit-not-a-file"
        except OSError:
            return "unreadable"
        return hasher.digest(), length

    def read_checkpoint(self):
        try:
            with open_regular(os.path.join(self.folder, "checkpoint")) as file:
                return Checkpoint(file.read(MAX_CHECKPOINT + 1))
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (Malformed, NotAFile):
            self.report("checkpoint-malformed", file="checkpoint")
        except OSError:
            self.report("unreadable", file="checkpoint")
        self.unchecked.add("complete")
        return None

    def custodians(self):
        """The keys that may have signed a head of the log so far, and whether all are known."""
        return self.governance.custodians(), not self.governance.unknown

    def check_checkpoint(self, checkpoint, custodians):
        def report(code):
            self.report(code, file="checkpoint")

        size = self.tree.size
        if self.log.ledger and checkpoint.name != b"seaproof/" + self.log.ledger.hex().encode():
            report("checkpoint-malformed")
            self.unchecked.add("complete")
            return
        keys, all_known = custodians
        if not checkpoint.signed_by(keys):
            # If the log stops short, or holds unknown governance, the signer may be admitted there.
            self.unchecked.update(("intact", "complete"))
            if all_known and checkpoint.size <= size:
                report("checkpoint-signature")
        if checkpoint.size > size:
            if self.readable:  # otherwise nobody knows how long the log is
                report("behind-checkpoint")
        elif checkpoint.root != self.roots[checkpoint.size]:
            self.unchecked.add("complete")
            report("fork")


# --- The worked example, §19 --------------------------------------------------------------------

def verify_page(path):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    example = page[page.index("## 19. Worked example"):]
    log_block, checkpoint, memory = re.findall(r"^```\n(.*?)^```$", example, re.M | re.S)[:3]
    log, wrong = b"", []
    for line in log_block.splitlines():
        offset, data = line.split()
        if int(offset, 16) != len(log):
            wrong.append(f"offset {offset}")
        log += bytes.fromhex(data)

    ids, leaf_hashes, offsets = [], [], []

    def on_entry(own_id, leaf_hash, offset):
        ids.append(own_id.hex())
        leaf_hashes.append(leaf_hash.hex())
        offsets.append(f"{offset:x}")

    with tempfile.TemporaryDirectory() as folder:
        digest = sha256(b"hello").hex()
        for name, data in (("log/00000000.seg", log), ("checkpoint", checkpoint.encode()),
                           (f"exhibits/{digest[:2]}/{digest}", b"hello")):
            target = os.path.join(folder, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)
        result = Verifier(folder, on_entry).run()

    def compare(what, here, there):
        if here != there:
            wrong.append(f"{what}: {here} here, {there} on the page")

    def row(name):
        return re.findall(rf"\| {name} \| `([0-9a-f]{{64}})` \|", example)

    compare("verdicts", list(result["verdicts"].values()), ["pass"] * 4)
    compare("problems", result["problems"], [])
    compare("ledger id", [result["ledger"]], row("ledger id"))
    compare("entry ids", ids, row("entry id of `#[0-9]+`"))
    compare("leaf hashes", leaf_hashes, row("its leaf hash"))
    compare("root", [result["root"]], row(r"root of size [0-9]+"))
    compare("records", offsets, re.search(r"records begin at ([0-9a-f, ]+)", example)[1].split(", "))
    lines = memory.splitlines(keepends=True)
    compare("check of the memory", sha256("".join(lines[:-1]).encode()).hex(), lines[-1].split()[1])
    fields = dict(line.split(" ", 1) for line in memory.splitlines()[1:])
    compare("memory", [fields[k] for k in ("ledger", "entry", "size", "root")],
            [result["ledger"], ids[-1], str(result["entries"]), result["root"]])

    for problem in wrong:
        print("differs:", problem)
    for index, own_id in enumerate(ids):
        print(f"#{index}  entry id {own_id}  leaf hash {leaf_hashes[index]}")
    print(f"root of size {result['entries']}: {result['root']}")
    print("not ok" if wrong else "ok")
    return 1 if wrong else 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--page":
        return verify_page(arguments[1])
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: verify.py LEDGER_FOLDER | --page FORMAT.md", file=sys.stderr)
        return 2
    verifier = Verifier(arguments[0])
    try:
        result = verifier.run()
    except Exception as error:  # a fault of this program or its machine is never a verdict
        print(f"could not go on: {type(error).__name__}: {error}", file=sys.stderr)
        verifier.report("unreadable")
        result = verifier.result()
    print(json.dumps(result, indent=2))
    answers = set(result["verdicts"].values())
    return 1 if "fail" in answers else 0 if answers == {"pass"} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
