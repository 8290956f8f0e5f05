/** Types of things: a thing with one may have more attributes. A type goes once it has rested. */

import { type Clock, newUuid, type Random } from "../../base/mod.ts";
import { registryLimits } from "../registry/limits.ts";
import { done, nothingMore, type Outcome, refused } from "../registry/outcome.ts";
import type { Shelves, ThingTypeRecord } from "../registry/records.ts";

export interface ThingTypesOptions {
  readonly shelves: Shelves;
  readonly clock: Clock;
  readonly random: Random;
  readonly arnOf: (typeName: string) => string;
}

export interface ThingTypeWish {
  readonly description?: string | undefined;
  readonly searchableAttributes?: readonly string[] | undefined;
}

export class ThingTypes {
  readonly #options: ThingTypesOptions;

  constructor(options: ThingTypesOptions) {
    this.#options = options;
  }

  get(name: string): ThingTypeRecord | undefined {
    return this.#options.shelves.thingTypes.get(name);
  }

  all(): Iterable<ThingTypeRecord> {
    return this.#options.shelves.thingTypes.values();
  }

  /** One that is there already and says the same is as good as made. */
  create(name: string, wish: ThingTypeWish): Promise<Outcome<ThingTypeRecord>> {
    const { shelves, clock, random, arnOf } = this.#options;
    const { thingTypes, ledger } = shelves;
    const { description, searchableAttributes = [] } = wish;
    return ledger.inTurn(async () => {
      const known = thingTypes.get(name);
      if (known) {
        const sameNames = known.searchableAttributes.join() === searchableAttributes.join();
        if (sameNames && known.description === description) return done(known);
        const there = { id: name, arn: arnOf(name) };
        return refused("exists", `The thing type "${name}" already exists and is another`, there);
      }
      const problem = wishProblem(wish);
      if (problem) return refused("invalid", problem);
      const id = newUuid(random);
      const made = { name, id, description, searchableAttributes, createdAtMs: clock.now() };
      await ledger.write(thingTypes.put(name, made));
      return done(made);
    });
  }

  deprecate(name: string, { undo }: { readonly undo: boolean }): Promise<Outcome<undefined>> {
    const { shelves, clock } = this.#options;
    const { thingTypes, ledger } = shelves;
    return ledger.inTurn(async () => {
      const former = thingTypes.get(name);
      if (!former) return missingThingType(name);
      const deprecatedAtMs = undo ? undefined : (former.deprecatedAtMs ?? clock.now());
      await ledger.write(thingTypes.put(name, { ...former, deprecatedAtMs }));
      return nothingMore;
    });
  }

  /** Five minutes after it was deprecated, and once no thing is of it. */
  delete(name: string): Promise<Outcome<undefined>> {
    const { shelves, clock } = this.#options;
    const { thingTypes, things, ledger } = shelves;
    return ledger.inTurn(async () => {
      const former = thingTypes.get(name);
      if (!former) return missingThingType(name);
      const { deprecatedAtMs = Number.POSITIVE_INFINITY } = former;
      if (clock.now() < deprecatedAtMs + registryLimits.typeRestMs) {
        const message = `The thing type "${name}" can go five minutes after it was deprecated`;
        return refused("invalid", message);
      }
      for (const thing of things.values()) {
        if (thing.typeName !== name) continue;
        return refused("invalid", `The thing "${thing.name}" is of the type "${name}"`);
      }
      await ledger.write(thingTypes.remove(name));
      return nothingMore;
    });
  }
}

export function missingThingType(name: string) {
  return refused("missing", `There is no thing type "${name}"`);
}

function wishProblem({ description = "", searchableAttributes = [] }: ThingTypeWish) {
  const { searchableAttributesMax, typeDescriptionCharactersMax } = registryLimits;
  if (searchableAttributes.length > searchableAttributesMax) {
    const { length } = searchableAttributes;
    return `There are ${length} of at most ${searchableAttributesMax} searchable attributes`;
  }
  if (description.length > typeDescriptionCharactersMax) {
    return `The description has more than ${typeDescriptionCharactersMax} characters`;
  }
  return undefined;
}
