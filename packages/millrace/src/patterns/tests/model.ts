/**
 * Patterns, slowly and obviously: the event as a list of its leaves, each with its path and the
 * elements of lists that it is in; a pattern as every way to choose between alternatives. A match
 * is a leaf for each field such that no two of them are in different elements of one list.
 *
 * It takes only patterns that are right, and knows nothing of how `tree.ts` goes about it.
 */

import { JsonNumber } from "../../base/mod.ts";
import type { EventObject, EventValue, Scalar } from "../event.ts";

interface Leaf {
  readonly path: string;
  readonly value: Scalar;
  /** Of each list that holds a map which holds the leaf: its place and which element. */
  readonly elements: ReadonlyMap<string, number>;
}

interface Wish {
  readonly path: string;
  readonly list: readonly EventValue[];
}

export function modelMatches(pattern: EventValue, event: EventValue): boolean {
  const leaves: Leaf[] = [];
  collect(event, { path: [], place: "", elements: new Map(), pending: new Map() }, leaves);
  return ways(pattern as EventObject, []).some((wishes) => satisfied(wishes, leaves, []));
}

interface Visit {
  readonly path: readonly string[];
  readonly place: string;
  readonly elements: ReadonlyMap<string, number>;
  /** Elements that count once a map is found in them. */
  readonly pending: ReadonlyMap<string, number>;
}

function collect(value: EventValue, visit: Visit, leaves: Leaf[]): void {
  const { path, place, elements, pending } = visit;
  if (Array.isArray(value)) {
    for (const [index, element] of (value as EventValue[]).entries()) {
      const inner = { ...visit, place: `${place}[${index}]` };
      collect(element, { ...inner, pending: new Map([...pending, [place, index]]) }, leaves);
    }
  } else if (typeof value === "object" && value !== null && !(value instanceof JsonNumber)) {
    const all = new Map([...elements, ...pending]);
    for (const [name, member] of Object.entries(value as EventObject)) {
      const inner = { path: [...path, name], place: `${place}/${JSON.stringify(name)}` };
      collect(member, { ...inner, elements: all, pending: new Map() }, leaves);
    }
  } else leaves.push({ path: JSON.stringify(path), value: value as Scalar, elements });
}

/** Every set of fields that would do. */
function ways(pattern: EventObject, path: readonly string[]): Wish[][] {
  let found: Wish[][] = [[]];
  for (const [name, value] of Object.entries(pattern)) {
    const inner = [...path, name];
    const more =
      name === "$or" && isOr(value) ? value.flatMap((one) => ways(one, path)) : undefined;
    const those =
      more ?? (isArray(value) ? [[wish(inner, value)]] : ways(value as EventObject, inner));
    found = found.flatMap((left) => those.map((right) => [...left, ...right]));
  }
  return found;
}

function wish(path: readonly string[], list: readonly EventValue[]): Wish {
  return { path: JSON.stringify(path), list };
}

const types = /^(prefix|suffix|equals-ignore-case|wildcard|anything-but|numeric|cidr|exists)$/;

function isOr(value: EventValue | undefined): value is readonly EventObject[] {
  const isMap = (one: EventValue) =>
    typeof one === "object" && one !== null && !isArray(one) && !(one instanceof JsonNumber);
  if (!isArray(value) || value.length < 2 || !value.every(isMap)) return false;
  return !value.some((one) => Object.keys(one as EventObject).some((name) => types.test(name)));
}

function isArray(value: EventValue | undefined): value is readonly EventValue[] {
  return Array.isArray(value);
}

function satisfied(wishes: readonly Wish[], leaves: readonly Leaf[], taken: Leaf[]): boolean {
  const [next, ...rest] = wishes;
  if (!next) return true;
  const here = leaves.filter(({ path }) => path === next.path);
  if (here.length === 0 && next.list.some(wantsNone)) return satisfied(rest, leaves, taken);
  return here.some(
    (leaf) =>
      next.list.some((one) => holds(one, leaf.value)) &&
      taken.every((other) => agree(leaf, other)) &&
      satisfied(rest, leaves, [...taken, leaf]),
  );
}

