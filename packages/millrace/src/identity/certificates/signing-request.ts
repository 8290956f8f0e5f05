/** Requests for certificates: a name and a public key, signed with its private one [RFC 2986]. */

import { createPublicKey, verify } from "node:crypto";
import { childrenOf, expectTag, MalformedDer, readDer, readObjectId, tags } from "./der.ts";
import { readPem } from "./pem.ts";

export interface SigningRequest {
  /** As they stand in the request, and then in the certificate. */
  readonly subjectBytes: Uint8Array;
  readonly publicKeyBytes: Uint8Array;
}

const labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
const requestCharactersMax = 4_096;
const rsaBitsMin = 2_048;

/** What a signature is made over first, by the object id of its kind. */
const digests: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

/** Curves of keys, as the runtime calls them. [IoT: CreateCertificateFromCsr] */
const curves: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

/** The request of a text in PEM form whose sender has its key, or what is wrong in a sentence. */
export function parseSigningRequest(text: string): SigningRequest | string {
  if (text.length > requestCharactersMax) {
    return `the text has ${text.length} of ${requestCharactersMax} characters`;
  }
  const bytes = readPem(text, labels);
  if (typeof bytes === "string") return bytes;
  try {
    return readRequest(bytes);
  } catch (error) {
    if (error instanceof MalformedDer) return `it is no signing request: ${error.message}`;
    return "it has a key or a signature that cannot be read";
  }
}

function readRequest(bytes: Uint8Array): SigningRequest | string {
  const [info, algorithm, signature] = childrenOf(expectTag(readDer(bytes), tags.sequence));
  const [, subject, key] = childrenOf(expectTag(info, tags.sequence));
  const kind = readObjectId(childrenOf(expectTag(algorithm, tags.sequence))[0]);
  const digest = digests[kind];
  if (!digest) return `its signature is of the kind ${kind}, not RSA or ECDSA with SHA-2`;
  const publicKeyBytes = expectTag(key, tags.sequence).bytes;
  const publicKey = createPublicKey({
    key: Buffer.from(publicKeyBytes),
    format: "der",
    type: "spki",
  });
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === "rsa" && (details?.modulusLength ?? 0) < rsaBitsMin) {
    return `its RSA key has ${details?.modulusLength} of at least ${rsaBitsMin} bits`;
  }
  if (type === "ec" && !Object.hasOwn(curves, details?.namedCurve ?? "")) {
    return `its curve is none of ${Object.values(curves).join(", ")}`;
  }
  if (type !== "rsa" && type !== "ec") return `its key is of the kind "${type}", not RSA or EC`;
  const signed = expectTag(info, tags.sequence).bytes;
  const proof = expectTag(signature, tags.bitString).content.subarray(1);
  if (!verify(digest, signed, publicKey, proof)) return "its signature does not fit its key";
  return { subjectBytes: expectTag(subject, tags.sequence).bytes, publicKeyBytes };
}
