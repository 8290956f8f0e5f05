/**
 * The custom authorizers there are, and which is asked when a client names none.
 *
 * Changes happen one after the other, each durable before it takes effect. The template's may be
 * changed by hand; what was changed holds, over restarts too, until the template says something new
 * about that one. Who is connected stays; the next refresh asks the authorizer as it is then.
 */

import { type Clock, textOf, utf8 } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import {
  type Authorizer,
  type AuthorizerDefinition,
  authorizerProblem,
  TokenKeys,
} from "./authorizer.ts";
import { authorizerLimits as limits } from "./limits.ts";

export type AuthorizerProblem =
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "exists"; readonly reason: string }
  | { readonly kind: "invalid"; readonly reason: string }
  | { readonly kind: "conflict"; readonly reason: string };

export type AuthorizerResult =
  | { readonly ok: true; readonly authorizer: Authorizer }
  | { readonly ok: false; readonly problem: AuthorizerProblem };

export type AuthorizerChange = Partial<
  Omit<AuthorizerDefinition, "name" | "signingDisabled" | "tokenSigningPublicKeys">
> &
  Pick<AuthorizerDefinition, "tokenSigningPublicKeys">;

export interface AuthorizersOptions {
  /** The template's. */
  readonly definitions: readonly AuthorizerDefinition[];
  readonly records: Records;
  readonly clock: Clock;
}

interface AuthorizerRecord {
  /** What the template said when this was stored; absent: it is none of the template's. */
  readonly template?: string;
  /** Absent: one of the template's was deleted. */
  readonly authorizer?: Authorizer;
}

const space = "authorizers";
/** No authorizer is called so. */
const defaultKey = "*default";

