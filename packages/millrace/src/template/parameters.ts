/**
 * The section `Parameters` and the values given for them.
 *
 * A given value wins over `Default`; one of them must be there, and it must meet the parameter's
 * own rules. The value of a `NoEcho` parameter is in no message. A parameter whose value is in the
 * Parameter Store (the CDK's `BootstrapVersion` is one) may be there, but nothing can refer to it.
 */

import { suggest } from "../base/mod.ts";
import { check } from "./check.ts";
import { kindOf, type MapNode, type Place, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";
import { boolean, choice, integer, list, object, required, text, type ValueOf } from "./schema.ts";

export type ParameterValue = string | readonly string[] | StoredValue;

/** A value that cannot be had, and what is said where something refers to it. */
export interface StoredValue {
  readonly problem: string;
}

const storedTypes = [
  "AWS::SSM::Parameter::Value<String>",
  "AWS::SSM::Parameter::Value<CommaDelimitedList>",
  "AWS::SSM::Parameter::Value<List<String>>",
] as const;

/** Their values are separated by commas, and `Ref` gives a list of texts. */
const listTypes = ["CommaDelimitedList", "List<Number>"] as const;

/** `undefined` is the value of a parameter about which a problem was reported. */
export type Parameters = ReadonlyMap<string, ParameterValue | undefined>;

const decimal = { pattern: /^-?\d+(\.\d+)?$/, form: "a number" };
const lengthMax = 4_096;

const parameterSchema = object({
  Type: required(choice("String", "Number", ...listTypes, ...storedTypes)),
  Default: text(),
  AllowedValues: list(text(), { min: 1 }),
  AllowedPattern: text(),
  ConstraintDescription: text(),
  Description: text(),
  MinLength: integer(0, lengthMax),
  MaxLength: integer(0, lengthMax),
  MinValue: text(decimal),
  MaxValue: text(decimal),
  NoEcho: boolean(),
});

type ParameterRules = ValueOf<typeof parameterSchema>;

/** The values by name; a value that is given for no parameter is a problem, too. */
export function readParameters(
  section: TemplateNode | undefined,
  given: Readonly<Record<string, string>>,
  problems: Problems,
): Parameters {
  const declared = section?.kind === "map" ? section.entries : new Map<string, TemplateNode>();
  if (section && section.kind !== "map" && section.kind !== "unknown") {
    problems.report(section.place, `'Parameters' is a map, not ${kindOf(section)}`);
  }
  for (const name of Object.keys(given).filter((name) => !declared.has(name))) {
    const place = section?.keyPlace ?? { line: 1, column: 1, path: "" };
    const hint = suggest(name, declared.keys());
    problems.report(place, `a value is given for '${name}', which is no parameter${hint}`);
  }
  const values = new Map<string, ParameterValue | undefined>();
  for (const [name, node] of declared) {
    const rules = check(parameterSchema, node, problems);
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    values.set(
      name,
      rules && chooseValue({ name, rules, node: node as MapNode, given: own }, problems),
    );
  }
  return values;
}

interface Parameter {
  readonly name: string;
  readonly rules: ParameterRules;
  readonly node: MapNode;
  readonly given: string | undefined;
}

function chooseValue(parameter: Parameter, problems: Problems): ParameterValue | undefined {
  const { name, rules, node, given } = parameter;
  if (isStored(rules.Type)) {
    const problem = `the value of '${name}' is in the Parameter Store, which is not there`;
    return { problem: `${problem}: make it a parameter of type String` };
  }
  const value = given ?? rules.Default;
  if (value === undefined) {
    const advice = `give it with --parameter ${name}=VALUE`;
    problems.report(
      node.keyPlace,
      `the parameter '${name}' has no value and no default: ${advice}`,
    );
    return undefined;
  }
  const atDefault = node.entries.get("Default")?.place;
  const place = given === undefined && atDefault ? atDefault : node.keyPlace;
  const isList = listTypes.some((one) => one === rules.Type);
  const values = isList ? value.split(",").map((v) => v.trim()) : [value];
  const pattern = compilePattern(rules, node, problems);
  for (const one of values) checkValue({ name, rules, value: one, place, pattern }, problems);
  return isList ? values : value;
}

/** Whether the value is in the Parameter Store. */
export function isStoredValue(value: ParameterValue | undefined): value is StoredValue {
  return typeof value === "object" && "problem" in value;
}

function isStored(type: ParameterRules["Type"]): boolean {
  return storedTypes.some((one) => one === type);
}

/** The whole value must match, as in Java's `matches`. */
function compilePattern(
  rules: ParameterRules,
  node: MapNode,
  problems: Problems,
): RegExp | undefined {
  if (rules.AllowedPattern === undefined) return undefined;
  try {
    return new RegExp(`^(?:${rules.AllowedPattern})$`, "u");
  } catch {
    // The constructor has no other way to say that it cannot compile a pattern.
    const place = node.entries.get("AllowedPattern")!.place;
    problems.report(place, `'${rules.AllowedPattern}' is not a regular expression`);
    return undefined;
  }
}

interface GivenValue {
  readonly name: string;
  readonly rules: ParameterRules;
  readonly value: string;
  readonly place: Place;
  readonly pattern: RegExp | undefined;
}

function checkValue(parameter: GivenValue, problems: Problems): void {
  const { name, rules, value, place, pattern } = parameter;
  const report = (reason: string) => {
    const shown = rules.NoEcho ? "the value" : `'${value}'`;
    const why = rules.ConstraintDescription ? `: ${rules.ConstraintDescription}` : "";
    problems.report(place, `${shown} of the parameter '${name}' ${reason}${why}`);
  };
  if (rules.AllowedValues && !rules.AllowedValues.includes(value)) {
    report(`is not one of ${rules.AllowedValues.join(", ")}`);
  }
  if (pattern && !pattern.test(value)) report(`does not match ${rules.AllowedPattern}`);
  if (rules.Type.includes("Number") && !decimal.pattern.test(value)) report("is not a number");
  if (value.length < (rules.MinLength ?? 0)) report(`is shorter than ${rules.MinLength}`);
  if (value.length > (rules.MaxLength ?? lengthMax)) {
    report(`is longer than ${rules.MaxLength ?? lengthMax}`);
  }
  if (Number(value) < Number(rules.MinValue)) report(`is less than ${rules.MinValue}`);
  if (Number(value) > Number(rules.MaxValue)) report(`is more than ${rules.MaxValue}`);
}