function agree(left: Leaf, right: Leaf): boolean {
  return [...left.elements].every(
    ([place, index]) => (right.elements.get(place) ?? index) === index,
  );
}

function wantsNone(test: EventValue): boolean {
  return (test as EventObject | null)?.exists === false;
}

function holds(test: EventValue, value: Scalar): boolean {
  if (typeof test !== "object" || test === null || test instanceof JsonNumber) {
    return same(test as Scalar, value);
  }
  const [[name, given]] = Object.entries(test as EventObject) as [[string, EventValue]];
  if (name === "exists") return given === true;
  if (name === "anything-but") return !named(given, value);
  if (name === "numeric") return value instanceof JsonNumber && inRange(given, value);
  return typeof value === "string" && textHolds(name, given, value);
}

function same(left: Scalar, right: Scalar): boolean {
  const text = (one: Scalar) => (one instanceof JsonNumber ? one.text : JSON.stringify(one));
  return text(left) === text(right);
}

function named(given: EventValue, value: Scalar): boolean {
  if (typeof given !== "object" || given instanceof JsonNumber) return same(given as Scalar, value);
  if (isArray(given)) return given.some((one) => same(one as Scalar, value));
  const [[name, texts]] = Object.entries(given as EventObject) as [[string, EventValue]];
  const all = isArray(texts) ? texts : [texts];
  return typeof value === "string" && all.some((one) => textHolds(name, one, value));
}

function inRange(given: EventValue, { text }: JsonNumber): boolean {
  const list = given as readonly (string | JsonNumber)[];
  const value = Number(text);
  if (Math.abs(value) > 5e9) return false;
  for (let at = 0; at < list.length; at += 2) {
    const bound = Number((list[at + 1] as JsonNumber).text);
    const order = Math.sign(Math.round(value * 1e6) - Math.round(bound * 1e6));
    const allowed = { "<": [-1], "<=": [-1, 0], "=": [0], ">=": [0, 1], ">": [1] }[
      String(list[at])
    ];
    if (!allowed!.includes(order)) return false;
  }
  return true;
}

function textHolds(name: string, given: EventValue, value: string): boolean {
  if (typeof given !== "string") {
    const folded = String((given as EventObject)["equals-ignore-case"]).toLowerCase();
    return textHolds(name, folded, value.toLowerCase());
  }
  if (name === "prefix") return value.slice(0, given.length) === given;
  if (name === "suffix") return given === "" || value.slice(-given.length) === given;
  if (name === "equals-ignore-case") return value.toLowerCase() === given.toLowerCase();
  if (name === "wildcard") return globHolds(given, value);
  return cidrHolds(given, value);
}

/** By trying: a star is nothing, or one character and the star again. */
function globHolds(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") {
    return globHolds(pattern.slice(1), text) || (text !== "" && globHolds(pattern, text.slice(1)));
  }
  const rest = pattern[0] === "\\" ? pattern.slice(1) : pattern;
  return text[0] === rest[0] && globHolds(rest.slice(1), text.slice(1));
}

/** Bit by bit, of addresses without `::ffff:` forms. */
function cidrHolds(given: string, value: string): boolean {
  const [base, length] = given.split("/") as [string, string];
  const [left, right] = [bitsOf(base), bitsOf(value)];
  const count = Number(length);
  return (
    left.length === right.length && left !== "" && left.slice(0, count) === right.slice(0, count)
  );
}

function bitsOf(address: string): string {
  if (/^\d+(\.\d+){3}$/.test(address)) {
    return address
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  }
  if (!/^[0-9a-f:]+$/i.test(address) || !address.includes(":")) return "";
  const [head, tail] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const gap = tail ? new Array(8 - head!.length - tail.length).fill("0") : [];
  const groups = [...head!, ...gap, ...(tail ?? [])];
  return groups.map((one) => Number.parseInt(one, 16).toString(2).padStart(16, "0")).join("");
}
