/**
 * Loads a SAM or CloudFormation template.
 *
 * The order: text, tree, parameters, conditions, declarations with `Globals`, what SAM implies,
 * properties (functions resolved, checked by schema, built), outputs. Every step goes on after a
 * problem; the application is given only when there is none.
 */

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errorText, suggest, WorldError } from "../base/mod.ts";
import type { Application } from "./application.ts";
import { buildResources } from "./build.ts";
import { type Conditions, readConditions } from "./conditions.ts";
import { readDeclarations } from "./declarations.ts";
import { createDependencies } from "./dependencies.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { readGlobals } from "./globals.ts";
import { limits } from "./limits.ts";
import { type Mappings, readMappings } from "./mappings.ts";
import { kindOf, type Place, type TemplateNode } from "./nodes.ts";
import { readOutputs } from "./outputs.ts";
import { isStoredValue, readParameters } from "./parameters.ts";
import { createProblems, type Problems, type TemplateProblem } from "./problems.ts";
import { catalog } from "./resources/catalog.ts";
import { impliedAlias } from "./resources/lambda/lambda-alias.ts";
import { declareImplied } from "./serverless.ts";
import { readSource } from "./source.ts";
import { type Constants, constantNames, constantsOf, createStack } from "./stack.ts";
import {
  createSurroundings,
  type Surroundings,
  stackNameOf,
  stackNamePattern,
} from "./surroundings.ts";

export interface TemplateOptions {
  /** Of the template; paths in it are relative to its folder. */
  readonly path: string;
  /** Values for `Parameters`, by name. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Absent: the name of the template's folder, or of the CDK's stack, made valid. */
  readonly stackName?: string;
}

export type TemplateResult =
  | { readonly ok: true; readonly application: Application }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

/**
 * The application, or every problem of the template in the order of its lines. Throws a
 * `WorldError` `TEMPLATE_NOT_READ` when the file cannot be read.
 */
export async function loadTemplate(options: TemplateOptions): Promise<TemplateResult> {
  let text: string;
  try {
    text = await readFile(options.path, "utf8");
  } catch (thrown) {
    const message = `the template '${options.path}' cannot be read: ${fileProblem(thrown)}`;
    throw new WorldError("TEMPLATE_NOT_READ", message, thrown);
  }
  return readTemplate(text, options);
}

/** What is said to somebody who may have come here first of all, without the system's own words. */
function fileProblem(thrown: unknown): string {
  const { code } = thrown as { code?: unknown };
  if (code === "ENOENT") return "there is no such file; 'millrace init' writes one to begin with";
  return code === "EISDIR" ? "it is a folder" : errorText(thrown);
}

/** As `loadTemplate`, of a text that was read already. */
export function readTemplate(text: string, options: TemplateOptions): TemplateResult {
  const problems = createProblems(options.path, text.replace(/^\uFEFF/, ""));
  const root = readSource(text.replace(/^\uFEFF/, ""), problems);
  const sections = root && readSections(root, problems);
  const application = sections && readApplication(sections, options, problems);
  const found = problems.all();
  return application && found.length === 0
    ? { ok: true, application }
    : { ok: false, problems: found };
}

type Sections = ReadonlyMap<string, TemplateNode>;

const sectionNames = [
  "AWSTemplateFormatVersion",
  "Transform",
  "Description",
  "Metadata",
  "Parameters",
  "Mappings",
  "Conditions",
  "Rules",
  "Globals",
  "Resources",
  "Outputs",
];
const transform = "AWS::Serverless-2016-10-31";
const formatVersion = "2010-09-09";
const start: Place = { line: 1, column: 1, path: "" };

function readSections(root: TemplateNode, problems: Problems): Sections | undefined {
  if (root.kind !== "map") {
    if (root.kind !== "unknown") {
      problems.report(root.place, `a template is a map of sections, not ${kindOf(root)}`);
    }
    return undefined;
  }
  for (const [name, node] of root.entries) {
    if (sectionNames.includes(name)) continue;
    const hint = suggest(name, sectionNames);
    problems.report(node.keyPlace, `the section '${name}' is not supported${hint}`);
  }
  const version = root.entries.get("AWSTemplateFormatVersion");
  if (version?.kind === "scalar" && version.written !== formatVersion) {
    problems.report(
      version.place,
      `the format version '${version.written}' is not ${formatVersion}`,
    );
  }
  return root.entries;
}

