"""Timestamp tokens (docs/FORMAT.md §23), as far as they can be judged without anybody to trust.

`judge` says what is wrong with a token, or None.  It needs nothing but Python, does its own DER, ECDSA and RSA, and asks for
no root: whose certificate it is stays open.  Chains to roots are not its business.
"""

import datetime
import hashlib

MAX_TOKEN, MAX_CERTIFICATES, MAX_PARTS, MIN_RSA, MAX_RSA = 65536, 32, 64, 2048, 8192

HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
# PKCS#1 v1.5: DigestInfo in front of the digest (RFC 8017 §9.2)
PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
RSA, PSS, MGF1, EC = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8", "1.2.840.10045.2.1"
RSA_WITH = {f"1.2.840.113549.1.1.{n}": h for n, h in ((11, "sha256"), (12, "sha384"), (13, "sha512"))}
ECDSA_WITH = {f"1.2.840.10045.4.3.{n}": h for n, h in ((2, "sha256"), (3, "sha384"), (4, "sha512"))}
TST_INFO, SIGNED_DATA = "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
ESS, ESS_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
SUBJECT_KEY = "2.5.29.14"
KEY_USAGE, BASIC, AUTHORITY_KEY, EXTENDED = "2.5.29.15", "2.5.29.19", "2.5.29.35", "2.5.29.37"
UNIVERSAL = {1, 2, 3, 4, 5, 6, 9, 10, 12, *range(18, 25), 27, 30, 0x30, 0x31}

# p, a, b, generator, order (FIPS 186-4)
CURVES = {
    "1.2.840.10045.3.1.7": (
        0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff, -3,
        0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
         0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551),
    "1.3.132.0.34": (
        2**384 - 2**128 - 2**96 + 2**32 - 1, -3,
        0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
        (0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
         0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f),
        0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973),
}


class Malformed(Exception):
    """Not the form that §23 asks for."""


class Unknown(Exception):
    """Well-formed, and nothing that this page judges: nobody's word."""


def need(condition, what="the token"):
    if not condition:
        raise Malformed(what)


# --- DER ------------------------------------------------------------------------------------

class Tlv:
    def __init__(self, tag, value, whole):
        self.tag, self.value, self.whole = tag, value, whole

    def fields(self):
        return Fields(self.value)

    def oid(self):
        need(self.tag == 6 and self.value and not self.value[-1] & 0x80)
        numbers, number, fresh = [], 0, True
        for byte in self.value:
            need(not (fresh and byte == 0x80))
            number, fresh = number << 7 | byte & 0x7f, not byte & 0x80
            if fresh:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))

    def integer(self):
        need(self.tag == 2)
        return self.bare_integer()

    def bare_integer(self):
        need(self.value)
        if len(self.value) > 1:
            need(not (self.value[0] == 0 and self.value[1] < 0x80))
            need(not (self.value[0] == 0xff and self.value[1] >= 0x80))
        return int.from_bytes(self.value, "big", signed=True)

    def boolean(self):
        need(self.tag == 1 and self.value in (b"\x00", b"\xff"))
        return self.value == b"\xff"

    def bits(self):
        need(self.tag == 3 and self.value[:1] == b"\x00")
        return self.value[1:]


class Fields:
    def __init__(self, data):
        self.data, self.at = data, 0

    def __bool__(self):
        return self.at < len(self.data)

    def next(self, tag=None):
        start, data = self.at, self.data
        need(start + 2 <= len(data))
        found, length, at = data[start], data[start + 1], start + 2
        need(found & 0x1f != 0x1f)
        # Of the universal class: SEQUENCE and SET constructed, all others primitive.
        need(found >= 0x40 or found in UNIVERSAL)
        if length >= 0x80:
            count = length - 0x80
            need(1 <= count <= 4 and at + count <= len(data))
            length = int.from_bytes(data[at:at + count], "big")
            need(length >= 0x80 and data[at] != 0)
            at += count
        need(at + length <= len(data))
        need(tag is None or found == tag)
        self.at = at + length
        return Tlv(found, data[at:self.at], data[start:self.at])

    def take_if(self, tag):
        return self.next() if self and self.data[self.at] == tag else None

    def end(self):
        need(not self)

    def rest(self, most=None):
        found = []
        while self:
            need(most is None or len(found) < most)
            found.append(self.next())
        return found


