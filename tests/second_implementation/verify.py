#!/usr/bin/env python3
"""A second implementation of the verifier for Seaproof ledgers, format version 1.

    python3 verify.py LEDGER_FOLDER...    verify ledgers, print one JSON object per line
    python3 verify.py --page FORMAT.md    rebuild and verify the page's worked example

It needs nothing but Python 3.11 and follows docs/FORMAT.md, whose sections are named as "§n".
It is meant to be read: it prefers clarity to speed and does its own Ed25519, CRC-32C, Merkle tree
and signed note.  It holds one segment at a time in memory and keeps one root of 32 bytes for every
entry, which a verifier for large ledgers must not do (§16).  It looks once and takes no pins.

Exit status: 0 if all answers of all ledgers are "pass", 1 if any is "fail", otherwise 2.
"""

import base64
import errno
import functools
import hashlib
import itertools
import json
import os
import re
import stat
import struct
import sys
import tempfile

try:
    import fcntl
except ImportError:  # not a Unix: a lock cannot be looked at
    fcntl = None

import timestamps

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
              "checkpoint-malformed checkpoint-signature redaction-unfinished "
              "anchor-digest anchor-malformed anchor-signature fork",
    "complete": "behind-checkpoint behind-anchor opening-absent exhibit-missing",
    "attributable": "key-unacceptable signature-invalid",
    "authorised": "unknown-key revoked-key role-forbids admitted-twice revoked-unknown "
                  "roster-wrong too-many-keys after-close",
    "timestamped": "timestamp-malformed timestamp-other timestamp-invalid",
}
VERDICT_OF = {code: verdict for verdict, codes in PROBLEMS.items() for code in codes.split()}

# §18
MAX_FACTS, MAX_SOURCE = 1 << 20, 1 << 16
STATEMENT, LEAF = 219, 283
MIN_BODY, MAX_BODY = LEAF + 1, LEAF + 1 + 36 + MAX_FACTS + 36 + MAX_SOURCE
MAX_KEYS, MAX_ROSTER = 65536, 16384
MAX_CHECKPOINT, MAX_ANCHOR, MAX_SIGNATURES, MAX_TOKENS = 8192, 65536, 100, 1024
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


def doubled(point, count=256):
    """The point, twice it, four times it, ..."""
    points = [point]
    while len(points) < count:
        points.append(point_add(points[-1], points[-1]))
    return points


def sum_of(points, scalar):
    """scalar times the first of these points, each of which is twice the one before."""
    result = IDENTITY
    for i, point in enumerate(points):
        if scalar >> i & 1:
            result = point_add(result, point)
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
BASE_DOUBLED = doubled(BASE)


@functools.lru_cache(256)
def acceptable_key(key):
    """The key's point, doubled again and again, if §4 accepts the key; otherwise None."""
    point = point_decode(key)
    points = point and doubled(point)
    if point is None or is_identity(points[3]) or not is_identity(sum_of(points, L)):
        return None
    return points


@functools.lru_cache(1024)  # many folders may hold the same entries
def signature_valid(key, message, signature):
    points = acceptable_key(key)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if points is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    expected = point_add(sum_of(BASE_DOUBLED, s), point_negate(sum_of(points, k)))
    # R must be these very bytes; it is then of small order exactly if the expected point is.
    return r == point_encode(expected) and not is_identity(doubled(expected, 4)[3])


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
    def __init__(self, data, at=0):
        self.data, self.at = data, at

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

    def distinct(self, least, most):
        ids = self.list(lambda: self.bytes(32), least, most)
        need(len(set(ids)) == len(ids))
        return ids

    def option(self, item):
        return item() if self.bool() else None

    def enum(self, variants):
        value = self.u32()
        need(value < variants)
        return value

    def end(self):
        need(self.at == len(self.data))


