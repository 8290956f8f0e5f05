import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseCertificate, readCertificate } from "./certificate.ts";
import { childrenOf, der, derInteger, derObjectId, readDer, readObjectId, tags } from "./der.ts";
import { OpenSsl } from "./openssl-fixture.ts";
import { readPem, writePem } from "./pem.ts";
import { certificateKeys } from "./policy-keys.ts";
import { parseSigningRequest } from "./signing-request.ts";

const openssl = new OpenSsl();
afterAll(() => openssl.remove());

const certificatePem = openssl.selfSigned("/O=Corp/CN=a", "-addext", "subjectAltName=DNS:a").pem;
const requestPem = openssl.request("/O=Corp/CN=a").pem;
const bytesOf = (pem: string, label: string) => readPem(pem, [label]) as Uint8Array;
const certificateBytes = bytesOf(certificatePem, "CERTIFICATE");
const requestBytes = bytesOf(requestPem, "CERTIFICATE REQUEST");

/** Bytes with some of them changed, cut off, or doubled. */
function damaged(bytes: Uint8Array) {
  const place = fc.nat(bytes.length - 1);
  const change = fc.tuple(place, fc.nat(255));
  const changes = fc.array(change, { minLength: 1, maxLength: 6 });
  return fc.tuple(changes, fc.option(place), fc.option(place)).map(([some, cut, doubled]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, byte] of some) copy[at] = byte;
    const end = copy.subarray(0, cut ?? undefined);
    return doubled === null ? end : Uint8Array.from([...end, ...copy.subarray(doubled)]);
  });
}

/** Never a throw: a certificate whose keys can be told, or a reason. */
function checkCertificate(result: ReturnType<typeof readCertificate>): void {
  if (typeof result === "string") expect(result).not.toBe("");
  else expect(certificateKeys(result)["iot:CertificateId"]).toMatch(/^[0-9a-f]{64}$/);
}

describe("whatever comes as a certificate or a request", () => {
  test("any bytes are a certificate or have a reason", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        checkCertificate(readCertificate(bytes));
      }),
    );
  });

  test("so are those of a certificate that was damaged", () => {
    fc.assert(
      fc.property(damaged(certificateBytes), (bytes) => checkCertificate(readCertificate(bytes))),
      { numRuns: 1_000 },
    );
  });

  test("what is taken of a request that was damaged has been signed", () => {
    fc.assert(
      fc.property(damaged(requestBytes), (bytes) => {
        const isSame = Buffer.compare(bytes, requestBytes) === 0;
        const result = parseSigningRequest(writePem("CERTIFICATE REQUEST", bytes));
        if (!isSame && typeof result === "object") {
          // Where a bit has no meaning, what is taken must be what was signed.
          const { subjectBytes, publicKeyBytes } = result;
          expect(Buffer.from(requestBytes).includes(subjectBytes)).toBe(true);
          expect(Buffer.from(requestBytes).includes(publicKeyBytes)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("any text is one of them or has a reason", () => {
    const piece = fc.oneof(
      fc.constantFrom("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "-----", "\n"),
      fc.string(),
      fc.base64String(),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (one) => {
        checkCertificate(parseCertificate(one));
        expect(typeof parseSigningRequest(one)).toBe("string");
      }),
    );
  });

  test("a text that begins blocks again and again costs no more than its length", () => {
    const text = "-----BEGIN CERTIFICATE-----".repeat(2_400);
    expect(parseCertificate(text)).toContain("there is no");
  });
});

describe("DER", () => {
  test("what is written is read again", () => {
    const value = fc.letrec<{ value: Uint8Array }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.uint8Array({ maxLength: 300 }).map((bytes) => der(tags.octetString, bytes)),
        fc.array(tie("value"), { maxLength: 4 }).map((parts) => der(tags.sequence, ...parts)),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (parts) => {
        const read = childrenOf(readDer(der(tags.sequence, ...parts)));
        expect(read.map(({ bytes }) => Buffer.from(bytes))).toEqual(
          parts.map((part) => Buffer.from(part)),
        );
      }),
    );
  });

  test("object ids and numbers are as they were", () => {
    const arcs = fc.tuple(fc.nat(2), fc.nat(39), fc.array(fc.nat(2 ** 31 - 1), { maxLength: 8 }));
    fc.assert(
      fc.property(arcs, ([first, second, rest]) => {
        const id = [first, second, ...rest].join(".");
        expect(readObjectId(readDer(derObjectId(id)))).toBe(id);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const hex = Buffer.from(readDer(derInteger(bytes)).content).toString("hex");
        expect(BigInt(`0x${hex}`)).toBe(BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
        expect(readDer(derInteger(bytes)).content[0]! & 0x80).toBe(0);
      }),
    );
  });
});
