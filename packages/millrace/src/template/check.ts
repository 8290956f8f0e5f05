/**
 * Checks a resolved value against a schema: kind, required, choice, pattern, bounds.
 *
 * A number where a text belongs becomes its text, and the text of a number or boolean becomes
 * that, as CloudFormation does; only where both readings agree, so `0123` wants quotes.
 */

import { suggest, unreachable } from "../base/mod.ts";
import {
  kindOf,
  listAt,
  type MapNode,
  mapAt,
  plainValue,
  type ScalarNode,
  scalarAt,
  type TemplateNode,
} from "./nodes.ts";
import type { Problems } from "./problems.ts";
import {
  any,
  choice,
  type DictionarySchema,
  type ListSchema,
  type NumberSchema,
  type ObjectSchema,
  object,
  required,
  type Schema,
  type TextSchema,
  type TypedSchema,
  type ValueOf,
} from "./schema.ts";

/** The checked value; `undefined` when it, or something required in it, is not as it must be. */
export function check<S extends Schema>(
  schema: S,
  node: TemplateNode,
  problems: Problems,
): ValueOf<S> | undefined {
  return new Checker(problems).value(schema, node) as ValueOf<S> | undefined;
}

class Checker {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  value(schema: Schema, node: TemplateNode): unknown {
    if (node.kind === "unknown") return undefined;
    switch (schema.kind) {
      case "text":
        return this.#text(schema, node);
      case "number":
        return this.#number(schema, node);
      case "boolean":
        return this.#boolean(node);
      case "list":
        return this.#list(schema, node);
      case "dictionary":
        return this.#dictionary(schema, node);
      case "object":
        return this.#object(schema, node);
      case "typed":
        return this.#typed(schema, node);
      case "any":
        if (schema.numbersAsWritten) this.#checkNumbers(node);
        return plainValue(node);
      default:
        return unreachable(schema);
    }
  }

