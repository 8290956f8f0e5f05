/** What a target gets of an event: the event, a part of it, something made of it, or a constant. */

import type { EventValue } from "../../../patterns/mod.ts";
import type { TargetDefinition, TransformerDefinition } from "../definition.ts";
import { type BusEvent, timeText } from "../event.ts";
import { busLimits } from "../limits.ts";
import { readPath } from "./path.ts";
import { headOf, readTemplate, reservedNames, type Template } from "./template.ts";
import { textOfValue } from "./value-text.ts";

/** Where an event meets a target. */
export interface Occasion {
  readonly event: BusEvent;
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly acceptedAtMs: number;
}

/** Always JSON, but for a template that is plain text; `undefined`: more than a target takes. */
export type TargetInput = (occasion: Occasion) => string | undefined;

/** A problem with a member of the target, by the target's own name for it. */
export interface InputProblem {
  readonly member: "input" | "inputPath" | "transformer";
  readonly path?: readonly string[];
  readonly message: string;
}

type InputResult = { readonly ok: true; readonly input: TargetInput } | ProblemResult;
type ProblemResult = { readonly ok: false; readonly problem: InputProblem };

/** How the target's input is made, or what is wrong with what it says of that. */
export function readInput(target: TargetDefinition): InputResult {
  const { input, inputPath, transformer } = target;
  const given = [input, inputPath, transformer].filter((one) => one !== undefined);
  if (given.length > 1) {
    const member = transformer ? "transformer" : "inputPath";
    return no(member, "only one of Input, InputPath and InputTransformer may be given");
  }
  if (input !== undefined) return readConstant(input);
  if (inputPath !== undefined) return readPart(inputPath);
  if (transformer) return readTransformer(transformer);
  return { ok: true, input: ({ event }) => event.text };
}

function readConstant(text: string): InputResult {
  const { inputCharactersMax } = busLimits;
  if (text.length > inputCharactersMax) {
    return no("input", `the input has ${text.length} of ${inputCharactersMax} characters`);
  }
  try {
    JSON.parse(text);
  } catch {
    return no("input", "the input is not JSON"); // JSON.parse has no other way to say no
  }
  return { ok: true, input: () => text };
}

function readPart(text: string): InputResult {
  const path = readPath(text);
  if (!path) return no("inputPath", `"${text}" is no path like $.detail.items[0]`);
  return { ok: true, input: ({ event }) => textOfValue(path.find(event.value) ?? null) };
}

function readTransformer({ paths, template: text }: TransformerDefinition): InputResult {
  const { inputPathsMax, inputCharactersMax } = busLimits;
  const names = Object.keys(paths);
  if (names.length > inputPathsMax) {
    return no("transformer", `there are ${names.length} of ${inputPathsMax} paths`, "paths");
  }
  const found = new Map(names.map((name) => [name, readPath(paths[name]!)]));
  for (const [name, path] of found) {
    if (!/^[\w-]{1,256}$/.test(name)) {
      return no("transformer", `"${name}" is no name of a path: A-Z a-z 0-9 _ -`, "paths");
    }
    if (/^aws\./i.test(name)) return no("transformer", `"${name}" is reserved`, "paths");
    if (path) continue;
    return no("transformer", `"${paths[name]}" is no path like $.detail.items[0]`, "paths", name);
  }
  if (text.length < 1 || text.length > inputCharactersMax) {
    const message = `the template has ${text.length} characters, not 1 to ${inputCharactersMax}`;
    return no("transformer", message, "template");
  }
  const template = readTemplate(text);
  if ("problem" in template) return no("transformer", template.problem, "template");
  const unknown = template.names.find((name) => !found.has(name) && !reservedNames.has(name));
  if (unknown !== undefined) {
    return no("transformer", `<${unknown}> of the template is none of the paths`, "template");
  }
  const find = (name: string, occasion: Occasion) =>
    found.has(name) ? found.get(name)!.find(occasion.event.value) : reserved(name, occasion);
  return { ok: true, input: (occasion) => fillOnce(template, (name) => find(name, occasion)) };
}

/** Finds each value once, however often the template names it. */
function fillOnce(
  template: Template,
  find: (name: string) => EventValue | undefined,
): string | undefined {
  const values = new Map<string, EventValue | undefined>();
  return template.fill((name) => {
    if (!values.has(name)) values.set(name, find(name));
    return values.get(name);
  });
}

function reserved(name: string, occasion: Occasion): EventValue {
  const { event, ruleName, ruleArn, acceptedAtMs } = occasion;
  switch (name) {
    case "aws.events.rule-arn":
      return ruleArn;
    case "aws.events.rule-name":
      return ruleName;
    case "aws.events.event.ingestion-time":
      return timeText(acceptedAtMs);
    case "aws.events.event":
      return headOf(event.value);
    default:
      return event.value;
  }
}

function no(
  member: InputProblem["member"],
  message: string,
  ...path: readonly string[]
): ProblemResult {
  return { ok: false, problem: { member, message, ...(path.length > 0 && { path }) } };
}
