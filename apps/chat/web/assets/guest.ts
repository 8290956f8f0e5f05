/**
 * The guest that this browser is: an identity of the application's pool, remembered, and
 * credentials for it, fresh whenever a connection is made.
 *
 * Identity pools are asked over plain HTTP, without a signature. The server's clock counts, because
 * a signature is good for five minutes and a computer's own clock may be wrong.
 */

import { presign, type SigningCredentials } from "@millrace/mqtt/presign";
import type { Memory } from "./talk/memory.ts";

export interface GuestParts {
  /** `region:uuid` of the identity pool. */
  readonly pool: string;
  /** `http:` or `https:`, where identity pools are asked. */
  readonly identityUrl: string;
  /** `ws:` or `wss:`, with its path. */
  readonly mqttUrl: string;
  readonly memory: Memory;
  readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
  readonly now: () => number;
}

/** A service that says no; `code` is its name for why. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const key = "chat.identity";
const shape = /^[a-z0-9-]+:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Credentials that end sooner are not used for another connection. */
const leftMsMin = 5 * 60_000;

export class Guest {
  readonly identityId: string;
  readonly #parts: GuestParts;
  #credentials: (SigningCredentials & { readonly expiresAtMs: number }) | undefined;
  /** What the server's clock is ahead of ours. */
  #aheadMs = 0;

  constructor(parts: GuestParts, identityId: string) {
    this.#parts = parts;
    this.identityId = identityId;
  }

  /** The signed address for a connection that is made now. Rejects with a `Refusal`, or offline. */
  async address(): Promise<string> {
    const { now, pool, mqttUrl: url } = this.#parts;
    const credentials =
      this.#credentials && this.#credentials.expiresAtMs - this.#now() > leftMsMin
        ? this.#credentials
        : await this.#renew();
    const region = pool.split(":")[0] ?? "";
    return presign({ url, region, credentials, nowMs: now() + this.#aheadMs });
  }

  /** Forgets who this browser was, so that it comes as somebody new. */
  forget(): void {
    this.#parts.memory.remove(key);
  }

  #now(): number {
    return this.#parts.now() + this.#aheadMs;
  }

  async #renew() {
    const { identityId: IdentityId } = this;
    const { body, date } = await ask(this.#parts, "GetCredentialsForIdentity", { IdentityId });
    const given = body.Credentials as Readonly<Record<string, string>>;
    this.#aheadMs = date === undefined ? 0 : date - this.#parts.now();
    this.#credentials = {
      accessKeyId: String(given.AccessKeyId),
      secretAccessKey: String(given.SecretKey),
      sessionToken: String(given.SessionToken),
      expiresAtMs: Number(given.Expiration) * 1_000,
    };
    return this.#credentials;
  }
}

/** The guest that this browser was before, or a new one. Rejects when the pool gives none. */
export async function openGuest(parts: GuestParts): Promise<Guest> {
  const { memory, pool } = parts;
  const kept = memory.get(key);
  if (kept && shape.test(kept)) return new Guest(parts, kept);
  const { body } = await ask(parts, "GetId", { IdentityPoolId: pool });
  const identityId = String(body.IdentityId);
  if (!shape.test(identityId)) throw new Error("the pool gave something that is no identity");
  memory.set(key, identityId);
  return new Guest(parts, identityId);
}

async function ask({ identityUrl, fetch }: GuestParts, operation: string, input: object) {
  const answer = await fetch(identityUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityService.${operation}`,
    },
    body: JSON.stringify(input),
    cache: "no-store",
  });
  const body = (await answer.json()) as Readonly<Record<string, unknown>>;
  if (!answer.ok) throw new Refusal(String(body.__type), String(body.message));
  const date = Date.parse(answer.headers.get("date") ?? "");
  return { body, date: Number.isNaN(date) ? undefined : date };
}
