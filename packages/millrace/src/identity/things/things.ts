/**
 * Things: what is known of devices by name, and whose certificate is whose.
 *
 * A thing has attributes, perhaps a type, and a version that each change of these raises. It gives
 * no rights by itself: policies can ask for it once the principal that connects is attached to it.
 */

import { type Clock, newUuid, type Random } from "../../base/mod.ts";
import type { ContextKeys } from "../../policy/mod.ts";
import { registryLimits } from "../registry/limits.ts";
import { done, nothingMore, type Outcome, refused } from "../registry/outcome.ts";
import type { Shelves, ThingPrincipal, ThingRecord } from "../registry/records.ts";

export interface ThingsOptions {
  readonly shelves: Shelves;
  readonly clock: Clock;
  readonly random: Random;
  readonly arnOf: (thingName: string) => string;
  /** Why nothing can be attached to it; absent: something can. */
  readonly principalProblem: (principal: string) => string | undefined;
}

/** The thing that a connection is of. */
export interface ConnectionThing {
  readonly name: string;
  /** Its principal is attached to it and to no other, and said so. */
  readonly isExclusive: boolean;
}

export type Attributes = Readonly<Record<string, string>>;

export interface ThingWish {
  readonly typeName?: string | undefined;
  readonly attributes?: Attributes | undefined;
}

export interface ThingChange extends ThingWish {
  /** Attributes that are not named stay; else they go. */
  readonly merge?: boolean;
  readonly removeType?: boolean;
  readonly expectedVersion?: number | undefined;
}

const attributeText = /^[\w.,@/:#=[\]-]*$/;

export class Things {
  readonly #options: ThingsOptions;

  constructor(options: ThingsOptions) {
    this.#options = options;
  }

  get(name: string): ThingRecord | undefined {
    return this.#options.shelves.things.get(name);
  }

  all(): Iterable<ThingRecord> {
    return this.#options.shelves.things.values();
  }

  principalsOf(name: string): string[] {
    return this.#options.shelves.thingPrincipals.rightsOf(name);
  }

  thingsOf(principal: string): string[] {
    return this.#options.shelves.thingPrincipals.leftsOf(principal);
  }

  attachment(name: string, principal: string): ThingPrincipal | undefined {
    return this.#options.shelves.thingPrincipals.of(name, principal);
  }

  /** One that is there already and says the same is as good as made. */
  create(name: string, { typeName, attributes = {} }: ThingWish): Promise<Outcome<ThingRecord>> {
    const { shelves, clock, random, arnOf } = this.#options;
    const { things, ledger } = shelves;
    return ledger.inTurn(async () => {
      const known = things.get(name);
      if (known) {
        const same = known.typeName === typeName && isSameAttributes(known.attributes, attributes);
        if (same) return done(known);
        const there = { id: name, arn: arnOf(name) };
        return refused("exists", `The thing "${name}" already exists and is another`, there);
      }
      const problem = this.#problemOf({ typeName, attributes }, { typeIsNew: true });
      if (problem) return problem;
      const { thingsMax } = registryLimits;
      if (things.size >= thingsMax) {
        return refused("tooMany", `There are ${thingsMax} things, and no more fit`);
      }
      const id = newUuid(random);
      const made = { name, id, typeName, attributes, version: 1, createdAtMs: clock.now() };
      await ledger.write(things.put(name, made));
      return done(made);
    });
  }

  update(name: string, change: ThingChange): Promise<Outcome<undefined>> {
    const { things, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      const former = things.get(name);
      if (!former) return missingThing(name);
      const outdated = versionProblem(former, change.expectedVersion);
      if (outdated) return outdated;
      if (change.removeType && change.typeName !== undefined) {
        return refused("invalid", "A type cannot be given and removed at once");
      }
      const typeName = change.removeType ? undefined : (change.typeName ?? former.typeName);
      const attributes = change.attributes
        ? withoutEmpty({ ...(change.merge && former.attributes), ...change.attributes })
        : former.attributes;
      const typeIsNew = typeName !== former.typeName;
      const problem = this.#problemOf({ typeName, attributes }, { typeIsNew });
      if (problem) return problem;
      const changed = { ...former, typeName, attributes, version: former.version + 1 };
      await ledger.write(things.put(name, changed));
      return nothingMore;
    });
  }

  /** One that is not there is as good as deleted; one with principals stays. */
  delete(name: string, expectedVersion: number | undefined): Promise<Outcome<undefined>> {
    const { things, groupMembers, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      const former = things.get(name);
      if (!former) return nothingMore;
      const outdated = versionProblem(former, expectedVersion);
      if (outdated) return outdated;
      const [principal] = this.principalsOf(name);
      if (principal !== undefined) {
        const message = `The thing "${name}" is still attached to "${principal}"`;
        return refused("invalid", message);
      }
      const memberships = groupMembers.leftsOf(name).map((one) => groupMembers.part(one, name));
      await ledger.write(things.remove(name), ...memberships);
      return nothingMore;
    });
  }

  attach(
    name: string,
    principal: string,
    { exclusive }: ThingPrincipal,
  ): Promise<Outcome<undefined>> {
    const { shelves, principalProblem } = this.#options;
    const { things, thingPrincipals, ledger } = shelves;
    return ledger.inTurn(async () => {
      if (!things.has(name)) return missingThing(name);
      const problem = principalProblem(principal);
      if (problem !== undefined) return refused("missing", problem);
      const other = thingPrincipals.someLeftOf(principal, name);
      // Where there are several, none has it alone, so that one is as good as another.
      const isOwned = other !== undefined && this.attachment(other, principal)?.exclusive;
      if (other !== undefined && (isOwned || exclusive)) {
        const message = `"${principal}" is attached to the thing "${other}", and one of both alone`;
        return refused("invalid", message);
      }
      if (thingPrincipals.size >= registryLimits.attachmentsMax) {
        return refused("tooMany", "There are too many attachments of things");
      }
      await ledger.write(thingPrincipals.join(name, principal, { exclusive }));
      return nothingMore;
    });
  }

  detach(name: string, principal: string): Promise<Outcome<undefined>> {
    const { thingPrincipals, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      if (!this.attachment(name, principal)) {
        const message = `The thing "${name}" is not attached to "${principal}"`;
        return refused("missing", message);
      }
      await ledger.write(thingPrincipals.part(name, principal));
      return nothingMore;
    });
  }

  /** [IoT: exclusive things] */
  behindConnection(principal: string, clientId: string): ConnectionThing | undefined {
    const name = this.#behind(principal, clientId)?.name;
    if (name === undefined) return undefined;
    return { name, isExclusive: this.attachment(name, principal)?.exclusive === true };
  }

  /**
   * What policies see of the thing behind a connection: the one that is called as the client calls
   * itself, or the only one that the principal belongs to. [IoT: thing policy variables]
   */
  keysOf(principal: string, clientId: string): ContextKeys {
    const thing = this.#behind(principal, clientId);
    const prefix = "iot:Connection.Thing";
    if (!thing) return { [`${prefix}.ThingName`]: [], [`${prefix}.IsAttached`]: "false" };
    const attributes = Object.entries(thing.attributes).map(
      ([attribute, value]) => [`${prefix}.Attributes[${attribute}]`, value] as const,
    );
    return {
      [`${prefix}.ThingName`]: thing.name,
      [`${prefix}.ThingTypeName`]: thing.typeName ?? [],
      [`${prefix}.IsAttached`]: "true",
      ...Object.fromEntries(attributes),
    };
  }

  #behind(principal: string, clientId: string): ThingRecord | undefined {
    if (this.attachment(clientId, principal)) return this.get(clientId);
    const only = this.#options.shelves.thingPrincipals.someLeftOf(principal);
    const isOwn = only !== undefined && this.attachment(only, principal)?.exclusive;
    return isOwn ? this.get(only) : undefined;
  }

  #problemOf(
    { typeName, attributes }: { readonly typeName: string | undefined; attributes: Attributes },
    { typeIsNew }: { readonly typeIsNew: boolean },
  ) {
    const type =
      typeName === undefined ? undefined : this.#options.shelves.thingTypes.get(typeName);
    if (typeName !== undefined && typeIsNew) {
      if (!type) return refused("missing", `There is no thing type "${typeName}"`);
      if (type.deprecatedAtMs !== undefined) {
        return refused("invalid", `The thing type "${typeName}" is deprecated`);
      }
    }
    const problem = attributesProblem(attributes, { hasType: typeName !== undefined });
    return problem === undefined ? undefined : refused("invalid", problem);
  }
}

