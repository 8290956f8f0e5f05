/**
 * The deployment's own authority: it signs the certificates that this server makes for devices.
 *
 * It is made when the first certificate is asked for, and kept in one file that its owner alone may
 * read. Who has the file can make certificates, but none that is let in: only what is registered
 * is. A certificate of a device is good until the end of 2049, as on AWS.
 */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type Clock, errorText, type Random, utf8, WorldError } from "../../base/mod.ts";
import { writeOwn } from "../deployment-secret.ts";
import {
  type Certificate,
  certificateLabel,
  parseCertificate,
  readCertificate,
} from "./certificate.ts";
import {
  childrenOf,
  context,
  der,
  derBits,
  derInteger,
  derObjectId,
  readDer,
  tags,
} from "./der.ts";
import { commonNameOnly } from "./distinguished-name.ts";
import type { SigningRequest } from "./signing-request.ts";

export interface DeviceAuthorityOptions {
  /** Where it is kept; absent: it ends with the process. */
  readonly path: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

export interface KeyPair {
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
  readonly publicKeyBytes: Uint8Array;
}

interface Signer {
  readonly key: KeyObject;
  readonly certificate: Certificate;
}

interface Wanted {
  readonly subjectBytes: Uint8Array;
  readonly issuerBytes: Uint8Array;
  readonly publicKeyBytes: Uint8Array;
  readonly issuerKeyBytes: Uint8Array;
  readonly isAuthority: boolean;
}

/** What AWS calls the owner of a certificate that it makes from nothing. */
export const madeForDevice = commonNameOnly("AWS IoT Certificate");
const authorityName = commonNameOnly("Millrace device authority");

const ecdsaWithSha256 = der(tags.sequence, derObjectId("1.2.840.10045.4.3.2"));
const lastMoment = "491231235959Z";
/** A clock that goes a little slow must not refuse what was made just now. */
const earlierMs = 2 * 60_000;
const rsaBits = 2_048;
const serialBytes = 20;

const generate = promisify(generateKeyPair);

export class DeviceAuthority {
  readonly #options: DeviceAuthorityOptions;
  #signer: Signer | undefined;

  constructor(options: DeviceAuthorityOptions) {
    this.#options = options;
  }

  /** A key pair of RSA with 2,048 bits, for a device that makes none itself. */
  async makeKeyPair(): Promise<KeyPair> {
    const { publicKey, privateKey } = await generate("rsa", { modulusLength: rsaBits });
    return {
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }) as string,
      privateKeyPem: privateKey.export({ type: "pkcs1", format: "pem" }) as string,
      publicKeyBytes: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    };
  }

  /** Throws a `WorldError` when the authority cannot be read or kept. */
  issue({ subjectBytes, publicKeyBytes }: SigningRequest): Certificate {
    this.#signer ??= this.#open();
    const { key, certificate } = this.#signer;
    const wanted = {
      subjectBytes,
      publicKeyBytes,
      issuerBytes: certificate.subjectBytes,
      issuerKeyBytes: spkiOf(key),
      isAuthority: false,
    };
    return this.#sign(wanted, key);
  }

  #open(): Signer {
    const { path } = this.#options;
    const known = path === undefined ? undefined : readSigner(path);
    if (known) return known;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const publicKeyBytes = spkiOf(privateKey);
    const certificate = this.#sign(
      {
        subjectBytes: authorityName,
        issuerBytes: authorityName,
        publicKeyBytes,
        issuerKeyBytes: publicKeyBytes,
        isAuthority: true,
      },
      privateKey,
    );
    if (path !== undefined) {
      const keyText = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
      writeOwn(path, keyText + certificate.pem);
    }
    return { key: privateKey, certificate };
  }

  #sign(wanted: Wanted, key: KeyObject): Certificate {
    const { clock, random } = this.#options;
    const serial = random.bytes(serialBytes);
    serial[0] = (serial[0]! & 0x7f) | 0x40; // positive, and always of one length
    const toBeSigned = der(
      tags.sequence,
      der(context(0, { around: "values" }), derInteger(new Uint8Array([2]))),
      derInteger(serial),
      ecdsaWithSha256,
      wanted.issuerBytes,
      der(tags.sequence, timeOf(clock.now() - earlierMs), der(tags.utcTime, utf8(lastMoment))),
      wanted.subjectBytes,
      wanted.publicKeyBytes,
      der(context(3, { around: "values" }), der(tags.sequence, ...extensionsOf(wanted))),
    );
    const signature = new Uint8Array(sign("sha256", toBeSigned, key));
    const made = readCertificate(
      der(tags.sequence, toBeSigned, ecdsaWithSha256, derBits(signature)),
    );
    if (typeof made === "string") throw new WorldError("NO_CERTIFICATE", `cannot sign: ${made}`);
    return made;
  }
}

/** Which keys it has and is signed with, what it may sign, what its key is for [RFC 5280, 4.2]. */
function extensionsOf({ publicKeyBytes, issuerKeyBytes, isAuthority }: Wanted): Uint8Array[] {
  const certifies = isAuthority ? [der(tags.boolean, new Uint8Array([0xff]))] : [];
  // The highest bit is for signatures, the sixth for certificates; the rest of the byte is unused.
  const uses = isAuthority ? [2, 0x04] : [7, 0x80];
  const issuerKey = der(context(0, { around: "bytes" }), keyIdOf(issuerKeyBytes));
  return [
    extension("2.5.29.14", der(tags.octetString, keyIdOf(publicKeyBytes))),
    extension("2.5.29.35", der(tags.sequence, issuerKey)),
    extension("2.5.29.19", der(tags.sequence, ...certifies), { critical: true }),
    extension("2.5.29.15", der(tags.bitString, new Uint8Array(uses)), { critical: true }),
  ];
}

function extension(id: string, content: Uint8Array, { critical = false } = {}): Uint8Array {
  const mark = critical ? [der(tags.boolean, new Uint8Array([0xff]))] : [];
  return der(tags.sequence, derObjectId(id), ...mark, der(tags.octetString, content));
}

/** SHA-1 of the key's bits names it; nothing rests on it [RFC 5280, 4.2.1.2]. */
function keyIdOf(publicKeyBytes: Uint8Array): Uint8Array {
  const [, bits] = childrenOf(readDer(publicKeyBytes));
  const digest = createHash("sha1")
    .update(bits?.content.subarray(1) ?? publicKeyBytes)
    .digest();
  return new Uint8Array(digest);
}

function timeOf(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(tags.utcTime, utf8(digits.slice(2)));
}

function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));
}

function readSigner(path: string): Signer | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw new WorldError("AUTHORITY_NOT_READ", `cannot read "${path}": ${errorText(error)}`);
  }
  const from = text.indexOf(`-----BEGIN ${certificateLabel}-----`);
  const certificate = parseCertificate(text.slice(Math.max(from, 0)));
  const key = readKey(text.slice(0, Math.max(from, 0)));
  if (typeof certificate !== "string" && key && certificate.x509.checkPrivateKey(key)) {
    return { key, certificate };
  }
  throw new WorldError("AUTHORITY_DAMAGED", `"${path}" has no key with its certificate`);
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // told with the file's path
  }
}
