/**
 * What names stand for inside a stack: parameters, pseudo parameters, resources.
 *
 * Physical names may be made from other resources' names, so they are resolved when first asked
 * for; every reference is noted in `dependencies`, where circles are found afterwards.
 */

import { suggest } from "../base/mod.ts";
import { check } from "./check.ts";
import type { ConditionTest } from "./conditions.ts";
import type { Declaration } from "./declarations.ts";
import type { Dependencies } from "./dependencies.ts";
import { createEvaluator, type Evaluator, type Names } from "./evaluator.ts";
import type { Mappings } from "./mappings.ts";
import type { Place } from "./nodes.ts";
import { isStoredValue, type Parameters, type ParameterValue } from "./parameters.ts";
import type { Problems } from "./problems.ts";
import type { Identity } from "./resource-type.ts";
import { stageIdOf } from "./serverless.ts";
import { pseudoParameters, type Surroundings } from "./surroundings.ts";

export interface Stack {
  /** Resolves values that belong to the resource `owner`; absent: to the outputs. */
  evaluator(owner?: string): Evaluator;
  /** `undefined` when the name cannot be found out, which is reported. */
  identity(declaration: Declaration): Identity | undefined;
  /** The API whose stage SAM gives this logical id, unless a resource of the template has it. */
  ownerOfStage(logicalId: string): Declaration | undefined;
}

export interface StackContext {
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly constants: Constants;
  readonly surroundings: Surroundings;
  readonly condition: ConditionTest;
  readonly mappings: Mappings;
  readonly dependencies: Dependencies;
  readonly problems: Problems;
}

/** A stack whose names are resolved as they are asked for, each once. */
export function createStack(context: StackContext): Stack {
  const { mappings, problems } = context;
  const identities = new Map<string, Identity | undefined>();
  const stack: Stack = {
    evaluator: (owner) => createEvaluator(namesFor(owner, stack, context), mappings, problems),
    identity(declaration) {
      const { logicalId } = declaration;
      if (!identities.has(logicalId)) {
        identities.set(logicalId, undefined); // a name made from itself is found as a circle
        identities.set(logicalId, identify(declaration, stack, context));
      }
      return identities.get(logicalId);
    },
    ownerOfStage: (logicalId) => ownerOfStage(logicalId, context),
  };
  return stack;
}

function identify(
  declaration: Declaration,
  stack: Stack,
  { surroundings, problems }: StackContext,
): Identity | undefined {
  const { logicalId, type } = declaration;
  if (!type) return undefined;
  const given = textOf(type.nameProperty, declaration, stack, problems);
  const name =
    given === "absent"
      ? (declaration.name ?? type.defaultName(surroundings.stackName, logicalId))
      : given;
  const scope = textOf(type.scopeProperty, declaration, stack, problems);
  if (name === undefined || scope === undefined) return undefined;
  return { ...surroundings, logicalId, name, ...(scope !== "absent" && { scope }) };
}

/** What the property says; `undefined` when it cannot be found out, which is reported. */
function textOf(
  property: string | undefined,
  { logicalId, type, properties }: Declaration,
  stack: Stack,
  problems: Problems,
): string | undefined | "absent" {
  const schema = property === undefined ? undefined : type?.properties.members[property];
  const given = schema && properties?.entries.get(property!);
  const resolved = given && stack.evaluator(logicalId).resolve(given);
  return resolved && schema ? (check(schema, resolved, problems) as string | undefined) : "absent";
}

function namesFor(owner: string | undefined, stack: Stack, context: StackContext): Names {
  const { constants, problems } = context;
  return {
    condition: context.condition,
    isGenerated: (name) => generatedBy(name, context) !== undefined,
    ref(name, place) {
      if (constants.has(name)) return constantValue(name, place, context);
      const generated = generatedBy(name, context);
      if (generated) {
        const owning = refer(generated.logicalId, { owner, place }, context);
        const identity = owning && stack.identity(owning);
        const found = identity && generated.of(identity);
        if (typeof found === "object") problems.report(place, found.problem);
        return typeof found === "object" ? undefined : found;
      }
      const declaration = refer(name, { owner, place }, context);
      const identity = declaration && stack.identity(declaration);
      return identity && declaration.type?.ref(identity);
    },
    attribute(logicalId, attribute, place) {
      const declaration = refer(logicalId, { owner, place }, context);
      const type = declaration?.type;
      if (!declaration || !type) return undefined;
      if (!Object.hasOwn(type.attributes, attribute)) {
        const hint = suggest(attribute, Object.keys(type.attributes));
        const message = `the attribute '${attribute}' of ${type.type} is not supported${hint}`;
        problems.report(place, message);
        return undefined;
      }
      const identity = stack.identity(declaration);
      return identity && type.attributes[attribute]!(identity);
    },
  };
}

