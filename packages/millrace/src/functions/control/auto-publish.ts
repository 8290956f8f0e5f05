/**
 * Versions that the template asks for: an alias leads to a version of what the function is now.
 *
 * Looked at at each start and after each reload. As with a deployment, a new version comes only of
 * a change, and what the API has done to the alias stays until then; what it has provisioned for it
 * stays until the template asks for another count. A version that a reload has made goes with the
 * next one, unless an alias leads to it or the API was answered with it: else each saved file would
 * leave a copy of the code. While a debugger may come, the alias leads to `$LATEST`, where it
 * listens.
 */

import { isDeepStrictEqual } from "node:util";
import type { Logger } from "../../base/mod.ts";
import { errorText, memberOf, WorldError } from "../../base/mod.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { AutoPublished } from "../catalogue/entry.ts";
import { latest, versionOf } from "../catalogue/resolve.ts";
import type { AutoPublish, FunctionDefinition } from "../definition.ts";
import type { StartProblem } from "../problems.ts";
import type { FunctionControl } from "./control.ts";
import { type FunctionDescription, revisionOf } from "./description.ts";
import { type ControlError, good, type Result } from "./errors.ts";
import type { FunctionSettings } from "./settings.ts";
import { WrittenPublisher } from "./written-versions.ts";

export interface AutoPublisherContext {
  readonly control: FunctionControl;
  readonly settings: FunctionSettings;
  readonly catalogue: Catalogue;
  readonly logger: Logger;
  /** Of the functions that have a port for debuggers. */
  readonly inspectors: readonly { readonly functionName: string }[];
}

type Published = FunctionDefinition & { readonly autoPublish: AutoPublish };

export class AutoPublisher {
  readonly #context: AutoPublisherContext;

  constructor(context: AutoPublisherContext) {
    this.#context = context;
  }