  #text(schema: TextSchema, node: TemplateNode): string | undefined {
    if (node.kind !== "scalar") return this.#wrongKind(node, "a text");
    const value = String(node.value);
    if (typeof node.value !== "string" && value !== node.written) return this.#misread(node);
    if (schema.oneOf && !schema.oneOf.includes(value)) {
      const hint = suggest(value, schema.oneOf);
      return this.#refuse(node, `'${value}' is not one of ${schema.oneOf.join(", ")}${hint}`);
    }
    if (schema.pattern && !schema.pattern.test(value)) {
      return this.#refuse(node, `'${value}' is not ${schema.form ?? `like ${schema.pattern}`}`);
    }
    return value;
  }

  #misread(node: ScalarNode): undefined {
    const { written, value } = node;
    return this.#refuse(
      node,
      `'${written}' is read as ${value}: put it in quotes to make it a text`,
    );
  }

  #checkNumbers(node: TemplateNode): void {
    if (node.kind === "list") for (const item of node.items) this.#checkNumbers(item);
    if (node.kind === "map") for (const entry of node.entries.values()) this.#checkNumbers(entry);
    if (node.kind !== "scalar" || typeof node.value !== "number") return;
    if (String(node.value) !== node.written) this.#misread(node);
  }

  #number(schema: NumberSchema, node: TemplateNode): number | undefined {
    const wanted = schema.whole ? "a whole number" : "a number";
    if (node.kind !== "scalar" || typeof node.value === "boolean") {
      return this.#wrongKind(node, wanted);
    }
    const value = Number(node.value);
    const isWanted = schema.whole ? Number.isInteger(value) : Number.isFinite(value);
    if (!isWanted || String(node.value).trim() === "") {
      return this.#refuse(node, `'${node.value}' is not ${wanted}`);
    }
    if (value < schema.min || value > schema.max) {
      return this.#refuse(node, `${value} is not between ${schema.min} and ${schema.max}`);
    }
    return value;
  }

  #boolean(node: TemplateNode): boolean | undefined {
    if (node.kind !== "scalar") return this.#wrongKind(node, "true or false");
    if (typeof node.value === "boolean") return node.value;
    if (node.value === "true" || node.value === "false") return node.value === "true";
    return this.#refuse(node, `'${node.value}' is not true or false`);
  }

  #list(schema: ListSchema, node: TemplateNode): unknown[] | undefined {
    if (node.kind !== "list" && !schema.single) return this.#wrongKind(node, "a list");
    const items = node.kind === "list" ? node.items : [node];
    if (items.length < schema.countMin || items.length > schema.countMax) {
      const least = `at least ${schema.countMin}`;
      const bounds =
        schema.countMax === Number.POSITIVE_INFINITY
          ? least
          : `${schema.countMin} to ${schema.countMax}`;
      return this.#refuse(node, `${items.length} items where ${bounds} are allowed`);
    }
    const values = items.map((item) => this.value(schema.items, item));
    return values.includes(undefined) ? undefined : values;
  }

  #dictionary(schema: DictionarySchema, node: TemplateNode): object | undefined {
    if (node.kind !== "map") return this.#wrongKind(node, "a map");
    const values: [string, unknown][] = [];
    for (const [key, entry] of node.entries) {
      if (schema.keyPattern && !schema.keyPattern.test(key)) {
        this.#problems.report(entry.keyPlace, `'${key}' is not a valid name here`);
      }
      values.push([key, this.value(schema.values, entry)]);
    }
    return values.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(values);
  }

  #object(schema: ObjectSchema, node: TemplateNode): object | undefined {
    if (node.kind === "scalar" && schema.scalar) {
      const { scalar, scalarOnly, ...listed } = schema;
      const meant = Object.entries(schema.scalar(node.value));
      return this.#object(
        listed,
        mapAt(
          node,
          new Map(
            meant.map(([name, value]) => [
              name,
              typeof value === "string"
                ? scalarAt(node, value)
                : listAt(
                    node,
                    value.map((one) => scalarAt(node, one)),
                  ),
            ]),
          ),
        ),
      );
    }
    if (node.kind !== "map") return this.#wrongKind(node, "a map");
    this.#refuseUnlisted(schema, node);
    const value: Record<string, unknown> = {};
    let complete = true;
    for (const [name, member] of Object.entries(schema.members)) {
      const entry = node.entries.get(name);
      const checked = entry && this.value(member, entry);
      if (checked !== undefined) value[name] = checked;
      else if (member.required || entry) complete = false;
      if (member.required && !entry) {
        this.#problems.report(node.keyPlace, `the property '${name}' is missing`);
      }
    }
    if (schema.exactlyOne && node.entries.size !== 1) {
      const names = Object.keys(schema.members).join(", ");
      return this.#refuse(node, `exactly one of ${names} is needed, here are ${node.entries.size}`);
    }
    return complete ? value : undefined;
  }

  #typed(schema: TypedSchema, node: TemplateNode): object | undefined {
    const type = node.kind === "map" ? node.entries.get("Type") : undefined;
    const name = type?.kind === "scalar" ? String(type.value) : "";
    const properties = Object.hasOwn(schema.cases, name) ? schema.cases[name] : undefined;
    const frame = object({
      Type: required(choice(...Object.keys(schema.cases))),
      Properties: properties ?? any(),
    });
    const value = this.#object(frame, node) as Record<string, unknown> | undefined;
    if (!value || !properties || node.kind !== "map" || value.Properties) return value;
    return { ...value, Properties: this.#object(properties, mapAt(node, new Map())) ?? {} };
  }

  #refuseUnlisted(schema: ObjectSchema, node: MapNode): void {
    const { members, scalarOnly = [], open = false } = schema;
    const names = Object.keys(members).filter((name) => !scalarOnly.includes(name));
    for (const [key, entry] of node.entries) {
      if (names.includes(key)) continue;
      const hint = suggest(key, names);
      if (open && hint === "") continue;
      this.#problems.report(entry.keyPlace, `the property '${key}' is not supported here${hint}`);
    }
  }

  #wrongKind(node: TemplateNode, wanted: string): undefined {
    return this.#refuse(node, `${wanted} is needed, not ${kindOf(node)}`);
  }

  #refuse(node: TemplateNode, message: string): undefined {
    this.#problems.report(node.place, message);
    return undefined;
  }
}