class Statement:
    """§3"""

    def __init__(self, data):
        d = Decoder(data)
        version, self.cls = d.u16(), d.u8()
        self.ledger, self.key = d.bytes(32), d.bytes(32)
        self.seq, self.prev = d.u64(), d.bytes(32)
        self.observed_size, self.observed_root = d.u64(), d.bytes(32)
        d.bytes(8)  # recorded at: any i64
        self.facts_commitment, self.source_commitment = d.bytes(32), d.bytes(32)
        d.end()
        need(version == 1 and self.cls <= 3)
        need(self.cls != 0 or (self.ledger, self.seq, self.prev, self.observed_size,
                               self.observed_root) == (ZERO, 0, ZERO, 0, EMPTY_ROOT))


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
GOVERNANCE_KINDS = {"genesis": 0, "author-admitted": 1, "author-revoked": 1, "roster": 1,
                    "rule-set": 1, "closed": 1}
CUSTODIAN, INVESTIGATOR, WITNESS = 0, 1, 2


class Facts:
    """§6 and the events of §8.  `known` is false if this program cannot judge the content."""

    def __init__(self, data, cls):
        d = Decoder(data)
        self.exhibits, self.redacts = [], None
        version = d.u16()
        self.newer = version > 1  # §17: only the commitment can be checked
        self.known = not self.newer
        need(version == 1 or self.newer and cls != 0)
        if self.newer:
            return
        self.kind, kind_version = d.string(), d.u16()
        need(KIND.fullmatch(self.kind) and kind_version >= 1)
        label = d.option(d.string)
        need(label is None or LABEL.fullmatch(label))
        self.exhibits = d.list(lambda: (d.bytes(32), d.u64()), 0, 1024)
        need(len({digest for digest, _ in self.exhibits}) == len(self.exhibits))
        d.distinct(0, 4096)  # references
        has_amendment = d.bool()
        need(has_amendment == (cls == 3))
        if has_amendment:
            parts = (d.bool(), d.bool()) if d.enum(4) == REDACTS else None
            need(parts is None or any(parts))
            targets = d.distinct(1, 256)
            self.redacts = parts and (parts, targets)
        event = d.bytes(d.u64())
        d.end()

        need(cls == GOVERNANCE_KINDS.get(self.kind, cls))
        if cls == 0:
            need(self.kind == "genesis" and kind_version == 1)
        if cls <= 1:
            self.known = self.kind in GOVERNANCE_KINDS and kind_version == 1
            if self.known:
                self.parse_event(Decoder(event))

    def parse_event(self, d):
        if self.kind == "rule-set":
            return
        if self.kind == "author-admitted":
            self.subject, self.role = d.bytes(32), d.enum(3)
        elif self.kind == "author-revoked":
            self.subject, _ = d.bytes(32), d.enum(5)
            self.suspect_from = d.option(d.u64)
        elif self.kind == "roster":
            self.roster = d.list(lambda: (d.bytes(32), d.enum(3), d.u64(), d.option(d.u64),
                                          d.option(d.u64)), 0, MAX_ROSTER)
            need(all(a[0] < b[0] for a, b in zip(self.roster, self.roster[1:])))
        d.end()


def check_source(data, _cls):
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
    """Something stands there, but no regular file."""