function readTransform(node: TemplateNode | undefined, problems: Problems): boolean {
  const items = node?.kind === "list" ? node.items : node ? [node] : [];
  for (const item of items) {
    if (item.kind === "unknown" || (item.kind === "scalar" && item.value === transform)) continue;
    const found = item.kind === "scalar" ? `'${item.value}'` : kindOf(item);
    problems.report(item.place, `the transform ${found} is not supported, only ${transform}`);
  }
  return items.length > 0;
}

function readApplication(
  sections: Sections,
  options: TemplateOptions,
  problems: Problems,
): Application {
  const path = resolve(options.path);
  const stackName = options.stackName ?? stackNameOf(path);
  if (!stackNamePattern.test(stackName)) {
    const rule = `letters, digits and hyphens, at most ${limits.stackNameLengthMax}`;
    problems.report(start, `the stack name '${stackName}' is not made of ${rule}`);
  }
  const surroundings = createSurroundings({ ...options, stackName });
  const types = new Map(catalog.map((type) => [type.type, type]));
  const dependencies = createDependencies();
  const { constants, mappings, conditions } = readConstants(sections, {
    given: options.parameters ?? {},
    surroundings,
    problems,
  });
  const condition = conditions.test;
  const serverless = readTransform(sections.get("Transform"), problems);
  const globals = readGlobals(sections.get("Globals"), catalog, problems);
  const declarations = readDeclarations(sections.get("Resources"), {
    types,
    globals,
    condition,
    problems,
    serverless,
  });
  const impliedTypes = new Map([...types, [impliedAlias.type, impliedAlias]]);
  const implying = { types: impliedTypes, globals, dependencies, problems };
  declareImplied(declarations, { ...implying, constants });

  const context = { declarations, dependencies, problems };
  const stack = createStack({ ...context, constants, surroundings, condition, mappings });
  const folder = dirname(path);
  const idle = [...readRules(sections.get("Rules"), problems), ...storedParameters(constants)];
  const built = buildResources({ ...context, types: catalog, stack, folder, idle });
  const evaluator = stack.evaluator();
  const outputs = readOutputs(sections.get("Outputs"), { evaluator, condition, problems });
  dependencies.reportCycles(problems);
  return { name: stackName, outputs, ...built };
}

/** Rules keep a stack from being made; they are not looked at, and each is named. */
function readRules(section: TemplateNode | undefined, problems: Problems): string[] {
  if (!section || section.kind === "unknown") return [];
  if (section.kind === "map") return [...section.entries.keys()].map((name) => `the rule ${name}`);
  problems.report(section.place, `'Rules' is a map, not ${kindOf(section)}`);
  return [];
}

function storedParameters(constants: Constants): string[] {
  const stored = [...constants].filter(([, value]) => isStoredValue(value));
  return stored.map(([name]) => `the parameter ${name} (there is no Parameter Store)`);
}

interface ConstantsContext {
  readonly given: Readonly<Record<string, string>>;
  readonly surroundings: Surroundings;
  readonly problems: Problems;
}

/** What is known before any resource is looked at. */
function readConstants(
  sections: Sections,
  { given, surroundings, problems }: ConstantsContext,
): { constants: Constants; mappings: Mappings; conditions: Conditions } {
  const mappings = readMappings(sections.get("Mappings"), problems);
  const parameters = readParameters(sections.get("Parameters"), given, problems);
  const constants = constantsOf(parameters, surroundings);
  const evaluator = (): Evaluator =>
    createEvaluator(constantNames(constants, conditions.test, problems), mappings, problems);
  const conditions = readConditions(sections.get("Conditions"), evaluator, problems);
  conditions.testAll();
  return { constants, mappings, conditions };
}
