/** What a template comes to: the definitions that the other parts are built from. */

import type { BusDefinition, EventRuleDefinition } from "../events/mod.ts";
import type { FunctionDefinition, LayerDefinition, UrlDefinition } from "../functions/mod.ts";
import type { DistributionDefinition, HttpApiDefinition } from "../gateway/mod.ts";
import type {
  AccountProvider,
  AuthorizerDefinition,
  DeviceDefinitions,
  IdentityPoolDefinition,
  RoleDefinition,
} from "../identity/mod.ts";
import type { LogGroupDefinition } from "../logs/mod.ts";
import type { BucketDefinition } from "../objects/mod.ts";
import type { RuleDefinition, WantedDestination } from "../rules/mod.ts";
import type { ScalableTarget, ScalingPolicy, TableDefinition } from "../tables/mod.ts";
import type { TriggerDefinition } from "../triggers/mod.ts";
import type { Position } from "./problems.ts";

export interface Application {
  /** The stack's name. */
  readonly name: string;
  readonly functions: readonly FunctionDefinition[];
  readonly layers: readonly LayerDefinition[];
  /** Functions' own addresses. */
  readonly urls: readonly UrlDefinition[];
  readonly rules: readonly RuleDefinition[];
  /** URLs that rules may send to, once they are confirmed. */
  readonly destinations: readonly WantedDestination[];
  readonly tables: readonly TableDefinition[];
  /** Whose capacity is moved within bounds, and by what. */
  readonly scalableTargets: readonly (ScalableTarget & { readonly name: string })[];
  readonly scalingPolicies: readonly ScalingPolicy[];
  readonly apis: readonly HttpApiDefinition[];
  readonly distributions: readonly DistributionDefinition[];
  readonly buckets: readonly BucketDefinition[];
  /** Certificates, things, and the policies of both. */
  readonly devices: DeviceDefinitions;
  /** Explicit ones and those that SAM makes. */
  readonly roles: readonly RoleDefinition[];
  readonly identityPools: readonly IdentityPoolDefinition[];
  /** Of OpenID Connect. */
  readonly identityProviders: readonly AccountProvider[];
  readonly authorizers: readonly AuthorizerDefinition[];
  /** Who may invoke functions. */
  readonly permissions: readonly PermissionDefinition[];
  readonly logGroups: readonly LogGroupDefinition[];
  readonly eventBuses: readonly BusDefinition[];
  /** Rules of event buses, with their targets. */
  readonly eventRules: readonly EventRuleDefinition[];
  /** Streams of tables that call functions. */
  readonly triggers: readonly TriggerDefinition[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What is accepted but not enforced or does nothing here, in a sentence each. */
  readonly notes: readonly string[];
  /**
   * Where things stand in the template, for problems that show only at assembly. Keys:
   * `function:<name>`, `function:<name>:handler`, `rule:<name>`, `rule:<name>:<property>` (e.g.
   * `rule:<name>:actions[1].republish.topic`), `table:<name>`, `bucket:<name>`, `api:<name>`,
   * `distribution:<name>`, `policy:<name>`, `role:<name>:<policy>:<index of the statement>`,
   * `trigger:<id>`, and those of `deviceKey`.
   */
  readonly positions: ReadonlyMap<string, TextPosition>;
}

/** A position whose text can be counted through. */
export interface TextPosition extends Position {
  /**
   * The position of the character at `offset` (from 0) of the text that stands here. Where YAML
   * folds, escapes or a function makes the text, that is the position of its beginning.
   */
  at(offset: number): Position;
}

export interface PermissionDefinition {
  readonly functionName: string;
  /** The alias that may be invoked; absent: the function as it is now. */
  readonly qualifier?: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  /** Of a function's URL: `NONE` or `AWS_IAM`. */
  readonly urlAuthType?: string;
  /** For calls through the function's URL alone; absent: however they come. */
  readonly viaUrl?: boolean;
}
