/**
 * Temporary credentials without storage: what they stand for travels in the session token, sealed
 * with AES-256-GCM, so that it can be neither read nor changed.
 *
 *     token = base64url( version 1 | nonce 12 | ciphertext | tag 16 )
 *
 * Version and access key id are authenticated with it: a token is good beside its own key id alone.
 * The secret access key is derived from the key id. Nothing can be taken back before it expires
 * but by a new deployment secret; that is why lifetimes are short.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";
import { assert, type Clock, concatBytes, type Random, textOf, utf8 } from "../../base/mod.ts";
import type { ContextKeys } from "../../policy/mod.ts";
import type { DeploymentSecret } from "../deployment-secret.ts";
import { secretFor } from "../encodings.ts";
import { KeyIds } from "../key-ids.ts";
import { identityLimits } from "../limits.ts";

/** Whom a session stands for. */
export interface SessionGrant {
  /** The role that was taken; absent: the account's owner. */
  readonly roleName?: string;
  readonly sessionName: string;
  /** What is known of whoever took it, such as the identity in a pool. */
  readonly keys: ContextKeys;
  /** The document that whoever took the role gave for the session: it may do no more. */
  readonly policy?: object;
  /** A guest's, of the enhanced flow: it may do no more than `guestScope` says. */
  readonly isScopedDown?: true;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

export type SessionOpening =
  | { readonly ok: true; readonly grant: SessionGrant; readonly secretAccessKey: string }
  | { readonly ok: false; readonly problem: "invalid" | "expired" };

interface Sealed extends SessionGrant {
  readonly expiresAtMs: number;
}

const cipherName = "aes-256-gcm";
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const invalid: SessionOpening = { ok: false, problem: "invalid" };

export class SessionCredentialIssuer {
  readonly #ids: KeyIds;
  readonly #sealingKey: Uint8Array;
  readonly #secretKey: Uint8Array;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(secret: DeploymentSecret, { clock, random }: { clock: Clock; random: Random }) {
    this.#ids = new KeyIds(secret);
    this.#sealingKey = secret.derive("session tokens");
    this.#secretKey = secret.derive("secrets of sessions");
    this.#clock = clock;
    this.#random = random;
  }

  issue(grant: SessionGrant, lifetimeSeconds: number): SessionCredentials {
    const accessKeyId = this.#ids.make("ASIA", this.#random);
    // As a client is told it: in whole seconds.
    const expiresAtMs = (Math.floor(this.#clock.now() / 1_000) + lifetimeSeconds) * 1_000;
    const sealed: Sealed = { ...grant, expiresAtMs };
    const sessionToken = this.#seal(accessKeyId, utf8(JSON.stringify(sealed)));
    assert(sessionToken.length <= identityLimits.sessionTokenCharactersMax, "a token is bounded");
    const secretAccessKey = secretFor(this.#secretKey, accessKeyId);
    return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs };
  }

  /** What the token stands for, if it is ours, unchanged, this key's and not expired. */
  open(accessKeyId: string, sessionToken: string): SessionOpening {
    if (sessionToken.length > identityLimits.sessionTokenCharactersMax) return invalid;
    const opened = this.#unseal(accessKeyId, Buffer.from(sessionToken, "base64url"));
    if (!opened) return invalid;
    const { expiresAtMs, ...grant } = JSON.parse(textOf(opened)) as Sealed;
    if (expiresAtMs <= this.#clock.now()) return { ok: false, problem: "expired" };
    return { ok: true, grant, secretAccessKey: secretFor(this.#secretKey, accessKeyId) };
  }

  #seal(accessKeyId: string, plain: Uint8Array): string {
    const nonce = this.#random.bytes(nonceBytes);
    const cipher = createCipheriv(cipherName, this.#sealingKey, nonce);
    cipher.setAAD(authenticated(version, accessKeyId));
    const parts = [Uint8Array.of(version), nonce, cipher.update(plain), cipher.final()];
    const bytes = concatBytes([...parts, cipher.getAuthTag()]);
    return Buffer.from(bytes).toString("base64url");
  }

  #unseal(accessKeyId: string, bytes: Uint8Array): Uint8Array | undefined {
    if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes) return undefined;
    const nonce = bytes.subarray(1, 1 + nonceBytes);
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv(cipherName, this.#sealingKey, nonce, options);
    decipher.setAAD(authenticated(version, accessKeyId));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const plain = decipher.update(bytes.subarray(1 + nonceBytes, -tagBytes));
    try {
      return concatBytes([plain, decipher.final()]);
    } catch {
      return undefined; // `final` has no other way to say that the tag does not fit
    }
  }
}

function authenticated(versionByte: number, accessKeyId: string): Uint8Array {
  return utf8(`${versionByte} ${accessKeyId}`);
}