/** `Fn.Alias` is made by the resource `Fn`, if its type has such a thing, `AProdStage` by `A`. */
function generatedBy(name: string, context: StackContext) {
  const { declarations } = context;
  const dot = name.indexOf(".");
  if (dot <= 0) {
    const owner = ownerOfStage(name, context);
    return owner && { logicalId: owner.logicalId, of: owner.type!.generated!.Stage! };
  }
  const logicalId = name.slice(0, dot);
  const { generated = {} } = declarations.get(logicalId)?.type ?? {};
  const property = name.slice(dot + 1);
  return Object.hasOwn(generated, property) ? { logicalId, of: generated[property]! } : undefined;
}

function ownerOfStage(logicalId: string, { declarations }: StackContext): Declaration | undefined {
  if (declarations.has(logicalId)) return undefined;
  return [...declarations.values()].find((one) => stageIdOf(one) === logicalId);
}

interface Reference {
  /** The resource that refers; absent for an output. */
  readonly owner: string | undefined;
  readonly place: Place;
}

/** The resource of that name; `undefined`, with a problem reported, when there is none. */
function refer(
  name: string,
  { owner, place }: Reference,
  { declarations, constants, dependencies, problems }: StackContext,
): Declaration | undefined {
  const declaration = declarations.get(name);
  if (!declaration) {
    const hint = suggest(name, [...constants.keys(), ...declarations.keys()]);
    problems.report(place, `there is no parameter or resource '${name}'${hint}`);
    return undefined;
  }
  if (owner !== undefined) dependencies.add(owner, name, place);
  const { onlyFor } = declaration.type ?? {};
  const ownType = owner === undefined ? undefined : declarations.get(owner)?.type?.type;
  const isFor = onlyFor?.types.includes(ownType ?? "") && isWithin(place, onlyFor.property);
  if (onlyFor && !isFor) {
    problems.report(place, `'${name}' cannot be referred to here: ${onlyFor.because}`);
    return undefined;
  }
  if (declaration.disabledBy === undefined) return declaration;
  const because = `its condition '${declaration.disabledBy}' is false`;
  problems.report(place, `the resource '${name}' is not made, because ${because}`);
  return undefined;
}

/** Whether the place is in the value of a resource's property of that name, at whatever depth. */
function isWithin({ path }: Place, property: string): boolean {
  const below = path.slice(path.indexOf(".Properties.")).split(/[.[\]]+/);
  return below.includes(property);
}

/** Parameters and pseudo parameters by name. */
export type Constants = ReadonlyMap<string, ParameterValue | undefined>;

/** What `Ref` finds without looking at resources. */
export function constantsOf(parameters: Parameters, surroundings: Surroundings): Constants {
  return new Map<string, ParameterValue | undefined>([
    ...parameters,
    ...pseudoParameters(surroundings),
  ]);
}

/** The value of what is there; `undefined`, with a problem reported, where it cannot be had. */
function constantValue(
  name: string,
  place: Place,
  { constants, problems }: Pick<StackContext, "constants" | "problems">,
): string | readonly string[] | undefined {
  const value = constants.get(name);
  if (!isStoredValue(value)) return value;
  problems.report(place, value.problem);
  return undefined;
}

/** The names that conditions may use: no resource is among them. */
export function constantNames(
  constants: Constants,
  condition: ConditionTest,
  problems: Problems,
): Names {
  const refuse = (name: string, place: Place): undefined => {
    const hint = suggest(name, constants.keys());
    problems.report(place, `a condition can refer to parameters only, not to '${name}'${hint}`);
  };
  return {
    condition,
    isGenerated: () => false,
    ref: (name, place) =>
      constants.has(name)
        ? constantValue(name, place, { constants, problems })
        : refuse(name, place),
    attribute: (logicalId, _, place) => refuse(logicalId, place),
  };
}