def open_regular(folder, file):
    """Open folder/file, following no link below the folder and waiting for no pipe."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    path = folder
    for name in file.split("/")[:-1]:
        path = os.path.join(path, name)
        if os.path.islink(path):
            raise NotAFile
    try:
        handle = os.open(os.path.join(folder, file), flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.ENOTDIR):
            raise NotAFile from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFile
    return os.fdopen(handle, "rb")


def lock_is_held(folder):
    """Whether a writer is at work.  Nothing is written, and no lock is kept."""
    try:
        with open(os.path.join(folder, "lock"), "rb") as file:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


# --- Reading the log, §10 to §12 ----------------------------------------------------------------

class Stop(Exception):
    """The log cannot be read any further."""


class Record:
    """The record that begins here, or `Malformed` if none does.  Its CRC may not fit."""

    def __init__(self, data, at):
        d = Decoder(data, at)
        need(d.bytes(4) == b"SPR1")
        flags, length, crc = d.u8(), d.u32(), d.u32()
        need(flags <= 3 and MIN_BODY <= length <= MAX_BODY)
        self.at, self.body = at, d.bytes(length)
        self.end, self.size = d.at, RECORD_HEADER + length
        self.is_first, self.is_last = bool(flags & 2), bool(flags & 1)
        self.expected_crc, self.crc_input = crc, data[at + 4:at + 9] + self.body

    @functools.cached_property
    def sound(self):
        return crc32c(self.crc_input) == self.expected_crc


def segment_name(number):
    return f"log/{number:08}.seg"


def version_of(header):
    """The version that a sound segment header gives, or None."""
    if (len(header) < HEADER or header[:8] != b"SEAPROOF"
            or header[58:] != struct.pack("<I", crc32c(header[:58]))):
        return None
    return int.from_bytes(header[8:10], "little") or None


class Log:
    TAIL_BUDGET = 32 << 20  # a tail in which more must be summed to judge it is called damage

    def __init__(self, folder, report):
        self.folder, self.report = folder, report
        self.ledger, self.index = None, 0
        self.stopped_at = None
        self.under_way = False  # a writer is at work behind the last complete commit

    def stop(self, code, file=None, offset=None):
        self.report(code, file=file, offset=offset)
        self.stopped_at = (file, offset)
        raise Stop

    def entries(self):
        """Yield (body, file, offset) for each entry; raise Stop at what cannot be passed."""
        last = self.last_segment()
        records, tail, damaged = self.find_end(last)
        try:
            for number in range(last):
                yield from self.segment(number)
            if records is not None:
                yield from self.segment(last, records)
        finally:  # the tail is judged though the reading may have ended before it
            if tail is not None and (segment_name(last), tail) != self.stopped_at:
                self.judge_tail(segment_name(last), tail, damaged)

    def last_segment(self):
        folder = os.path.join(self.folder, "log")
        try:
            if os.path.islink(folder):
                raise NotADirectoryError
            found = [entry.name for entry in os.scandir(folder)
                     if not entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            found = []
        except OSError:
            self.stop("unreadable", "log")
        numbers = {int(name[:8]) for name in found if re.fullmatch(r"[0-9]{8}\.seg", name)}
        if not numbers:
            self.stop("not-a-ledger")
        for number in range(max(numbers)):
            if number not in numbers:
                self.stop("segment-missing", segment_name(number))
        return max(numbers)

    def find_end(self, last):
        """The records of the last segment up to the end of the log (None: it is tail as a whole),
        where the tail begins (None: there is none), and whether it is damage."""
        data, sound = self.read(last)
        try:
            with open_regular(self.folder, segment_name(0)) as file:
                header = file.read(HEADER)
        except (OSError, NotAFile):
            header = b""
        if version_of(header) == 1:
            self.ledger = header[10:42]

        records = self.records(data)[0] if sound else []
        records = list(itertools.takewhile(lambda record: record.sound, records))
        while records and not records[-1].is_last:
            records.pop()
        tail = records[-1].end if records else HEADER if sound else 0
        if records or last == 0:  # segment 0 holds genesis: it is not tail as a whole
            return records, tail if tail < len(data) else None, self.commit_behind(data, tail)
        damaged = self.commit_behind(data, 0)
        if not damaged:
            return None, 0, False
        return None if sound else [], tail, True

    def read(self, number):
        """The bytes of a segment, and whether its header is sound."""
        name = segment_name(number)
        try:
            with open_regular(self.folder, name) as file:
                data = file.read()
        except (OSError, NotAFile):
            self.stop("unreadable", name)
        version = version_of(data[:HEADER])
        if version and version > 1:
            self.stop("newer-version", name, 0)
        return data, version == 1

    def segment(self, number, records=None):
        name, problem, at = segment_name(number), None, 0
        data, sound = self.read(number)
        if not sound or data[:58] != b"SEAPROOF" + struct.pack(
                "<H32sQQ", 1, self.ledger, number, self.index):
            self.stop("segment-header", name, 0)
        if records is None:
            records, problem, at = self.records(data)
        for record in records:
            if not record.sound:
                self.report("record-damaged", file=name, offset=record.at)
            yield record.body, name, record.at
            self.index += 1
        if problem or not records:
            self.stop(problem or "segment-header", name, at)

    @staticmethod
    def records(data):
        """The records of a segment; and what ended the reading, and where."""
        records, at, commit_open = [], HEADER, False
        while at < len(data):
            try:
                record = Record(data, at)
            except Malformed:
                return records, "record-damaged", at
            if record.is_first == commit_open:
                return records, "commit-broken", at
            records.append(record)
            at, commit_open = record.end, not record.is_last
        return records, "commit-broken" if commit_open else None, at

    def judge_tail(self, name, tail, damaged):
        if damaged:
            self.stop("record-damaged", name, tail)
        elif lock_is_held(self.folder):
            self.under_way = True
        else:
            self.report("torn-tail", file=name, offset=tail)

    def commit_behind(self, data, tail):
        """Is there a complete commit behind the first byte of this tail?  (§12, condition 1)"""
        work = 0
        start = data.find(b"SPR1", tail + 1)
        while start >= 0:
            at, is_first = start, True
            while True:
                try:
                    record = Record(data, at)
                except Malformed:
                    break
                work += record.size
                if work > self.TAIL_BUDGET:
                    return True
                if (is_first != record.is_first or not record.sound
                        or record.body[2] != 0 and record.body[3:35] != self.ledger):
                    break
                if record.is_last:
                    return True
                at, is_first = record.end, False
            start = data.find(b"SPR1", start + 1)
        return False


def entry_id(statement):
    return sha256(b"seaproof/v1/entry\0", statement)


# --- Who may do what, §8 ------------------------------------------------------------------------

class Governance:
    def __init__(self):
        self.role = {}          # every key that was ever admitted -> role
        self.admission = {}     # the same keys -> entry id of the admission
        self.admitted_at = {}   # the same keys -> position of the admission
        self.revoked = {}       # revoked key -> lowest "suspect from", or None
        self.revoked_at = {}    # the same keys -> position of the first revocation
        self.closed = False
        self.unknown = False    # an entry was met whose effect is not known

    def is_custodian(self, key):
        return self.role.get(key) == CUSTODIAN and key not in self.revoked

    def custodians(self):
        return [key for key in self.role if self.is_custodian(key)]

    def entry(self, index, st, own_id, facts):
        """Apply an entry; give the code of the problem, or None.  facts is None if unusable."""
        if self.closed:
            return "after-close"
        if st.cls == 0:
            self.role[st.key], self.admission[st.key] = CUSTODIAN, ZERO
            self.admitted_at[st.key] = index
            return None
        if st.key not in self.role:
            return "unknown-key"
        if st.key in self.revoked:
            return "revoked-key"
        role = self.role[st.key]
        if st.cls in (2, 3):
            return "role-forbids" if role == WITNESS else None
        known = facts is not None and facts.known
        own_revocation = known and facts.kind == "author-revoked" and facts.subject == st.key
        if role != CUSTODIAN and not own_revocation:
            return "role-forbids"
        if not known:
            self.unknown = True
        elif facts.kind == "author-admitted":
            return self.admit(facts, own_id, index)
        elif facts.kind == "author-revoked":
            return self.revoke(facts, index)
        elif facts.kind == "roster":
            return None if facts.roster == self.roster() else "roster-wrong"
        elif facts.kind == "closed":
            self.closed = True
        return None

    def roster(self):
        return [(key, self.role[key], self.admitted_at[key], self.revoked_at.get(key),
                 self.revoked.get(key)) for key in sorted(self.role)]

    def admit(self, facts, own_id, index):
        if facts.subject in self.role:
            return "admitted-twice"
        if len(self.role) >= MAX_KEYS:
            return "too-many-keys"
        if acceptable_key(facts.subject) is None:
            return "key-unacceptable"
        self.role[facts.subject], self.admission[facts.subject] = facts.role, own_id
        self.admitted_at[facts.subject] = index
        return None

    def revoke(self, facts, index):
        subject, new = facts.subject, facts.suspect_from
        if subject not in self.role or new is not None and new > index:
            return "revoked-unknown"
        if subject in self.revoked:
            old = self.revoked[subject]
            if new is None or old is not None and new >= old:
                return "revoked-unknown"
        self.revoked[subject] = new
        self.revoked_at.setdefault(subject, index)
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


class Anchor:
    """A checkpoint with any number of signature lines, §22."""

    def __init__(self, note, size):
        need(len(note) <= MAX_ANCHOR)
        try:
            text = note.decode()
        except UnicodeDecodeError:
            raise Malformed from None
        need(not any(ord(c) < 0x20 and c != "\n" for c in text) and text.endswith("\n"))
        head, blank, under = text.rpartition("\n\n")
        need(blank and under)
        lines = head.split("\n")
        need(len(lines) == 3)
        self.text, self.name = (head + "\n").encode(), lines[0].encode()
        need(re.fullmatch(rb"seaproof/[0-9a-f]{64}", self.name))
        need(lines[1] == str(size))
        self.size, self.root = size, base64_exact(lines[2].encode(), 32)
        self.lines = [self.line(line) for line in under[:-1].split("\n")]
        need(len(self.lines) <= MAX_SIGNATURES)

    @staticmethod
    def line(text):
        found = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})", text)
        need(found)
        encoded = found[2].encode()
        try:
            blob = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise Malformed from None
        need(base64.b64encode(blob) == encoded and len(blob) > 4)
        return found[1].encode(), blob[:4], blob[4:]

    def signed_by(self, keys):
        def by(key):
            own = sha256(self.name, b"\n\x01", key)[:4]
            signatures = [s for name, id, s in self.lines if name == self.name and id == own]
            return signatures and all(len(s) == 64 and signature_valid(key, self.text, s)
                                      for s in signatures)
        return any(by(key) for key in keys)


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
        self.ended_early = False
        self.uncheckable = False
        self.covered = False  # whether a head agrees that a custodian signed
        self.tree, self.roots = Tree(), [EMPTY_ROOT]
        self.governance = Governance()
        self.chains = {}    # key -> Chain
        self.absent = {}    # entry id -> [statement, position, facts absent, source absent]
        self.present = {}   # entry id -> [(statement, position, facts can be redacted, source is here)]
        self.redactions = []  # (index, key, is custodian, ((of facts, of source), targets))
        self.exhibits = {}  # digest -> what is in its place; None: there is no such folder
        self.log = Log(folder, self.report)
        self.where = {}     # the entry that is being checked

    def report(self, code, **where):
        where = {"entry": None, "file": None, "offset": None} | self.where | where
        self.problems.append({"code": code} | where)
        verdict = VERDICT_OF[code]
        if verdict is None:
            self.uncheckable = True
            self.unchecked.update(("intact", "complete"))
        else:
            self.failed.add(verdict)

    def run(self):
        # The checkpoint first: a log that a writer extends meanwhile is then never behind it.
        checkpoint, problem = self.read_checkpoint()
        anchors, tokens, anchor_problems = self.read_anchors()
        custodians = {}  # size of a head -> those in force there
        sizes = {head.size for head in [checkpoint, *anchors.values()] if head}
        exhibits = os.path.join(self.folder, "exhibits")
        if os.path.lexists(exhibits) and (os.path.islink(exhibits) or not os.path.isdir(exhibits)):
            self.report("unreadable", file="exhibits")
            self.exhibits = None
        try:
            for index, (body, file, offset) in enumerate(self.log.entries()):
                if index in sizes:
                    custodians[index] = self.custodians()
                self.where = {"entry": index, "file": file, "offset": offset}
                self.entry(index, body)
                self.where = {}
        except Stop:
            self.ended_early = True
        if self.tree.size == 0:
            self.unchecked.update(VERDICTS)
        if self.log.ledger and problem:
            self.report(problem, file="checkpoint")
        elif self.log.ledger and checkpoint:
            self.check_head(checkpoint, custodians, "checkpoint", "checkpoint")
        if self.log.ledger:
            for file, code in anchor_problems:
                self.report(code, file=file)
            for file, anchor in anchors.items():
                self.check_head(anchor, custodians, "anchor", file)
            for size, file, token in tokens:
                self.check_token(size, file, token)
        if not self.covered:
            self.unchecked.add("complete")
        if self.governance.unknown:
            self.unchecked.add("authorised")
        for _, where, facts, source in self.absent.values():
            if facts or source:
                self.report("opening-absent", **where)
        self.check_unfinished()
        return self.result()

    def answer(self, verdict):
        if verdict in self.failed:
            return "fail"
        if verdict in self.unchecked:
            return "not checked"
        if self.ended_early and verdict in ("attributable", "authorised"):
            return "partly"
        return "pass"

    def result(self):
        return {"folder": self.folder, "ledger": self.log.ledger and self.log.ledger.hex(),
                "entries": self.tree.size, "root": self.roots[-1].hex(),
                "under way": self.log.under_way,
                "verdicts": {verdict: self.answer(verdict) for verdict in VERDICTS},
                "problems": self.problems}

    def entry(self, index, body):
        statement, signature = body[:STATEMENT], body[STATEMENT:LEAF]
        own_id, leaf_hash = entry_id(statement), sha256(b"\x00", body[:LEAF])
        try:
            st = Statement(statement)
        except Malformed:
            st = None
            self.report("statement-malformed")
        if st and (st.cls == 0) != (index == 0):
            st = None
            self.report("wrong-ledger")
        if st:  # otherwise nothing more can be said of it
            self.check_place(index, st, own_id)
            self.check_chain(index, st, own_id)
            facts = self.check_openings(st, own_id, body[LEAF:])
            if acceptable_key(st.key) is None:
                self.report("key-unacceptable")
            elif not signature_valid(st.key, sshsig_message(statement), signature):
                self.report("signature-invalid")
            self.check_authority(index, st, own_id, facts)
        self.tree.append(leaf_hash)
        self.roots.append(self.tree.root())
        if self.on_entry:
            self.on_entry(own_id, leaf_hash, self.where["offset"])

    def check_place(self, index, st, own_id):
        """Every entry names the ledger, and genesis is it.  The observed head."""
        if self.log.ledger != (own_id if st.cls == 0 else st.ledger):
            self.report("wrong-ledger")
        if st.observed_size > index:
            self.report("observed-ahead")
        else:
            if st.cls <= 1 and st.observed_size != index:
                self.report("observed-inexact")
            if st.observed_root != self.roots[st.observed_size]:
                self.report("observed-root")

    def check_chain(self, index, st, own_id):
        chain = self.chains.get(st.key)
        if chain is None and index > 0 and st.key not in self.governance.role:
            return  # that it signs at all is the problem
        next_seq = chain.next_seq if chain else 0
        if st.seq < next_seq:  # not part of the chain
            self.report("signature-variant" if own_id == chain.last_id else "author-fork")
            return
        if chain and st.observed_size < chain.observed:
            self.report("observed-back")
        if st.seq > next_seq:
            self.report("author-gap")
        elif st.prev != (chain.last_id if chain else self.governance.admission.get(st.key, ZERO)):
            self.report("wrong-prev")
        self.chains[st.key] = Chain(st, own_id)

    def check_openings(self, st, own_id, data):
        """Check both openings; give the facts, or None if they cannot be relied on."""
        try:
            facts, source = parse_openings(data)
        except Malformed:
            self.report("openings-malformed")
            return None
        if facts is None or source is None:
            self.absent[own_id] = [st, self.where, facts is None, source is None]
        here = facts is not None, source is not None
        facts = self.check_opening("facts", st.facts_commitment, st, facts, Facts)
        can_go = here[0] and st.cls > 1 and not (facts and facts.redacts)
        self.present.setdefault(own_id, []).append((st, self.where, can_go, here[1]))
        self.check_opening("source", st.source_commitment, st, source, check_source)
        if facts:
            for digest, length in facts.exhibits:
                self.check_exhibit(digest, length)
            if facts.newer:  # it may name exhibits
                self.unchecked.add("complete")
        return facts

    def check_opening(self, name, commitment, st, opening, parse):
        if opening is None:
            return None
        salt, content = opening
        if sha256(f"seaproof/v1/{name}\0".encode(), st.ledger, st.key, struct.pack("<Q", st.seq),
                  salt, content) != commitment:
            self.report(name + "-commitment")
            return None
        try:
            return parse(content, st.cls)
        except Malformed:
            self.report(name + "-malformed")
            return None

    def check_authority(self, index, st, own_id, facts):
        known = not self.governance.unknown
        code = self.governance.entry(index, st, own_id, facts)
        if code and known:
            self.report(code)
        elif not code and facts and facts.redacts:
            self.redact(st, facts.redacts)

    def redact(self, st, redacts):
        """An opening may be absent if a later entry of its author or of a custodian redacts it."""
        (of_facts, of_source), targets = redacts
        custodian = self.governance.is_custodian(st.key)
        for target in targets:
            found = self.absent.get(target)
            if found and (st.key == found[0].key or custodian):
                found[2] &= not of_facts or found[0].cls <= 1
                found[3] &= not of_source
        if not self.governance.unknown:
            self.redactions.append((self.where["entry"], st.key, custodian, redacts))

    def check_unfinished(self):
        """§24: what is redacted and still here."""
        unfinished = {}
        for index, key, custodian, ((of_facts, of_source), targets) in self.redactions:
            for target in targets:
                for st, where, facts, source in self.present.get(target, ()):
                    if (where["entry"] < index and (custodian or key == st.key)
                            and (of_facts and facts or of_source and source)):
                        unfinished[where["entry"]] = where
        if unfinished and lock_is_held(self.folder):  # it is under way, and exhibits go first
            left = [p for p in self.problems
                    if p["code"] != "exhibit-missing" or p["entry"] not in unfinished]
            if left != self.problems:
                self.problems = left
                if all(VERDICT_OF[p["code"]] != "complete" for p in left):
                    self.failed.discard("complete")
            return
        for where in unfinished.values():
            self.report("redaction-unfinished", **where)

    def check_exhibit(self, digest, length):
        if self.exhibits is None:
            return
        name = digest.hex()
        file = f"exhibits/{name[:2]}/{name}"
        if digest not in self.exhibits:
            self.exhibits[digest] = self.read_exhibit(file)
        found = self.exhibits[digest]
        if isinstance(found, str):
            self.report(found, file=file, offset=None)
            return
        if found[0] != digest:
            self.report("exhibit-digest", file=file, offset=None)
        elif found[1] != length:
            self.report("exhibit-length", file=file, offset=None)

    def read_exhibit(self, file):
        """(digest, length) of a file, or the code of the problem."""
        hasher, length = hashlib.sha256(), 0
        try:
            with open_regular(self.folder, file) as exhibit:
                while chunk := exhibit.read(1 << 20):
                    hasher.update(chunk)
                    length += len(chunk)
        except FileNotFoundError:
            return "exhibit-missing"
        except NotAFile:
            return "exhibit-not-a-file"
        except OSError:
            return "unreadable"
        return hasher.digest(), length

    def read_checkpoint(self):
        """The checkpoint, or the code of the problem; neither if there is none."""
        try:
            with open_regular(self.folder, "checkpoint") as file:
                return Checkpoint(file.read(MAX_CHECKPOINT + 1)), None
        except FileNotFoundError:
            return None, None
        except Malformed:
            return None, "checkpoint-malformed"
        except (OSError, NotAFile):
            return None, "unreadable"

    def custodians(self):
        """The keys that may have signed a head of the log so far, and whether all are known."""
        return self.governance.custodians(), not self.governance.unknown

    def read_anchors(self):
        """The cosigned checkpoints by their files, the tokens, and the files that have a problem."""
        found, tokens, problems = {}, [], []
        folder = os.path.join(self.folder, "anchors")
        if os.path.islink(folder) or os.path.lexists(folder) and not os.path.isdir(folder):
            return found, tokens, [("anchors", "unreadable")]
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for name in names:
            parts = re.fullmatch(r"(0|[1-9][0-9]{0,19})-([0-9a-f]{64})\.(note|tsr)", name)
            file = f"anchors/{name}"
            if not parts or int(parts[1]) >= 1 << 64:
                continue
            try:
                with open_regular(self.folder, file) as anchor:
                    data = anchor.read(MAX_ANCHOR + 1)
                if len(data) > MAX_ANCHOR or sha256(data).hex() != parts[2]:
                    problems.append((file, "anchor-digest"))
                elif parts[3] == "note":
                    found[file] = Anchor(data, int(parts[1]))
                else:
                    tokens.append((int(parts[1]), file, data))
            except NotAFile:
                continue
            except Malformed:
                problems.append((file, "anchor-malformed"))
            except OSError:
                problems.append((file, "unreadable"))
        # Those of the largest heads.
        tokens.sort(key=lambda token: (token[0], token[1].split("-")[1]), reverse=True)
        return found, tokens[:MAX_TOKENS], problems

    def check_head(self, head, custodians, what, file):
        keys, all_known = custodians.get(head.size) or self.custodians()
        if head.name != b"seaproof/" + self.log.ledger.hex().encode():
            self.report(what + "-malformed", file=file)
        elif head.size > self.tree.size:
            if not self.ended_early:
                self.report("behind-" + what, file=file)
            elif self.tree.size and not self.uncheckable:  # the damage is the problem
                self.failed.add("complete")
        elif not head.signed_by(keys if head.size else []):
            if all_known:  # otherwise what is unknown may have admitted its signer
                self.report(what + "-signature", file=file)
        elif head.root != self.roots[head.size]:
            self.report("fork", file=file)
        else:
            self.covered = True

    def check_token(self, size, file, token):
        """§23, without anybody to trust."""
        text = None
        if size <= self.tree.size:
            root = base64.b64encode(self.roots[size]).decode()
            text = f"seaproof/{self.log.ledger.hex()}\n{size}\n{root}\n".encode()
        if problem := timestamps.judge(token, text):
            self.report(problem, file=file)


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


def verify(folder):
    verifier = Verifier(folder)
    try:
        return verifier.run()
    except Exception as error:  # a fault of this program or its machine is never a verdict
        print(f"{folder}: could not go on: {type(error).__name__}: {error}", file=sys.stderr)
        verifier.report("unreadable")
        return verifier.result()


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--page":
        return verify_page(arguments[1])
    if not arguments or any(argument.startswith("-") for argument in arguments):
        print("usage: verify.py LEDGER_FOLDER... | --page FORMAT.md", file=sys.stderr)
        return 2
    answers = set()
    for folder in arguments:
        result = verify(folder)
        answers.update(result["verdicts"].values())
        print(json.dumps(result))
    return 1 if "fail" in answers else 0 if answers == {"pass"} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
