/**
 * What a file of `resources/` says about one type of resource: what it may hold, what `Ref` and
 * `GetAtt` give, and how it becomes part of the application.
 */

import type { AsyncSettings, WrittenAlias, WrittenVersion } from "../functions/mod.ts";
import type { RouteDefinition } from "../gateway/mod.ts";
import type { NamedPolicy, RoleMapping } from "../identity/mod.ts";
import type { Application, TextPosition } from "./application.ts";
import type { TemplateNode } from "./nodes.ts";
import type { ApiAuthorizers } from "./resources/api-gateway/authorizers/authorizers.ts";
import type { ObjectSchema, Schema, ValueOf } from "./schema.ts";
import type { Surroundings } from "./surroundings.ts";

/** Enough of a resource to answer `Ref` and `GetAtt`. */
export interface Identity extends Surroundings {
  readonly logicalId: string;
  /** The physical name: the one given, else one made from the stack's name and the logical id. */
  readonly name: string;
  /** The value of the type's `scopeProperty`, where it is given. */
  readonly scope?: string;
}

export interface ResourceType<P extends ObjectSchema = ObjectSchema, M extends Schema = Schema> {
  /** As a template spells it. */
  readonly type: string;
  readonly properties: P;
  /** What `Metadata` may hold; absent: anything, without effect. */
  readonly metadata?: M;
  /** Properties that SAM's `Globals` may set, of those that are supported. */
  readonly globals?: readonly string[];
  /** The property that holds a name given by the author. */
  readonly nameProperty?: string;
  /** A property that the ARN is made with, besides the name: what the resource belongs to. */
  readonly scopeProperty?: string;
  /** Names are unique among all resources with the same word here, e.g. `table`. */
  readonly namespace?: string;
  /** What is unique in the namespace; absent: the name. */
  uniqueName?(identity: Identity): string;
  defaultName(stackName: string, logicalId: string): string;
  ref(identity: Identity): string;
  readonly attributes: Readonly<Record<string, (identity: Identity) => string>>;
  /** Who alone may refer to it, in which property; absent: everybody may. */
  readonly onlyFor?: {
    readonly types: readonly string[];
    readonly property: string;
    /** Why the others may not. */
    readonly because: string;
  };
  /** What `Ref` of `LogicalId.Name` gives: resources that SAM makes, by their documented names. */
  readonly generated?: Readonly<
    Record<string, (identity: Identity) => string | { readonly problem: string }>
  >;
  build(resource: Resource<ValueOf<P>, ValueOf<M>>, draft: Draft): void;
}

/** A step into the resource, from `Properties` or `Metadata` on. */
export type Path = readonly (string | number)[];

