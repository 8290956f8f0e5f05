/**
 * The public keys of identity providers, fetched from where their discovery documents say.
 *
 * Only providers that the template names are ever asked, in bounded time and bytes, by one request
 * at a time each, and not again before a pause, whatever strangers send. Keys hold for an hour; a
 * key id that is not among them makes them be fetched anew. A provider that cannot be reached costs
 * nothing for as long as its keys hold.
 */

import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { type Clock, errorText, isLoopbackName, type Logger } from "../../base/mod.ts";
import { loginLimits as limits } from "./limits.ts";
import type { LoginProvider } from "./provider.ts";

/** The JSON at a URL; rejects when there is none within the bounds. Follows no redirect. */
export type FetchJson = (
  url: string,
  bounds: { readonly timeoutMs: number; readonly bytesMax: number },
) => Promise<unknown>;

/** Whose keys: the issuer, and its name for the log. */
export type KeySource = Pick<LoginProvider, "issuer" | "name">;

export interface KeySetsOptions {
  readonly fetchJson: FetchJson;
  /** How long keys hold when the issuer cannot be reached; absent: a day. */
  readonly staleMs?: number;
  /** Whether who asks waits for a fetch that is due while the keys hold; absent: it does. */
  readonly waitsForFresh?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Known {
  readonly keys: JWTVerifyGetKey;
  readonly fetchedAtMs: number;
}

interface Provided {
  known: Known | undefined;
  triedAtMs: number | undefined;
  fetching: Promise<void> | undefined;
  /** What the last fetch asks for, or asked for in vain. */
  asking: "discovery" | "keys";
}

export class KeySets {
  readonly #options: KeySetsOptions;
  readonly #byIssuer = new Map<string, Provided>();

  constructor(options: KeySetsOptions) {
    this.#options = options;
  }

  /** The provider's keys; `undefined` when it cannot be reached. */
  async of(provider: KeySource): Promise<JWTVerifyGetKey | undefined> {
    const { staleMs = limits.keysStaleMs, waitsForFresh = true } = this.#options;
    const provided = this.#provided(provider);
    if (!this.#isYounger(provided, limits.keysFreshMs)) {
      const fetched = this.#fetch(provider, provided);
      if (waitsForFresh || !this.#isYounger(provided, staleMs)) await fetched;
    }
    return this.#isYounger(provided, staleMs) ? provided.known?.keys : undefined;
  }

  /** After a key was not among those that `of` gave: newer ones, if there can be any. */
  async newerThan(
    keys: JWTVerifyGetKey,
    provider: KeySource,
  ): Promise<JWTVerifyGetKey | undefined> {
    const provided = this.#provided(provider);
    await this.#fetch(provider, provided);
    const now = provided.known?.keys;
    return now === keys ? undefined : now;
  }

  /** What could not be had, after `of` gave none. */
  failureOf(provider: KeySource): "discovery" | "keys" {
    return this.#provided(provider).asking;
  }

  #provided({ issuer }: KeySource): Provided {
    let provided = this.#byIssuer.get(issuer);
    if (!provided) {
      provided = {
        known: undefined,
        triedAtMs: undefined,
        fetching: undefined,
        asking: "discovery",
      };
      this.#byIssuer.set(issuer, provided);
    }
    return provided;
  }

  #isYounger({ known }: Provided, ms: number): boolean {
    return known !== undefined && this.#options.clock.monotonic() - known.fetchedAtMs < ms;
  }

  async #fetch(provider: KeySource, provided: Provided): Promise<void> {
    const { clock } = this.#options;
    if (!provided.fetching) {
      const { triedAtMs } = provided;
      const nowMs = clock.monotonic();
      if (triedAtMs !== undefined && nowMs - triedAtMs < limits.fetchPauseMs) return;
      provided.triedAtMs = nowMs;
      provided.fetching = this.#load(provider, provided).finally(() => {
        provided.fetching = undefined;
      });
    }
    await provided.fetching;
  }

  async #load({ issuer, name }: KeySource, provided: Provided): Promise<void> {
    const { fetchJson, clock, logger } = this.#options;
    const bounds = { timeoutMs: limits.fetchMsMax, bytesMax: limits.answerBytesMax };
    provided.asking = "discovery";
    try {
      const place = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
      const keysUrl = keysUrlOf(await fetchJson(place, bounds), issuer);
      provided.asking = "keys";
      const keys = readKeys(await fetchJson(keysUrl, bounds));
      provided.known = { keys: createLocalJWKSet(keys), fetchedAtMs: clock.monotonic() };
    } catch (error) {
      const reason = errorText(error);
      logger.warn("keys of an identity provider cannot be had", { provider: name, reason });
    }
  }
}

/** The document must be the issuer's own, and must not lead from HTTPS to anything else. */
function keysUrlOf(document: unknown, issuer: string): string {
  const { issuer: named, jwks_uri: text } = Object(document) as Record<string, unknown>;
  if (named !== issuer) throw new Error(`the discovery document is not of "${issuer}"`);
  if (typeof text !== "string" || !URL.canParse(text)) throw new Error('"jwks_uri" is no URL');
  const { protocol, hostname } = new URL(text);
  const isLocal = issuer.startsWith("http:") && protocol === "http:" && isLoopbackName(hostname);
  if (protocol !== "https:" && !isLocal) throw new Error('"jwks_uri" is not HTTPS');
  return text;
}

/** What is no public key of a kind that signs tokens is left out; a secret one is never used. */
function readKeys(value: unknown): JSONWebKeySet {
  const { keys } = Object(value) as Record<string, unknown>;
  if (!Array.isArray(keys)) throw new Error('"keys" is no list');
  if (keys.length > limits.keysMax) throw new Error(`there are ${keys.length} keys`);
  return { keys: keys.filter((key) => key?.kty === "RSA" || key?.kty === "EC") };
}