def only(data, tag=None):
    fields = Fields(data)
    found = fields.next(tag)
    fields.end()
    return found


def algorithm(tlv):
    """Identifier and parameters."""
    need(tlv.tag == 0x30)
    fields = tlv.fields()
    oid = fields.next(6).oid()
    parameters = fields.next() if fields else None
    fields.end()
    return oid, parameters


def plain(parameters):
    need(parameters is None or parameters.whole == b"\x05\x00")


def read_hash(tlv):
    """The digest's name, or None for one that is not known."""
    oid, parameters = algorithm(tlv)
    if oid in HASHES:
        plain(parameters)
    return HASHES.get(oid)


def read_scheme(tlv, digest):
    """(kind, digest, salt), or None for what is not known."""
    oid, parameters = algorithm(tlv)
    if oid == PSS:
        return read_pss(parameters)
    kind, named = ("rsa", digest) if oid == RSA else ("rsa", RSA_WITH.get(oid))
    if oid in ECDSA_WITH:
        kind, named = "ecdsa", ECDSA_WITH[oid]
    if named is None:
        return None
    plain(parameters)
    return kind, named, None


def read_pss(parameters):
    if parameters is None:
        return None
    need(parameters.tag == 0x30)
    fields = parameters.fields()
    digest = fields.take_if(0xa0)
    if digest is None or not (digest := read_hash(only(digest.value))):
        return None
    mask = fields.take_if(0xa1)
    if mask is None:
        return None
    oid, of = algorithm(only(mask.value))
    need(of is not None)
    if oid != MGF1 or read_hash(of) != digest:
        return None
    salt = fields.take_if(0xa2)
    salt = only(salt.value).integer() if salt else 20
    trailer = fields.take_if(0xa3)
    need(trailer is None or only(trailer.value).integer() == 1)
    fields.end()
    need(0 <= salt <= 512)
    return "pss", digest, salt


# --- Signatures -----------------------------------------------------------------------------

def read_key(tlv):
    """A key that can verify; Unknown for one that this page does not use."""
    fields = tlv.fields()
    oid, parameters = algorithm(fields.next(0x30))
    bits = fields.next(3).bits()
    fields.end()
    if oid == RSA:
        plain(parameters)
        numbers = only(bits, 0x30).fields()
        n, e = numbers.next(2).integer(), numbers.next(2).integer()
        numbers.end()
        if not MIN_RSA <= n.bit_length() <= MAX_RSA or not n & 1 or not (e & 1 and 3 <= e < 1 << 33):
            raise Unknown
        return "rsa", (n, e)
    if oid != EC or parameters is None or parameters.tag != 6 or parameters.oid() not in CURVES:
        raise Unknown
    curve = CURVES[parameters.oid()]
    return "ec", (curve, point_of(bits, curve))


def point_of(bits, curve):
    p, a, b, _, _ = curve
    size = (p.bit_length() + 7) // 8
    x = int.from_bytes(bits[1:1 + size], "big")
    if bits[:1] == b"\x04" and len(bits) == 1 + 2 * size:
        y = int.from_bytes(bits[1 + size:], "big")
    else:
        need(bits[:1] in (b"\x02", b"\x03") and len(bits) == 1 + size)
        y = pow(x**3 + a * x + b, (p + 1) // 4, p)
        y = y if y & 1 == bits[0] & 1 else p - y
    need(x < p and y < p and (y * y - x**3 - a * x - b) % p == 0)
    return x, y


def add(first, second, curve):
    p, a = curve[0], curve[1]
    if first is None or second is None:
        return first or second
    (x1, y1), (x2, y2) = first, second
    if x1 == x2:
        if (y1 + y2) % p == 0:
            return None
        slope = (3 * x1 * x1 + a) * pow(2 * y1, -1, p)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, p)
    x = (slope * slope - x1 - x2) % p
    return x, (slope * (x1 - x) - y1) % p


