/**
 * The functions that give values. The functions of conditions are in `conditions.ts`; what neither
 * knows (`Fn::ImportValue`, `Fn::GetAZs`, `Fn::Cidr`, `Fn::Transform`, ...) is refused by name.
 */

import { toBase64, utf8 } from "../base/mod.ts";
import type { Evaluator } from "./evaluator.ts";
import { findInMap } from "./mappings.ts";
import {
  type CallNode,
  kindOf,
  listAt,
  placeInText,
  type ScalarNode,
  scalarAt,
  type TemplateNode,
  unknownAt,
} from "./nodes.ts";

/** `undefined` means `AWS::NoValue`; a failure is reported and gives an unknown node. */
export type ValueFunction = (call: CallNode, evaluator: Evaluator) => TemplateNode | undefined;

export const intrinsics: Readonly<Record<string, ValueFunction>> = {
  Ref: (call, evaluator) => {
    const name = literalText(call.argument, call, evaluator);
    if (name === undefined) return unknownAt(call);
    if (name === "AWS::NoValue") return undefined;
    const value = evaluator.names.ref(name, call.argument.place);
    if (value === undefined) return unknownAt(call);
    if (typeof value === "string") return scalarAt(call, value);
    return listAt(
      call,
      value.map((item) => scalarAt(call, item)),
    );
  },

  "Fn::GetAtt": (call, evaluator) => {
    const [logicalId, attribute] = attributeName(call, evaluator) ?? [];
    if (logicalId === undefined || attribute === undefined) return unknownAt(call);
    return textNode(call, evaluator.names.attribute(logicalId, attribute, call.argument.place));
  },

  "Fn::Sub": (call, evaluator) => {
    const [template, variables] =
      call.argument.kind === "list"
        ? (argumentsOf(call, evaluator, 2) ?? [])
        : [call.argument, undefined];
    if (template?.kind !== "scalar" || typeof template.value !== "string") {
      if (template && template.kind !== "unknown") {
        evaluator.problems.report(
          template.place,
          `'Fn::Sub' needs a text, not ${kindOf(template)}`,
        );
      }
      return unknownAt(call);
    }
    return textNode(call, substitute(template, readVariables(variables, evaluator), evaluator));
  },

  "Fn::Join": (call, evaluator) => {
    const [separator, list] = argumentsOf(call, evaluator, 2) ?? [];
    if (!separator || !list) return unknownAt(call);
    const between = evaluator.text(separator);
    const texts = evaluator.list(list)?.map(evaluator.text);
    if (between === undefined || !texts || texts.includes(undefined)) return unknownAt(call);
    return scalarAt(call, texts.join(between));
  },

  "Fn::Split": (call, evaluator) => {
    const [separator, source] = (argumentsOf(call, evaluator, 2) ?? []).map(evaluator.text);
    if (separator === undefined || source === undefined) return unknownAt(call);
    return listAt(
      call,
      source.split(separator).map((part) => scalarAt(call, part)),
    );
  },

  "Fn::Select": (call, evaluator) => {
    const [at, list] = argumentsOf(call, evaluator, 2) ?? [];
    const index = at && evaluator.text(at);
    const items = list && evaluator.list(list);
    if (!at || index === undefined || !items) return unknownAt(call);
    const selected = /^\d+$/.test(index) ? items[Number(index)] : undefined;
    if (selected) return selected;
    const message = `'Fn::Select' has no item ${index} among ${items.length}`;
    evaluator.problems.report(at.place, message);
    return unknownAt(call);
  },

  "Fn::FindInMap": (call, evaluator) => {
    const keys = (argumentsOf(call, evaluator, 3) ?? []).map((argument) => ({
      place: argument.place,
      text: evaluator.text(argument),
    }));
    return findInMap(keys, evaluator) ?? unknownAt(call);
  },

  "Fn::Base64": (call, evaluator) => {
    const source = evaluator.text(call.argument);
    return textNode(call, source === undefined ? undefined : toBase64(utf8(source)));
  },

  "Fn::If": (call, evaluator) => {
    const [name, whenTrue, whenFalse] = argumentsOf(call, evaluator, 3) ?? [];
    const condition = name && literalText(name, call, evaluator);
    if (condition === undefined || !whenTrue || !whenFalse) return unknownAt(call);
    const holds = evaluator.names.condition(condition, name!.place);
    if (holds === undefined) return unknownAt(call);
    return evaluator.resolve(holds ? whenTrue : whenFalse);
  },
};