export class Authorizers {
  readonly #options: AuthorizersOptions;
  readonly #byName = new Map<string, Authorizer>();
  readonly #keys = new WeakMap<Authorizer, TokenKeys>();
  #defaultName: string | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: AuthorizersOptions) {
    this.#options = options;
  }

  /** Brings back what is stored, in line with the template. */
  async start(): Promise<void> {
    const { records, definitions, clock } = this.#options;
    const entries = await records.range({ space, countMax: 2 * limits.authorizersMax + 1 });
    const stored = new Map(entries.map(({ key, value }) => [textOf(key), textOf(value)]));
    const nowMs = clock.now();
    for (const definition of definitions) {
      const record = readRecord(stored.get(definition.name));
      stored.delete(definition.name);
      const made = { ...definition, createdAtMs: nowMs, changedAtMs: nowMs };
      const isKept = record?.template === JSON.stringify(definition);
      const authorizer = isKept ? record.authorizer : made;
      if (authorizer) this.#byName.set(definition.name, authorizer);
      if (!isKept) await this.#store(definition.name, made);
    }
    this.#defaultName = stored.get(defaultKey);
    stored.delete(defaultKey);
    for (const [name, text] of stored) {
      const record = readRecord(text);
      // One that went from the template is gone.
      if (!record?.authorizer || record.template !== undefined) await this.#put(name, undefined);
      else this.#byName.set(name, record.authorizer);
    }
  }

  get(name: string): Authorizer | undefined {
    return this.#byName.get(name);
  }

  /** Of one that `get` or `default` gave. */
  keysOf(authorizer: Authorizer): TokenKeys {
    const keys = this.#keys.get(authorizer) ?? new TokenKeys(authorizer);
    this.#keys.set(authorizer, keys);
    return keys;
  }

  /** In the order of their names. */
  list(): Authorizer[] {
    return [...this.#byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Asked for clients that name none. */
  get default(): Authorizer | undefined {
    return this.#defaultName === undefined ? undefined : this.#byName.get(this.#defaultName);
  }

  create(definition: AuthorizerDefinition): Promise<AuthorizerResult> {
    return this.#inTurn(async () => {
      const { name } = definition;
      if (this.#byName.has(name)) {
        return refuse("exists", `there is an authorizer "${name}" already`);
      }
      if (this.#byName.size >= limits.authorizersMax) {
        return refuse("invalid", `there are ${limits.authorizersMax} authorizers`);
      }
      const nowMs = this.#options.clock.now();
      return this.#change({ ...definition, createdAtMs: nowMs, changedAtMs: nowMs });
    });
  }

  /** What is absent stays as it is. */
  update(name: string, change: AuthorizerChange): Promise<AuthorizerResult> {
    return this.#inTurn(async () => {
      const former = this.#byName.get(name);
      if (!former) return missing(name);
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      const changed = { ...former, ...Object.fromEntries(given) };
      return this.#change({ ...changed, changedAtMs: this.#options.clock.now() });
    });
  }

  /** Only one that is not in use: neither active nor the default. */
  delete(name: string): Promise<AuthorizerResult> {
    return this.#inTurn(async () => {
      const authorizer = this.#byName.get(name);
      if (!authorizer) return missing(name);
      if (this.#defaultName === name) {
        return refuse("conflict", `the authorizer "${name}" is the default one`);
      }
      if (authorizer.status === "ACTIVE") {
        return refuse("conflict", `the authorizer "${name}" is active: make it INACTIVE first`);
      }
      await this.#store(name, undefined);
      this.#byName.delete(name);
      return { ok: true, authorizer };
    });
  }

  /** `undefined`: none is the default any more. Answers with the one that is, or was. */
  setDefault(name: string | undefined): Promise<AuthorizerResult> {
    return this.#inTurn(async () => {
      const former = this.default;
      const authorizer = name === undefined ? former : this.#byName.get(name);
      if (!authorizer) return name === undefined ? noDefault : missing(name);
      if (name !== undefined && former && former.name !== name) {
        return refuse("exists", `the authorizer "${former.name}" is the default one already`);
      }
      await this.#put(defaultKey, name);
      this.#defaultName = name;
      return { ok: true, authorizer };
    });
  }

  /** One change at a time, in the order in which they came. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined); // told to whoever asked for the change
    return result;
  }

  async #change(authorizer: Authorizer): Promise<AuthorizerResult> {
    const reason = authorizerProblem(authorizer) ?? this.#tooManyActive(authorizer);
    if (reason) return refuse("invalid", reason);
    await this.#store(authorizer.name, authorizer);
    this.#byName.set(authorizer.name, authorizer);
    return { ok: true, authorizer };
  }

  #tooManyActive({ name, status }: Authorizer): string | undefined {
    if (status !== "ACTIVE") return undefined;
    const others = this.list().filter((one) => one.status === "ACTIVE" && one.name !== name);
    return others.length < limits.activeMax
      ? undefined
      : `there are ${limits.activeMax} active authorizers`;
  }

  #store(name: string, authorizer: Authorizer | undefined): Promise<void> {
    const definition = this.#options.definitions.find((one) => one.name === name);
    if (!definition && !authorizer) return this.#put(name, undefined);
    const record: AuthorizerRecord = {
      ...(definition && { template: JSON.stringify(definition) }),
      ...(authorizer && { authorizer }),
    };
    return this.#put(name, JSON.stringify(record));
  }

  #put(key: string, text: string | undefined): Promise<void> {
    const value = text === undefined ? undefined : utf8(text);
    const changes = [{ space, key: utf8(key), value }];
    return this.#options.records.update([], () => ({ changes, result: undefined }));
  }
}

function readRecord(text: string | undefined): AuthorizerRecord | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as AuthorizerRecord);
}

function refuse(kind: AuthorizerProblem["kind"], reason: string): AuthorizerResult {
  return { ok: false, problem: { kind, reason } };
}

function missing(name: string): AuthorizerResult {
  return refuse("missing", `there is no authorizer "${name}"`);
}

const noDefault = refuse("missing", "there is no default authorizer");
