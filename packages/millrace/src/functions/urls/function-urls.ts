/**
 * The addresses of functions: those of the template, and those that the API has made, which are
 * kept in the function's entry. An alias of a function has an address of its own. Changes take
 * turns with those of the function, so that no address is made for one that goes meanwhile.
 */

import { memberOf } from "../../base/mod.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { latest, versionOf } from "../catalogue/resolve.ts";
import { type ControlError, good, type Result, refuse } from "../control/errors.ts";
import type { Turns } from "../control/turns.ts";
import { type FunctionUrl, functionUrlId, type UrlDefinition, type UrlSettings } from "./url.ts";

export interface FunctionUrlsContext {
  readonly definitions: readonly UrlDefinition[];
  readonly catalogue: Catalogue;
  readonly turns: Turns;
  readonly region: string;
  readonly accountId: string;
  readonly now: () => number;
  readonly startedAtMs: number;
  /** Whether there is such a function. */
  readonly has: (functionName: string) => boolean;
}

export class FunctionUrls {
  readonly #context: FunctionUrlsContext;
  /** By id; absent after a change. */
  #byId: ReadonlyMap<string, FunctionUrl> | undefined;

  constructor(context: FunctionUrlsContext) {
    this.#context = context;
  }

  /** `undefined`: nobody has this address, or its function or alias is gone. */
  find(id: string): FunctionUrl | undefined {
    this.#byId ??= new Map(this.list().map((url) => [url.id, url]));
    const url = this.#byId.get(id);
    if (!url || url.ofTemplate) return url;
    const { functionName, qualifier = latest } = url;
    const entry = this.#context.catalogue.get(functionName);
    const isThere = memberOf(entry.urls ?? {}, qualifier) && versionOf(entry, qualifier);
    return isThere ? url : undefined;
  }

  /** All of them, those of the template first. */
  list(): FunctionUrl[] {
    const { definitions, catalogue, startedAtMs } = this.#context;
    const fixed = definitions.map(({ functionName, qualifier, settings }) => ({
      ...this.#named(functionName, qualifier),
      ...settings,
      createdMs: startedAtMs,
      lastModifiedMs: startedAtMs,
      ofTemplate: true,
    }));
    const made = catalogue.entries.flatMap(({ name, urls = {} }) =>
      Object.entries(urls).map(([at, stored]) => {
        const qualifier = at === latest ? undefined : at;
        return { ...this.#named(name, qualifier), ...stored, ofTemplate: false };
      }),
    );
    const taken = new Set(fixed.map(({ id }) => id));
    return [...fixed, ...made.filter(({ id }) => !taken.has(id))];
  }

  of(functionName: string, qualifier: string | undefined): Result<FunctionUrl> {
    const { id } = this.#named(functionName, qualifier);
    const url = this.list().find((one) => one.id === id);
    return url ? good(url) : refuse("not-found", missing);
  }

  create(
    functionName: string,
    qualifier: string | undefined,
    settings: UrlSettings,
  ): Promise<Result<FunctionUrl>> {
    return this.#context.turns.take(functionName, async () => {
      if (this.of(functionName, qualifier).ok) {
        const arn = this.#arnOf(functionName, qualifier);
        return refuse(
          "conflict",
          `Failed to create function url config for [functionArn = ${arn}]. Error message:  ` +
            "FunctionUrlConfig exists for this Lambda function",
        );
      }
      return this.#put(functionName, qualifier, settings);
    });
  }

  /** What is not named stays as it is. */
  update(
    functionName: string,
    qualifier: string | undefined,
    changes: Partial<UrlSettings>,
  ): Promise<Result<FunctionUrl>> {
    return this.#context.turns.take(functionName, async () => {
      const known = this.#changeable(functionName, qualifier);
      return known.ok ? this.#put(functionName, qualifier, { ...known.value, ...changes }) : known;
    });
  }

  delete(functionName: string, qualifier: string | undefined): Promise<ControlError | undefined> {
    return this.#context.turns.take(functionName, () => this.#remove(functionName, qualifier));
  }

  async #remove(
    functionName: string,
    qualifier: string | undefined,
  ): Promise<ControlError | undefined> {
    const known = this.#changeable(functionName, qualifier);
    if (!known.ok) return known.error;
    this.#byId = undefined;
    const error = await this.#context.catalogue.change(functionName, (entry) => {
      const { [qualifier ?? latest]: gone, ...urls } = entry.urls ?? {};
      return { entry: { ...entry, urls } };
    });
    this.#byId = undefined;
    return error;
  }

  async #put(
    functionName: string,
    qualifier: string | undefined,
    { signed, streamed, cors }: UrlSettings,
  ): Promise<Result<FunctionUrl>> {
    const { has, catalogue, now } = this.#context;
    if (!has(functionName))
      return refuse("not-found", `Function not found: ${this.#arnOf(functionName)}`);
    const at = qualifier ?? latest;
    const error = await catalogue.change(functionName, (entry) => {
      if (!versionOf(entry, at)) {
        const message = `Function not found: ${this.#arnOf(functionName, at)}`;
        return { error: { kind: "not-found", message } };
      }
      const createdMs = memberOf(entry.urls ?? {}, at)?.createdMs ?? now();
      const stored = { signed, streamed, cors, createdMs, lastModifiedMs: now() };
      return { entry: { ...entry, urls: { ...entry.urls, [at]: stored } } };
    });
    this.#byId = undefined;
    return error ? { ok: false, error } : this.of(functionName, qualifier);
  }

  #changeable(functionName: string, qualifier: string | undefined): Result<FunctionUrl> {
    const known = this.of(functionName, qualifier);
    if (!known.ok || !known.value.ofTemplate) return known;
    const message = `The URL of "${functionName}" is the template's: it is changed there`;
    return refuse("conflict", message);
  }

  #arnOf(functionName: string, qualifier?: string): string {
    const { accountId, region } = this.#context;
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
    return qualifier === undefined ? arn : `${arn}:${qualifier}`;
  }

  #named(functionName: string, qualifier: string | undefined) {
    const { accountId, region } = this.#context;
    return {
      id: functionUrlId({ accountId, region, functionName, qualifier }),
      functionName,
      qualifier,
    };
  }
}

const missing = "The resource you requested does not exist.";