  /**
   * All versions, aliases and tags of the template; answers with what it cannot have. Rejects with
   * a `WorldError` when the machine fails.
   */
  async publishAll(definitions: readonly FunctionDefinition[]): Promise<StartProblem[]> {
    const problems: StartProblem[] = [];
    for (const definition of definitions) {
      const { name: functionName } = definition;
      const done = await this.#bringAbout(definition).catch((thrown) => {
        const text = `cannot publish function "${functionName}": ${errorText(thrown)}`;
        throw new WorldError("FUNCTION_NOT_PUBLISHED", text, thrown);
      });
      if (!done.ok) problems.push({ functionName, message: done.error.message });
    }
    return problems;
  }

  async #bringAbout(definition: FunctionDefinition): Promise<Result<string>> {
    await this.#keepTags(definition);
    const error = await new WrittenPublisher(this.#context).bringAbout(definition);
    if (error) return { ok: false, error };
    return isPublished(definition) ? this.#publish(definition) : this.#forget(definition);
  }

  /** The same for one function whose code is another now; what goes wrong is logged. */
  async republish(definition: FunctionDefinition): Promise<void> {
    if (!isPublished(definition)) return;
    await this.#republish(definition).catch((thrown) => {
      this.#tellUnpublished(definition.name, errorText(thrown));
    });
  }

  #tellUnpublished(name: string, reason: string): void {
    const fields = { function: name, reason };
    this.#context.logger.error("version not published, the alias stays", fields);
  }

  async #republish(definition: Published): Promise<void> {
    const { name } = definition;
    const { control, catalogue, logger } = this.#context;
    const before = catalogue.get(name).autoPublished?.version;
    const done = await this.#publish(definition, { passing: true });
    if (!done.ok) return this.#tellUnpublished(name, done.error.message);
    await control.dropPassing(name, done.value);
    if (done.value !== before) return;
    const error = await control.redeployLayered(name); // it may be a layer that was saved
    if (error) logger.error("version not reloaded", { function: name, reason: error.message });
  }

  /** As a deployment does: of tags that the template changes, nothing of what the API did stays. */
  async #keepTags({ name, tags = {} }: FunctionDefinition): Promise<void> {
    const { catalogue } = this.#context;
    const { templateTags: before = {} } = catalogue.get(name);
    if (isDeepStrictEqual(before, tags)) return;
    await catalogue.change(name, (entry) => {
      const others = Object.entries(entry.tags ?? {}).filter(
        ([key]) => !Object.hasOwn(before, key),
      );
      const all = { ...Object.fromEntries(others), ...tags };
      return { entry: { ...entry, tags: all, templateTags: tags } };
    });
  }

  /** The version that was found or made. */
  async #publish(definition: Published, { passing = false } = {}): Promise<Result<string>> {
    const { name, autoPublish } = definition;
    const { catalogue, control, settings, logger, inspectors } = this.#context;
    const now = await control.describe(name);
    if (!now.ok) return now;
    const inspected = inspectors.some(({ functionName }) => functionName === name);
    const state = inspected ? latest : stateOf(now.value, definition);
    const entry = catalogue.get(name);
    const last = entry.autoPublished;
    const isSame = last?.state === state && versionOf(entry, last.version) !== undefined;
    const version = isSame
      ? good(last.version)
      : await this.#newVersion(definition, { inspected, passing });
    if (!version.ok) return version;
    const { alias } = autoPublish;
    const wanted = { version: version.value, weights: {} };
    const known = memberOf(entry.aliases, alias);
    if (!known) {
      const made = await settings.createAlias(name, { name: alias, description: "", ...wanted });
      if (!made.ok) return made;
    } else if (!isSame || last.alias !== alias) {
      const changed = await settings.updateAlias(name, alias, wanted);
      if (!changed.ok) return changed;
    }
    await this.#leave(definition, last);
    const provisioned = await this.#provision(definition, last, inspected);
    const published = { alias, state, version: version.value, provisioned };
    if (isDeepStrictEqual(last, published)) return version;
    const error = await this.#keep(name, published);
    if (error) return { ok: false, error };
    if (!isSame) logger.info("alias leads to", { function: name, alias, version: version.value });
    return version;
  }

  async #newVersion(
    { name, autoPublish }: Published,
    { inspected, passing }: { readonly inspected: boolean; readonly passing: boolean },
  ): Promise<Result<string>> {
    if (inspected) return good(latest);
    const { description } = autoPublish;
    const published = await this.#context.control.publish(name, { description, passing });
    return published.ok ? good(published.value.version) : published;
  }

  /** An alias that the template does not name any more goes; one that it writes out now stays. */
  async #leave(
    { name, autoPublish, written }: FunctionDefinition,
    last: AutoPublished | undefined,
  ): Promise<void> {
    if (!last || last.alias === autoPublish?.alias) return;
    const { settings } = this.#context;
    const taken = written?.aliases.find((alias) => alias.name === last.alias);
    if (!taken) await settings.deleteAlias(name, last.alias);
    else if (last.provisioned && !taken.provisioned) await settings.provision(name, taken.name, 0);
  }

  async #forget(definition: FunctionDefinition): Promise<Result<string>> {
    const { name } = definition;
    const last = this.#context.catalogue.get(name).autoPublished;
    if (!last) return good(latest);
    await this.#leave(definition, last);
    const error = await this.#keep(name, undefined);
    return error ? { ok: false, error } : good(latest);
  }

  /**
   * What the template has got provisioned. More than this machine has room for is told, not
   * refused: calls run all the same, and the next start tries again.
   */
  async #provision(
    { name, autoPublish: { alias, provisioned = 0 } }: Published,
    last: AutoPublished | undefined,
    inspected: boolean,
  ): Promise<number> {
    const { settings, catalogue, logger } = this.#context;
    const count = inspected ? 0 : provisioned;
    const before = last?.alias === alias ? (last.provisioned ?? 0) : undefined;
    if (count === before) return count;
    if ((memberOf(catalogue.get(name).provisioned, alias) ?? 0) === count) return count;
    const error = await settings.provision(name, alias, count);
    if (!error) return count;
    logger.warn("concurrency not provisioned", { function: name, alias, reason: error.message });
    return before ?? 0;
  }

  #keep(name: string, autoPublished: AutoPublished | undefined): Promise<ControlError | undefined> {
    return this.#context.catalogue.change(name, (entry) => ({
      entry: { ...entry, autoPublished },
    }));
  }
}

function isPublished(definition: FunctionDefinition): definition is Published {
  return definition.autoPublish !== undefined;
}

/**
 * What, when it changes, asks for a new version; a text of the template's comes first. All
 * properties are those of the function's own resource: tags too, but not how its asynchronous calls
 * are tried, which SAM makes a resource of.
 */
function stateOf(now: FunctionDescription, { autoPublish, tags }: Published): string {
  const { codeMark, allProperties } = autoPublish;
  if (codeMark !== undefined) return revisionOf(["mark", codeMark, now.codeSha256]);
  const { asyncSettings, ...own } = now.definition;
  const { environment, memoryMegabytes } = own;
  const deciding = allProperties ? { ...own, tags } : { environment, memoryMegabytes };
  return revisionOf([now.codeSha256, deciding]);
}