export function missingThing(name: string) {
  return refused("missing", `There is no thing "${name}"`);
}

function versionProblem({ name, version }: ThingRecord, expected: number | undefined) {
  if (expected === undefined || expected === version) return undefined;
  return refused("outdated", `The thing "${name}" is at version ${version}, not at ${expected}`);
}

/** What is wrong with the attributes, in a sentence. */
export function attributesProblem(
  attributes: Attributes,
  { hasType }: { readonly hasType: boolean },
): string | undefined {
  const entries = Object.entries(attributes);
  const limits = registryLimits;
  const most = hasType ? limits.attributesOfTypedThingMax : limits.attributesOfThingMax;
  if (entries.length > most) {
    const kind = hasType ? "with a type" : "without a type";
    return `There are ${entries.length} attributes, a thing ${kind} has at most ${most}`;
  }
  for (const [name, value] of entries) {
    const nameMax = limits.attributeNameCharactersMax;
    if (name === "" || name.length > nameMax || !attributeText.test(name)) {
      return `The attribute name "${name}" is not 1 to ${nameMax} of A-Z a-z 0-9 _.,@/:#=[]-`;
    }
    const valueMax = limits.attributeValueCharactersMax;
    if (value.length > valueMax || !attributeText.test(value)) {
      return `The value of "${name}" is not at most ${valueMax} of A-Z a-z 0-9 _.,@/:#=[]-`;
    }
  }
  return undefined;
}

/** An attribute without a value is taken away. */
function withoutEmpty(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
}

export function isSameAttributes(left: Attributes, right: Attributes): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
  );
}
