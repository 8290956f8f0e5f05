/**
 * `AWS::Lambda::Alias`: a name that leads to a version of a function, or to two by their weights.
 *
 * Of the versions it takes those of this template, by `Fn::GetAtt`, and `$LATEST`: the numbers are
 * given once they are published.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { integer, list, number, object, required, text, type ValueOf } from "../../schema.ts";
import { functionArn } from "./function-members.ts";
import {
  aliasOf,
  aliasType,
  findBareFunction,
  latest,
  targetName,
  writtenOf,
} from "./function-reference.ts";
import { findVersion, versionType } from "./lambda-version.ts";

export const aliasName = text({
  pattern: /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/,
  form: "an alias: 1 to 128 of A-Z a-z 0-9 _ -, and not digits alone",
});

const frame = {
  type: aliasType,
  nameProperty: "FunctionName",
  scopeProperty: "Name",
  defaultName: stackAndLogicalId,
  ref: aliasArn,
  attributes: { AliasArn: aliasArn },
};

/**
 * What SAM makes of `AutoPublishAlias`, so that its logical id and `!Ref Function.Alias` can be
 * referred to. The function stands for it.
 */
export const impliedAlias = defineResource({
  ...frame,
  properties: object({ FunctionName: required(text()), Name: required(text()) }),
  build() {},
});

const properties = object({
  FunctionName: required(text()),
  Name: required(aliasName),
  FunctionVersion: required(text()),
  Description: text({ pattern: /^.{0,256}$/s, form: "a text of at most 256 characters" }),
  RoutingConfig: object({
    AdditionalVersionWeights: list(
      object({ FunctionVersion: required(text()), FunctionWeight: required(number(0, 1)) }),
      { max: 1 },
    ),
  }),
  ProvisionedConcurrencyConfig: object({
    ProvisionedConcurrentExecutions: required(integer(1, 1000)),
  }),
});

type Alias = Resource<ValueOf<typeof properties>>;

export const lambdaAlias = defineResource({
  ...frame,
  properties,
  build(resource, draft) {
    const { properties: given, report } = resource;
    const target = findBareFunction(draft, given.FunctionName);
    if (typeof target === "string") return report(["Properties", "FunctionName"], target);
    const { name } = target;
    const written = writtenOf(draft, name);
    if (!written) return;
    const isTaken =
      aliasOf(target) === given.Name || written.aliases.some((alias) => alias.name === given.Name);
    if (isTaken) {
      const message = `the function '${name}' has an alias '${given.Name}' already`;
      report(["Properties", "Name"], message);
    }
    const version = readVersion(resource, { name, draft, at: ["FunctionVersion"] });
    const { ProvisionedConcurrencyConfig: provisioned } = given;
    if (provisioned && version === latest) {
      const message = "'$LATEST' has nothing provisioned: lead the alias to a version";
      report(["Properties", "ProvisionedConcurrencyConfig"], message);
    }
    written.aliases.push({
      name: given.Name,
      description: given.Description,
      version: version ?? latest,
      weights: readWeights(resource, { name, draft, version }),
      provisioned: provisioned?.ProvisionedConcurrentExecutions,
    });
  },
});

interface Asked {
  /** Of the function. */
  readonly name: string;
  readonly draft: Draft;
  readonly at: Path;
}

/** The key of the version; `undefined`: there is none, which was reported. */
function readVersion(
  { properties: given, report }: Alias,
  { name, draft, at }: Asked,
  value = given.FunctionVersion,
): string | undefined {
  if (value === latest) return latest;
  const found = findVersion(draft, value);
  if (found && targetName(found) === name) return found.logicalId;
  const byArn = draft.find([versionType], value);
  if (byArn) {
    const message = `'Ref' gives a version's ARN: its number is !GetAtt ${byArn.logicalId}.Version`;
    report(["Properties", ...at], message);
    return undefined;
  }
  const wrong = found ? `is a version of '${targetName(found)}'` : "is no version of this template";
  report(["Properties", ...at], `'${value}' ${wrong}: give one with !GetAtt Version.Version`);
  return undefined;
}

interface Weighing {
  readonly name: string;
  readonly draft: Draft;
  /** That the alias leads to, where there is one. */
  readonly version: string | undefined;
}

function readWeights(
  resource: Alias,
  { name, draft, version }: Weighing,
): Record<string, number> | undefined {
  const [weight] = resource.properties.RoutingConfig?.AdditionalVersionWeights ?? [];
  if (!weight) return undefined;
  const at = ["RoutingConfig", "AdditionalVersionWeights", 0, "FunctionVersion"];
  const other = readVersion(resource, { name, draft, at }, weight.FunctionVersion);
  const isOther = other !== undefined && other !== latest;
  if (version === latest || other === latest) {
    resource.report(["Properties", ...at], "'$LATEST' does not share calls with a version");
  } else if (isOther && other === version) {
    resource.report(["Properties", ...at], "the alias leads to this version already");
  }
  return isOther ? { [other]: weight.FunctionWeight } : undefined;
}

function aliasArn(identity: Identity): string {
  return `${functionArn({ ...identity, name: targetName(identity) })}:${identity.scope}`;
}