export interface Resource<P = unknown, M = unknown> {
  readonly identity: Identity;
  /** Checked against the schema. */
  readonly properties: P;
  readonly metadata: M | undefined;
  /** Reports a problem at the value there, or at what is nearest to it. */
  report(path: Path, message: string): void;
  /** Remembers where the value stands, under a key of `Application.positions`. */
  mark(key: string, path: Path): void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Of an HTTP API, which a resource of its own may say. */
export type StageSettings = Writable<
  Pick<Application["apis"][number], "throttle" | "routeThrottles" | "stageVariables">
>;

/** What a route leads to, under the id that its resource has. */
export interface Integration extends Omit<RouteDefinition, "method" | "path"> {
  readonly apiId: string;
  readonly called: { readonly identity: Identity; readonly qualifier?: string };
}

/** A part of the paths of a REST API, under its id; the root has no parent and an empty part. */
export interface PathResource {
  readonly apiId: string;
  readonly parentId?: string;
  readonly part: string;
}

type Growing<T> = T extends readonly (infer I)[] ? I[] : T;

/** The parts of the application that resources add to. */
export interface Parts {
  readonly functions: (Application["functions"][number] & {
    written?: {
      readonly versions: WrittenVersion[];
      readonly aliases: WrittenAlias[];
      readonly asyncSettings: Record<string, AsyncSettings>;
    };
  })[];
  readonly layers: Growing<Application["layers"]>;
  readonly urls: Growing<Application["urls"]>;
  readonly rules: Growing<Application["rules"]>;
  readonly destinations: Growing<Application["destinations"]>;
  readonly tables: Growing<Application["tables"]>;
  readonly scalableTargets: Growing<Application["scalableTargets"]>;
  readonly scalingPolicies: Growing<Application["scalingPolicies"]>;
  readonly apis: (Application["apis"][number] & {
    readonly routes: Growing<Application["apis"][number]["routes"]>;
    stage: string;
  } & StageSettings)[];
  readonly distributions: Growing<Application["distributions"]>;
  readonly buckets: Growing<Application["buckets"]>;
  readonly devices: {
    readonly [K in keyof Application["devices"]]: Growing<Application["devices"][K]>;
  };
  readonly roles: (Application["roles"][number] & { readonly policies: NamedPolicy[] })[];
  readonly identityPools: (Application["identityPools"][number] & {
    guestRoleArn?: string;
    memberRoleArn?: string;
    roleMappings?: readonly RoleMapping[];
  })[];
  readonly identityProviders: Growing<Application["identityProviders"]>;
  readonly authorizers: Growing<Application["authorizers"]>;
  readonly permissions: Growing<Application["permissions"]>;
  readonly logGroups: Growing<Application["logGroups"]>;
  readonly eventBuses: Growing<Application["eventBuses"]>;
  readonly eventRules: Growing<Application["eventRules"]>;
  readonly triggers: Growing<Application["triggers"]>;
  readonly positions: Map<string, TextPosition>;
}

/** The application while it is built. Types are built in the order of the catalog. */
export interface Draft extends Parts {
  /** The folder that paths in the template are relative to. */
  readonly folder: string;
  /** By id; routes are built after them. */
  readonly integrations: Map<string, Integration>;
  /** Of REST APIs, by id; methods are built after them. */
  readonly pathResources: Map<string, PathResource>;
  /** By the API's id; routes are built after them. */
  readonly apiAuthorizers: Map<string, ApiAuthorizers>;
  /** Of the template, by their ARNs. */
  readonly managedPolicies: Map<string, NamedPolicy>;
  /** By role: what its own policies come to, which AWS bounds for all of them together. */
  readonly inlineCharacters: Map<string, number>;
  /** Whether the first logical id is made after the second; known once all is built. */
  isAfter(logicalId: string, other: string): boolean;
  /** Said once, however often it is noted. */
  note(sentence: string): void;
  /** Runs once all is built, and only if nothing is wrong with any of it. */
  atEnd(check: () => void): void;
  /** Something that is checked but not enforced yet; all are named in one note. */
  noteNotEnforced(what: string): void;
  /** A setting that means nothing here; all are named in one note. */
  noteWithoutEffect(what: string): void;
  /** The resource of one of these types that meets the test, also when it could not be built. */
  findWhere(
    types: readonly string[],
    test: (identity: Identity, type: ResourceType) => boolean,
  ): Identity | undefined;
  /** All that meet the test, as `findWhere` has it, in the template's order. */
  allWhere(...args: Parameters<Draft["findWhere"]>): Identity[];
  /** The one whose `Ref`, or one of whose named attributes, is `value`. */
  find(
    types: readonly string[],
    value: string,
    attributes?: readonly string[],
  ): Identity | undefined;
}

/** Ties the schema's types to `build`, and forgets them for the catalog. */
export function defineResource<P extends ObjectSchema, M extends Schema = Schema>(
  type: ResourceType<P, M>,
): ResourceType {
  return type as unknown as ResourceType;
}

/** The default name of most types: `stack-LogicalId`. */
export function stackAndLogicalId(stackName: string, logicalId: string): string {
  return `${stackName}-${logicalId}`;
}

/** The node at the path, or the last one on the way there, and whether that is all the way. */
export function nodeAt(root: TemplateNode, path: Path): { node: TemplateNode; found: boolean } {
  let node = root;
  for (const step of path) {
    const next =
      node.kind === "map"
        ? node.entries.get(String(step))
        : node.kind === "list"
          ? node.items[Number(step)]
          : undefined;
    if (!next) return { node, found: false };
    node = next;
  }
  return { node, found: true };
}