/** The arguments of a function that takes a list of so many, unresolved. */
export function argumentsOf(
  call: CallNode,
  evaluator: Pick<Evaluator, "problems">,
  count: number,
): readonly TemplateNode[] | undefined {
  const { argument, name } = call;
  if (argument.kind === "unknown") return undefined;
  if (argument.kind === "list" && argument.items.length === count) return argument.items;
  const found = argument.kind === "list" ? `${argument.items.length}` : kindOf(argument);
  evaluator.problems.report(argument.place, `'${name}' takes a list of ${count}, not ${found}`);
  return undefined;
}

/** A text that stands in the template as it is, without functions. */
export function literalText(
  node: TemplateNode,
  call: CallNode,
  evaluator: Pick<Evaluator, "problems">,
): string | undefined {
  if (node.kind === "scalar" && typeof node.value === "string") return node.value;
  if (node.kind === "scalar") {
    const message = `'${node.written}' is read as ${node.value}: put it in quotes`;
    evaluator.problems.report(node.place, `${message} to make it a text`);
  } else if (node.kind !== "unknown") {
    evaluator.problems.report(node.place, `'${call.name}' takes a name, not ${kindOf(node)}`);
  }
  return undefined;
}

function textNode(call: CallNode, text: string | undefined): TemplateNode {
  return text === undefined ? unknownAt(call) : scalarAt(call, text);
}

/** `Name.Attribute`, or the two in a list. */
function attributeName(call: CallNode, evaluator: Evaluator): [string, string] | undefined {
  if (call.argument.kind === "list") {
    const [logicalId, attribute] = argumentsOf(call, evaluator, 2) ?? [];
    const id = logicalId && literalText(logicalId, call, evaluator);
    const name = attribute && evaluator.text(attribute);
    return id === undefined || name === undefined ? undefined : [id, name];
  }
  const text = literalText(call.argument, call, evaluator);
  const dot = text?.indexOf(".") ?? 0;
  if (text !== undefined && dot > 0) return [text.slice(0, dot), text.slice(dot + 1)];
  if (text !== undefined) {
    evaluator.problems.report(call.argument.place, `'${text}' is not like 'Resource.Attribute'`);
  }
  return undefined;
}

type Variables = ReadonlyMap<string, string | undefined>;

/** The second argument of `Fn::Sub`; a value that could not be resolved is there as `undefined`. */
function readVariables(node: TemplateNode | undefined, evaluator: Evaluator): Variables {
  if (!node || node.kind === "unknown") return new Map();
  if (node.kind === "map") {
    return new Map([...node.entries].map(([name, value]) => [name, evaluator.text(value)]));
  }
  evaluator.problems.report(node.place, `'Fn::Sub' takes a map of values, not ${kindOf(node)}`);
  return new Map();
}

/** Replaces `${Name}` and `${Resource.Attribute}`; `${!Literal}` becomes `${Literal}`. */
function substitute(
  template: ScalarNode,
  variables: Variables,
  evaluator: Evaluator,
): string | undefined {
  let failed = false;
  const result = String(template.value).replace(/\$\{([^}]*)\}/g, (_, name: string, at: number) => {
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    const value = variables.has(name)
      ? variables.get(name)
      : lookUp(name, placeInText(template, at), evaluator);
    if (value === undefined) failed = true;
    return value ?? "";
  });
  return failed ? undefined : result;
}

function lookUp(
  name: string,
  place: ReturnType<typeof placeInText>,
  evaluator: Evaluator,
): string | undefined {
  if (!/^[A-Za-z0-9_.:]+$/.test(name)) {
    const advice = `write '\${!${name}}' to keep it as it is`;
    evaluator.problems.report(place, `'\${${name}}' is not a name for 'Fn::Sub': ${advice}`);
    return undefined;
  }
  const dot = name.indexOf(".");
  if (dot > 0 && !evaluator.names.isGenerated(name)) {
    return evaluator.names.attribute(name.slice(0, dot), name.slice(dot + 1), place);
  }
  const value = evaluator.names.ref(name, place);
  if (value === undefined || typeof value === "string") return value;
  evaluator.problems.report(place, `'${name}' is a list, which 'Fn::Sub' cannot insert`);
  return undefined;
}
