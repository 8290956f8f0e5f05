/**
 * Versions and aliases that the template writes out as resources of their own.
 *
 * Looked at at each start, as a deployment does: a version is made when its resource is new or says
 * something else, of what the function is then, and stays what it was. An alias is led again when
 * the template says something else of it; what the API has done to it stays until then. What the
 * template names no more goes: aliases first, then versions, unless another alias leads to them.
 */

import { isDeepStrictEqual } from "node:util";
import { memberOf } from "../../base/mod.ts";
import type { FunctionEntry, WrittenState } from "../catalogue/entry.ts";
import { latest, versionOf } from "../catalogue/resolve.ts";
import type { FunctionDefinition, WrittenAlias, WrittenVersion } from "../definition.ts";
import type { AutoPublisherContext } from "./auto-publish.ts";
import { revisionOf } from "./description.ts";
import { type ControlError, good, type Result, refuse } from "./errors.ts";

type Versions = WrittenState["versions"];
type Version = Versions[string];

const nothing: WrittenState = { versions: {}, aliases: {}, provisioned: {} };

export class WrittenPublisher {
  readonly #context: AutoPublisherContext;

  constructor(context: AutoPublisherContext) {
    this.#context = context;
  }

  /** `undefined`: all is as the template has it. Rejects when the machine fails. */
  async bringAbout(definition: FunctionDefinition): Promise<ControlError | undefined> {
    const { name, written } = definition;
    const { catalogue } = this.#context;
    const before = catalogue.get(name).written ?? nothing;
    const { versions: wanted = [], aliases: wantedAliases = [] } = written ?? {};
    const versions = await this.#publish(name, wanted, before);
    if (!versions.ok) return versions.error;
    const aliases = await this.#lead(name, wantedAliases, { versions: versions.value, before });
    if (!aliases.ok) return aliases.error;
    const led = aliases.value;
    await this.#clear(definition, before, { versions: versions.value, aliases: led.states });
    const had = Object.entries(before.provisioned).filter(([one]) => !led.created.includes(one));
    const provisioned = await this.#provision(name, Object.fromEntries(had), {
      ...countsOf(wanted, ({ key }) => versions.value[key]!.version),
      ...countsOf(wantedAliases, (alias) => alias.name),
    });
    const now = { versions: versions.value, aliases: led.states, provisioned };
    if (isDeepStrictEqual(now, before)) return undefined;
    return catalogue.change(name, (entry) => ({ entry: { ...entry, written: now } }));
  }

  /**
   * Each under its key: the version that was found or made. Whose it is is kept at once, so that
   * it goes with its resource even when this start fails over what comes after it.
   */
  async #publish(
    name: string,
    wanted: readonly WrittenVersion[],
    before: WrittenState,
  ): Promise<Result<Versions>> {
    const versions: Record<string, Version> = {};
    let owned = before.versions;
    for (const one of wanted) {
      const { key } = one;
      const found = await this.#findOrMake(name, one, before.versions);
      if (!found.ok) return found;
      const twin = Object.keys(versions).find((k) => versions[k]!.version === found.value.version);
      if (twin !== undefined) return refuse("invalid", oneVersion(twin, key));
      versions[key] = found.value;
      const old = memberOf(before.versions, key);
      if (old === found.value) continue;
      // What it replaces goes once all is done: until then it has a key that no resource has.
      const replaced = old && { [`${key} before, ${old.version}`]: old };
      owned = { ...owned, ...replaced, [key]: found.value };
      const written = { ...before, versions: owned };
      const error = await this.#context.catalogue.change(name, (entry) => ({
        entry: { ...entry, written },
      }));
      if (error) return { ok: false, error };
    }
    return good(versions);
  }

  async #findOrMake(
    name: string,
    { key, description, codeSha256 }: WrittenVersion,
    before: Versions,
  ): Promise<Result<Version>> {
    const { catalogue, control } = this.#context;
    const state = revisionOf([description ?? "", codeSha256 ?? ""]);
    const known = memberOf(before, key);
    const isThere = known && versionOf(catalogue.get(name), known.version) !== undefined;
    if (isThere && known.state === state) {
      const error = await control.deployMissing(name, known.version);
      return error ? refuse("invalid", unable(known.version, key, error.message)) : good(known);
    }
    const { lastVersion } = catalogue.get(name);
    const made = await control.publish(name, { description });
    if (!made.ok) return made;
    const { version } = made.value;
    const isNew = catalogue.get(name).lastVersion > lastVersion || isOwn(version, before);
    return good({ version, state, ...(!isNew && { adopted: true }) });
  }

  /** The digest of what was said of each alias, and the names of those that were not there. */
  async #lead(
    name: string,
    wanted: readonly WrittenAlias[],
    { versions, before }: { readonly versions: Versions; readonly before: WrittenState },
  ): Promise<Result<{ states: WrittenState["aliases"]; created: readonly string[] }>> {
    const { catalogue, settings, inspectors } = this.#context;
    const inspected = inspectors.some(({ functionName }) => functionName === name);
    const states: Record<string, string> = {};
    const created: string[] = [];
    for (const alias of wanted) {
      const { description = "" } = alias;
      const target = inspected ? { version: latest, weights: {} } : targetOf(alias, versions);
      const state = revisionOf([description, target]);
      states[alias.name] = state;
      const isKnown = memberOf(catalogue.get(name).aliases, alias.name) !== undefined;
      if (isKnown && before.aliases[alias.name] === state) continue;
      const put = isKnown
        ? await settings.updateAlias(name, alias.name, { description, ...target })
        : await settings.createAlias(name, { name: alias.name, description, ...target });
      if (!put.ok) return put;
      if (!isKnown) created.push(alias.name);
    }
    return good({ states, created });
  }

  /** An alias that `AutoPublishAlias` names now stays, with what the API has set for it. */
  async #clear(
    { name, autoPublish }: FunctionDefinition,
    before: WrittenState,
    { versions, aliases }: Pick<WrittenState, "versions" | "aliases">,
  ): Promise<void> {
    const { control, settings } = this.#context;
    for (const alias of Object.keys(before.aliases)) {
      const isNamed = Object.hasOwn(aliases, alias) || autoPublish?.alias === alias;
      if (!isNamed) await settings.deleteAlias(name, alias);
    }
    const kept = Object.values(versions).map(({ version }) => version);
    for (const { version } of Object.values(before.versions)) {
      // Refused, as it should be, where an alias of the API's leads to it.
      const isLeft = !kept.includes(version) && isOwn(version, before.versions);
      if (isLeft) await control.delete(name, version);
    }
  }

  /** More than this machine has room for is told, not refused, and asked for at the next start. */
  async #provision(
    name: string,
    before: WrittenState["provisioned"],
    wanted: WrittenState["provisioned"],
  ): Promise<WrittenState["provisioned"]> {
    const { catalogue, settings, logger } = this.#context;
    const done: Record<string, number> = {};
    for (const qualifier of new Set([...Object.keys(before), ...Object.keys(wanted)])) {
      const count = wanted[qualifier] ?? 0;
      const isThere = isQualifier(catalogue.get(name), qualifier);
      const error =
        isThere && before[qualifier] !== count
          ? await settings.provision(name, qualifier, count)
          : undefined;
      if (error) {
        const fields = { function: name, qualifier, reason: error.message };
        logger.warn("concurrency not provisioned", fields);
      } else if (count > 0) done[qualifier] = count;
    }
    return done;
  }
}

