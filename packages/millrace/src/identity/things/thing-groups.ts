/**
 * Groups of things: a tree of groups, each with things, attributes and policies.
 *
 * What a group's policies say counts for the certificates of its things and of those in groups
 * below it, while the client calls itself as its thing does. Groups that a query makes (dynamic
 * ones) and billing groups are not here.
 */

import { type Clock, newUuid, type Random } from "../../base/mod.ts";
import { registryLimits } from "../registry/limits.ts";
import { done, nothingMore, type Outcome, refused } from "../registry/outcome.ts";
import type { Shelves, ThingGroupRecord } from "../registry/records.ts";
import { type Attributes, attributesProblem, isSameAttributes, missingThing } from "./things.ts";

export interface ThingGroupsOptions {
  readonly shelves: Shelves;
  readonly clock: Clock;
  readonly random: Random;
  readonly arnOf: (groupName: string) => string;
}

export interface ThingGroupWish {
  readonly parentName?: string | undefined;
  readonly description?: string | undefined;
  readonly attributes?: Attributes | undefined;
}

export interface ThingGroupChange extends Omit<ThingGroupWish, "parentName"> {
  /** Attributes that are not named stay; else they go. */
  readonly merge?: boolean;
  readonly expectedVersion?: number | undefined;
}

export class ThingGroups {
  readonly #options: ThingGroupsOptions;

  constructor(options: ThingGroupsOptions) {
    this.#options = options;
  }

  get(name: string): ThingGroupRecord | undefined {
    return this.#options.shelves.thingGroups.get(name);
  }

  all(): Iterable<ThingGroupRecord> {
    return this.#options.shelves.thingGroups.values();
  }

  /** Of the thing itself, not those above them; in order. */
  groupsOf(thingName: string): string[] {
    return this.#options.shelves.groupMembers.leftsOf(thingName);
  }

  /** The group and those above it, the root last. */
  pathOf(name: string): ThingGroupRecord[] {
    const path: ThingGroupRecord[] = [];
    let group = this.get(name);
    while (group) {
      path.push(group);
      group = group.parentName === undefined ? undefined : this.get(group.parentName);
    }
    return path;
  }

  /** Whose parent it is. */
  childrenOf(name: string): ThingGroupRecord[] {
    return [...this.all()].filter(({ parentName }) => parentName === name);
  }