def times(number, point, curve):
    found = None
    for bit in bin(number)[2:]:
        found = add(found, found, curve)
        if bit == "1":
            found = add(found, point, curve)
    return found


def verifies(key, scheme, message, signature):
    kind, digest, salt = scheme
    digest_of = lambda data: hashlib.new(digest, data).digest()
    if key[0] == "ec" and kind == "ecdsa":
        curve, point = key[1]
        order = curve[4]
        try:
            numbers = only(signature, 0x30).fields()
            r, s = numbers.next(2).integer(), numbers.next(2).integer()
            numbers.end()
        except Malformed:
            return False
        if not (0 < r < order and 0 < s < order):
            return False
        hashed = digest_of(message)
        z = int.from_bytes(hashed, "big") >> max(0, len(hashed) * 8 - order.bit_length())
        w = pow(s, -1, order)
        found = add(times(z * w % order, curve[3], curve), times(r * w % order, point, curve), curve)
        return found is not None and found[0] % order == r
    if key[0] != "rsa" or kind not in ("rsa", "pss"):
        return False
    n, e = key[1]
    size = (n.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= n:
        return False
    opened = pow(number, e, n)
    hashed = digest_of(message)
    if kind == "rsa":
        end = PREFIXES[digest] + hashed
        return opened.to_bytes(size, "big") == b"\x00\x01" + b"\xff" * (size - len(end) - 3) + b"\x00" + end
    # EMSA-PSS-VERIFY (RFC 8017 §9.1.2)
    bits = n.bit_length() - 1
    length = (bits + 7) // 8
    if opened.bit_length() > bits or length < len(hashed) + salt + 2:
        return False
    encoded = opened.to_bytes(length, "big")
    split = length - len(hashed) - 1
    masked, seed = encoded[:split], encoded[split:-1]
    mask = b"".join(digest_of(seed + i.to_bytes(4, "big")) for i in range(split // len(hashed) + 1))
    block = int.from_bytes(masked, "big") ^ int.from_bytes(mask[:split], "big")
    block = (block & (1 << bits - 8 * (length - split)) - 1).to_bytes(split, "big")
    padding, salted = block[:split - salt], block[split - salt:]
    return (encoded[-1] == 0xbc and padding == b"\x00" * (len(padding) - 1) + b"\x01"
            and digest_of(bytes(8) + hashed + salted) == seed)


# --- Certificates, tokens -------------------------------------------------------------------

def read_moment(tlv):
    """UTCTime or GeneralizedTime to the second, in UTC."""
    need(tlv.tag in (0x17, 0x18) and tlv.value[-1:] == b"Z")
    text = tlv.value[:-1]
    need(text.isdigit() and len(text) == (12 if tlv.tag == 0x17 else 14))
    if tlv.tag == 0x17:
        text = (b"19" if text >= b"50" else b"20") + text
    read_time(text + b"Z")


def read_basic(tlv):
    need(tlv.tag == 0x30)
    fields = tlv.fields()
    if authority := fields.take_if(1):
        authority.boolean()
    if length := fields.take_if(2):
        need(0 <= length.integer() < 256)
    fields.end()


def read_usage(tlv):
    need(tlv.tag == 3 and tlv.value and tlv.value[0] < 8)


def read_extended(tlv):
    need(tlv.tag == 0x30)
    for purpose in tlv.fields().rest():
        purpose.oid()


def read_authority_key(tlv):
    need(tlv.tag == 0x30)
    tlv.fields().rest()


EXTENSIONS = {KEY_USAGE: read_usage, BASIC: read_basic, EXTENDED: read_extended, AUTHORITY_KEY: read_authority_key}


class Certificate:
    """Issuer, serial number, key and key identifier; Malformed if it cannot be read."""

    def __init__(self, der):
        self.der = der
        outer = only(der, 0x30).fields()
        tbs, kind = outer.next(0x30), outer.next(0x30)
        outer.next(3).bits()
        outer.end()
        fields = tbs.fields()
        version = fields.take_if(0xa0)
        version = only(version.value).integer() if version else 0
        serial = fields.next(2)
        serial.integer()
        self.serial = serial.value
        need(fields.next(0x30).whole == kind.whole)
        self.issuer = fields.next(0x30).whole
        times = fields.next(0x30).fields().rest()
        need(len(times) == 2)
        for time in times:
            read_moment(time)
        fields.next(0x30)
        key = fields.next(0x30)
        try:
            self.key = read_key(key)
        except Unknown:
            self.key = None
        fields.take_if(0x81)
        fields.take_if(0x82)
        extensions = fields.take_if(0xa3)
        fields.end()
        self.subject_key, seen = None, set()
        need(extensions is None or version == 2)
        for extension in only(extensions.value, 0x30).fields().rest(MAX_PARTS) if extensions else []:
            inside = extension.fields()
            oid = inside.next(6).oid()
            if critical := inside.take_if(1):
                critical.boolean()
            value = inside.next(4).value
            inside.end()
            need(oid not in seen)
            seen.add(oid)
            if oid == SUBJECT_KEY:
                self.subject_key = only(value, 4).value
            elif oid in EXTENSIONS:
                EXTENSIONS[oid](only(value))


def read_info(content):
    """TSTInfo: digest and value of the imprint."""
    fields = only(content, 0x30).fields()
    need(fields.next(2).integer() == 1)
    fields.next(6).oid()
    imprint = fields.next(0x30).fields()
    digest, value = read_hash(imprint.next(0x30)), imprint.next(4).value
    imprint.end()
    fields.next(2).integer()
    read_time(fields.next(0x18).value)
    if accuracy := fields.take_if(0x30):
        inside = accuracy.fields()
        if seconds := inside.take_if(2):
            need(0 <= seconds.integer() < 1 << 32)
        for tag in (0x80, 0x81):
            if part := inside.take_if(tag):
                need(1 <= part.bare_integer() <= 999)
        inside.end()
    if ordering := fields.take_if(1):
        ordering.boolean()
    if nonce := fields.take_if(2):
        nonce.integer()
    if name := fields.take_if(0xa0):
        only(name.value)
    if extensions := fields.take_if(0xa1):
        for extension in extensions.fields().rest(MAX_PARTS):
            inside = extension.fields()
            inside.next(6).oid()
            critical = inside.take_if(1)
            need(not (critical and critical.boolean()))
            inside.next(4)
            inside.end()
    fields.end()
    return digest, value


def read_time(text):
    need(text[-1:] == b"Z" and text[:14].isdigit() and len(text) >= 15)
    fraction = text[14:-1]
    need(not fraction or fraction[:1] == b"." and fraction[1:].isdigit() and fraction[-1:] != b"0")
    try:
        moment = datetime.datetime.strptime(text[:14].decode(), "%Y%m%d%H%M%S")
    except ValueError:
        raise Malformed("genTime") from None
    need(moment.year >= 1970)


class Token:
    """An answer or a bare token."""

    def __init__(self, data):
        need(len(data) <= MAX_TOKEN)
        outer = only(data, 0x30)
        fields = outer.fields()
        first = fields.next()
        token = outer
        if first.tag == 0x30:
            status = first.fields()
            need(status.next(2).integer() in (0, 1))
            if words := status.take_if(0x30):
                words.fields().rest(MAX_PARTS)
            status.take_if(3)
            status.end()
            token = fields.next(0x30)
            fields.end()
        else:
            need(first.tag == 6)
        fields = token.fields()
        need(fields.next(6).oid() == SIGNED_DATA)
        inner = fields.next(0xa0)
        fields.end()
        fields = only(inner.value, 0x30).fields()
        need(fields.next(2).integer() == 3)
        fields.next(0x31)
        content = fields.next(0x30).fields()
        need(content.next(6).oid() == TST_INFO)
        self.content = only(content.next(0xa0).value, 4).value
        content.end()
        certificates = fields.take_if(0xa0)
        certificates = certificates.fields().rest() if certificates else []
        need(len(certificates) <= MAX_CERTIFICATES)
        fields.take_if(0xa1)
        signers = fields.next(0x31).fields().rest()
        fields.end()
        need(len(signers) == 1)
        self.imprint = read_info(self.content)
        self.certificates = []
        for certificate in certificates:
            try:
                self.certificates.append(Certificate(certificate.whole))
            except Malformed:
                pass
        self.read_signer(signers[0])

    def read_signer(self, signer):
        need(signer.tag == 0x30)
        fields = signer.fields()
        version, who = fields.next(2).integer(), fields.next()
        if version == 1 and who.tag == 0x30:
            inside = who.fields()
            issuer, serial = inside.next(0x30).whole, inside.next(2)
            serial.integer()
            inside.end()
            self.is_signer = lambda c: (c.issuer, c.serial) == (issuer, serial.value)
        else:
            need(version == 3 and who.tag == 0x80)
            self.is_signer = lambda c: c.subject_key == who.value
        self.digest = read_hash(fields.next(0x30))
        attributes = fields.next(0xa0)
        self.scheme = read_scheme(fields.next(0x30), self.digest)
        self.signature = fields.next(4).value
        fields.take_if(0xa1)
        fields.end()
        self.attributes = b"\x31" + attributes.whole[1:]
        held = {}
        for attribute in attributes.fields().rest(MAX_PARTS):
            inside = attribute.fields()
            need(attribute.tag == 0x30)
            oid, values = inside.next(6).oid(), inside.next(0x31)
            inside.end()
            need(oid not in held)
            held[oid] = values
        one = lambda oid: only(held[oid].value)
        need(CONTENT_TYPE in held and one(CONTENT_TYPE).oid() == TST_INFO)
        need(MESSAGE_DIGEST in held and one(MESSAGE_DIGEST).tag == 4)
        self.message_digest = one(MESSAGE_DIGEST).value
        self.named = [read_name(one(oid), oid == ESS_V2) for oid in (ESS, ESS_V2) if oid in held]
        need(self.named)


def read_name(value, second):
    """(digest, value, issuer and serial number or None) of the signer's certificate."""
    need(value.tag == 0x30)
    fields = value.fields()
    names = fields.next(0x30).fields().rest()
    fields.take_if(0x30)
    fields.end()
    need(names and names[0].tag == 0x30)
    fields = names[0].fields()
    digest = "sha256" if second else "sha1"
    if named := fields.take_if(0x30):
        need(second)
        digest = read_hash(named)
    hashed, issuer = fields.next(4).value, None
    if inside := fields.take_if(0x30):
        inside = inside.fields()
        general, serial = inside.next(0x30).fields().rest(), inside.next(2)
        serial.integer()
        inside.end()
        need(len(general) == 1 and general[0].tag == 0xa4)
        issuer = (general[0].value, serial.value)
    fields.end()
    return digest, hashed, issuer


def judge(data, text):
    """The problem of a token over this checkpoint text (None: of a head beyond the log), or None."""
    try:
        token = Token(data)
    except Malformed:
        return "timestamp-malformed"
    digest, value = token.imprint
    if text is None or digest is None:
        return None
    if hashlib.new(digest, text).digest() != value:
        return "timestamp-other"
    return "timestamp-invalid" if is_invalid(token) else None


def is_invalid(token):
    """Whether the signature, or what is signed, can be seen to be wrong. Where something is unknown, it cannot."""
    candidates = [c for c in token.certificates if token.is_signer(c)]
    if not candidates or any(digest is None for digest, _, _ in token.named):
        return False
    candidates = [
        c for c in candidates
        if all(hashlib.new(digest, c.der).digest() == hashed and issuer in (None, (c.issuer, c.serial))
               for digest, hashed, issuer in token.named)
    ]
    if not candidates:
        return False
    if token.digest is None:
        return False
    if hashlib.new(token.digest, token.content).digest() != token.message_digest:
        return True
    if token.scheme is None or any(c.key is None for c in candidates):
        return False
    return not any(verifies(c.key, token.scheme, token.attributes, token.signature) for c in candidates)