function isQualifier(entry: FunctionEntry, qualifier: string): boolean {
  return versionOf(entry, qualifier) !== undefined;
}

/** Whether a resource has made it, rather than found it. */
function isOwn(version: string, versions: Versions): boolean {
  return Object.values(versions).some((one) => one.version === version && !one.adopted);
}

function unable(version: string, key: string, why: string): string {
  return `version ${version} of "${key}" cannot run: ${why}; give its resource another name`;
}

function oneVersion(first: string, second: string): string {
  return (
    `"${first}" and "${second}" would be one version: ` +
    "the function has not changed between them"
  );
}

function targetOf({ version, weights = {} }: WrittenAlias, versions: Versions) {
  const numberOf = (key: string) => (key === latest ? latest : versions[key]!.version);
  const numbers = Object.entries(weights).map(([key, weight]) => [numberOf(key), weight]);
  return { version: numberOf(version), weights: Object.fromEntries(numbers) };
}

function countsOf<T extends { readonly provisioned?: number | undefined }>(
  wanted: readonly T[],
  qualifierOf: (one: T) => string,
): Record<string, number> {
  const asked = wanted.filter(({ provisioned }) => provisioned !== undefined);
  return Object.fromEntries(asked.map((one) => [qualifierOf(one), one.provisioned!]));
}