  /** With `below`, of the groups below it, too; each once. */
  thingsIn(name: string, { below }: { readonly below: boolean }): string[] {
    const things = new Set(this.#options.shelves.groupMembers.rightsOf(name));
    const groups = below ? this.childrenOf(name) : [];
    for (const child of groups) {
      for (const thing of this.thingsIn(child.name, { below })) things.add(thing);
    }
    return [...things].sort();
  }

  /** The ARNs of all groups whose policies count for the thing. */
  targetsOf(thingName: string): string[] {
    const paths = this.groupsOf(thingName).map((name) => this.pathOf(name));
    return [...new Set(paths.flat().map(({ name }) => this.#options.arnOf(name)))];
  }

  /** One that is there already and says the same is as good as made. */
  create(name: string, wish: ThingGroupWish): Promise<Outcome<ThingGroupRecord>> {
    const { shelves, clock, random, arnOf } = this.#options;
    const { thingGroups, ledger } = shelves;
    const { parentName, description, attributes = {} } = wish;
    return ledger.inTurn(async () => {
      const known = thingGroups.get(name);
      if (known) {
        const alike = known.parentName === parentName && known.description === description;
        if (alike && isSameAttributes(known.attributes, attributes)) return done(known);
        const there = { id: name, arn: arnOf(name) };
        return refused("exists", `The thing group "${name}" already exists and is another`, there);
      }
      const problem = attributesProblem(attributes, { hasType: true });
      if (problem !== undefined) return refused("invalid", problem);
      const misplaced = parentName === undefined ? undefined : this.#problemBelow(parentName);
      if (misplaced) return misplaced;
      if (thingGroups.size >= registryLimits.thingGroupsMax) {
        return refused("tooMany", "There are too many groups of things");
      }
      const facts = { name, id: newUuid(random), parentName, description, attributes };
      const made = { ...facts, version: 1, createdAtMs: clock.now() };
      await ledger.write(thingGroups.put(name, made));
      return done(made);
    });
  }

  /** Answers with the version that it has then. */
  update(name: string, change: ThingGroupChange): Promise<Outcome<number>> {
    const { thingGroups, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      const former = thingGroups.get(name);
      if (!former) return missingThingGroup(name);
      const outdated = versionProblem(former, change.expectedVersion);
      if (outdated) return outdated;
      const attributes = change.attributes
        ? { ...(change.merge && former.attributes), ...change.attributes }
        : former.attributes;
      const problem = attributesProblem(attributes, { hasType: true });
      if (problem !== undefined) return refused("invalid", problem);
      const description = change.description ?? former.description;
      const changed = { ...former, description, attributes, version: former.version + 1 };
      await ledger.write(thingGroups.put(name, changed));
      return done(changed.version);
    });
  }

  /** With its memberships and policies; not while there are groups below it. */
  delete(name: string, expectedVersion: number | undefined): Promise<Outcome<undefined>> {
    const { shelves, arnOf } = this.#options;
    const { thingGroups, groupMembers, attachments, ledger } = shelves;
    return ledger.inTurn(async () => {
      const former = thingGroups.get(name);
      if (!former) return nothingMore;
      const outdated = versionProblem(former, expectedVersion);
      if (outdated) return outdated;
      const [child] = this.childrenOf(name);
      if (child) return refused("invalid", `The thing group "${child.name}" is below "${name}"`);
      const arn = arnOf(name);
      await ledger.write(
        thingGroups.remove(name),
        ...groupMembers.rightsOf(name).map((thing) => groupMembers.part(name, thing)),
        ...attachments.leftsOf(arn).map((policy) => attachments.part(policy, arn)),
      );
      return nothingMore;
    });
  }

  /** Once is enough. A thing is in one group of a tree, and in ten at most. */
  add(name: string, thingName: string): Promise<Outcome<undefined>> {
    const { shelves, clock } = this.#options;
    const { thingGroups, things, groupMembers, ledger } = shelves;
    return ledger.inTurn(async () => {
      if (!thingGroups.has(name)) return missingThingGroup(name);
      if (!things.has(thingName)) return missingThing(thingName);
      if (groupMembers.of(name, thingName)) return nothingMore;
      const groups = this.groupsOf(thingName);
      const { groupsOfThingMax } = registryLimits;
      if (groups.length >= groupsOfThingMax) {
        return refused("tooMany", `The thing "${thingName}" is in ${groupsOfThingMax} groups`);
      }
      const root = this.pathOf(name).at(-1)?.name;
      const other = groups.find((group) => this.pathOf(group).at(-1)?.name === root);
      if (other !== undefined) {
        const message = `The thing "${thingName}" is in "${other}", which is in the same tree`;
        return refused("invalid", message);
      }
      await ledger.write(groupMembers.join(name, thingName, { atMs: clock.now() }));
      return nothingMore;
    });
  }

  /** One that is not in it is as good as out. */
  remove(name: string, thingName: string): Promise<Outcome<undefined>> {
    const { thingGroups, things, groupMembers, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      if (!thingGroups.has(name)) return missingThingGroup(name);
      if (!things.has(thingName)) return missingThing(thingName);
      if (groupMembers.of(name, thingName)) await ledger.write(groupMembers.part(name, thingName));
      return nothingMore;
    });
  }

  #problemBelow(parentName: string) {
    const path = this.pathOf(parentName);
    if (path.length === 0) return missingThingGroup(parentName);
    const { groupDepthMax, groupChildrenMax } = registryLimits;
    if (path.length >= groupDepthMax) {
      return refused("invalid", `"${parentName}" is ${groupDepthMax} groups deep, and no more go`);
    }
    if (this.childrenOf(parentName).length >= groupChildrenMax) {
      return refused("invalid", `"${parentName}" has ${groupChildrenMax} groups right below it`);
    }
    return undefined;
  }
}

export function missingThingGroup(name: string) {
  return refused("missing", `There is no thing group "${name}"`);
}

function versionProblem({ name, version }: ThingGroupRecord, expected: number | undefined) {
  if (expected === undefined || expected === version) return undefined;
  const message = `The thing group "${name}" is at version ${version}, not at ${expected}`;
  return refused("outdated", message);
}
