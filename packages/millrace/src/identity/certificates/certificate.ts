/**
 * A certificate of X.509, as far as this server looks into it.
 *
 * The runtime parses it and checks signatures; names are read here, from the bytes, because its
 * text of a name does not tell an attribute from a value that looks like one.
 */

import { createHash, X509Certificate } from "node:crypto";
import {
  childrenOf,
  context,
  type DerValue,
  expectTag,
  MalformedDer,
  readDer,
  readObjectId,
  tags,
} from "./der.ts";
import { type NameAttributes, readAlternativeNames, readName } from "./distinguished-name.ts";
import { readPem, writePem } from "./pem.ts";

export interface Certificate {
  /** SHA-256 of its bytes, in lower-case hexadecimal digits; AWS's certificate id, too. */
  readonly id: string;
  readonly pem: string;
  readonly x509: X509Certificate;
  /** In hexadecimal digits. */
  readonly serialNumber: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly subject: NameAttributes;
  readonly issuer: NameAttributes;
  readonly subjectAlternatives: NameAttributes;
  readonly issuerAlternatives: NameAttributes;
  /** The bytes of the subject's name, which say of authorities whether they are called alike. */
  readonly subjectBytes: Uint8Array;
}

export const certificateLabel = "CERTIFICATE";

const labels = [certificateLabel, "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
const certificateCharactersMax = 65_536;
const subjectAlternativeId = "2.5.29.17";
const issuerAlternativeId = "2.5.29.18";

/** The id of a certificate of these bytes. */
export function certificateIdOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The one certificate of a text in PEM form, or what is wrong with it in a sentence. */
export function parseCertificate(text: string): Certificate | string {
  if (text.length > certificateCharactersMax) {
    return `the text has ${text.length} of ${certificateCharactersMax} characters`;
  }
  const bytes = readPem(text, labels);
  return typeof bytes === "string" ? bytes : readCertificate(bytes);
}

/** The same of its bytes. */
export function readCertificate(bytes: Uint8Array): Certificate | string {
  try {
    const x509 = new X509Certificate(bytes);
    return { ...factsOf(bytes), ...namesOf(bytes), x509 };
  } catch (error) {
    if (error instanceof MalformedDer) return `it is no certificate: ${error.message}`;
    return "it is no certificate that can be read";
  }
}

/** Whether the other's key has signed this one, and whether it may. */
export function isSignedBy({ x509 }: Certificate, authority: Certificate): boolean {
  try {
    return x509.checkIssued(authority.x509) && x509.verify(authority.x509.publicKey);
  } catch {
    return false; // a key of a kind that the runtime does not know has signed nothing for us
  }
}

function factsOf(bytes: Uint8Array) {
  return { id: certificateIdOf(bytes), pem: writePem(certificateLabel, bytes) };
}

function namesOf(bytes: Uint8Array) {
  const [toBeSigned] = childrenOf(expectTag(readDer(bytes), tags.sequence));
  const fields = childrenOf(expectTag(toBeSigned, tags.sequence));
  if (fields[0]?.tag === context(0, { around: "values" })) fields.shift(); // the version
  const [serial, , issuer, validity, subject, , ...rest] = fields;
  const [notBefore, notAfter] = childrenOf(expectTag(validity, tags.sequence));
  const extensions = extensionsOf(rest);
  const alternatives = (id: string): NameAttributes => {
    const content = extensions.get(id);
    return content ? readAlternativeNames(readDer(content)) : new Map();
  };
  return {
    serialNumber: Buffer.from(expectTag(serial, tags.integer).content).toString("hex"),
    notBeforeMs: readTime(notBefore),
    notAfterMs: readTime(notAfter),
    subject: readName(subject),
    issuer: readName(issuer),
    subjectAlternatives: alternatives(subjectAlternativeId),
    issuerAlternatives: alternatives(issuerAlternativeId),
    subjectBytes: expectTag(subject, tags.sequence).bytes,
  };
}

/** The content of each extension, by its object id. */
function extensionsOf(fields: readonly DerValue[]): ReadonlyMap<string, Uint8Array> {
  const wrapped = fields.find(({ tag }) => tag === context(3, { around: "values" }));
  const [list] = wrapped ? childrenOf(wrapped) : [];
  const extensions = list ? childrenOf(expectTag(list, tags.sequence)) : [];
  return new Map(
    extensions.map((extension) => {
      const parts = childrenOf(expectTag(extension, tags.sequence));
      return [readObjectId(parts[0]), expectTag(parts.at(-1), tags.octetString).content];
    }),
  );
}

/** In milliseconds. A year of two digits is one from 1950 to 2049 [RFC 5280, 4.1.2.5.1]. */
function readTime(value: DerValue | undefined): number {
  const text = Buffer.from(value?.content ?? []).toString("latin1");
  const isShort = value?.tag === tags.utcTime;
  const digits = isShort ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits)?.slice(1).map(Number);
  if (!parts) throw new MalformedDer("a time has no form of DER");
  const [year = 0, month = 1, day = 1, hour, minute, second] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
