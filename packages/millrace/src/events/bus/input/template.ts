/**
 * Templates of input transformers: text with `<name>` in it, each of which becomes a value of the
 * event. [EventBridge: Input transformation]
 *
 * A template is JSON, in which a name stands for a whole value or, in quotes, for a part of a text;
 * or it is no JSON and simply text. What is not in the event becomes nothing in a text, and null
 * where a value stands. `<` and `>` cannot be escaped, as on AWS.
 */

import type { EventObject, EventValue } from "../../../patterns/mod.ts";
import { busLimits } from "../limits.ts";
import { textOfValue } from "./value-text.ts";

/** What a template may name besides the paths that stand with it. */
export const reservedNames: ReadonlySet<string> = new Set([
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event",
  "aws.events.event.json",
  "aws.events.event.ingestion-time",
]);

/** "Can only be used as a value for a JSON field." [EventBridge: Predefined variables] */
const wholeEvents: ReadonlySet<string> = new Set(["aws.events.event", "aws.events.event.json"]);

export interface Template {
  /** In the order in which they stand. */
  readonly names: readonly string[];
  /** `undefined`: it became larger than a target takes. */
  fill(valueNamed: (name: string) => EventValue | undefined): string | undefined;
}

interface Piece {
  readonly literal: string;
  /** What follows the literal; absent: the end. */
  readonly name?: string;
  readonly isQuoted?: boolean;
}

const placeholder = /<([A-Za-z0-9_.-]+)>/g;

/** The template, or what is wrong with it. */
export function readTemplate(text: string): Template | { readonly problem: string } {
  const isJson = /^\s*["{[]/.test(text);
  const pieces = piecesOf(text, isJson);
  if (isJson) {
    const event = pieces.find(({ name, isQuoted }) => isQuoted && wholeEvents.has(name!));
    if (event) return { problem: `<${event.name}> is a value and no part of a text` };
    // A letter that no escape sequence has: a value can be no part of one.
    const probe = fill(pieces, ({ isQuoted }) => (isQuoted ? "x" : "null"));
    if (!isJsonText(probe ?? "")) return { problem: "the template begins like JSON and is none" };
    const named = nameWithin(text);
    if (named) return { problem: `${named} is part of the name of a member` };
  }
  return {
    names: pieces.flatMap(({ name }) => (name === undefined ? [] : [name])),
    fill(valueNamed) {
      return fill(pieces, ({ name, isQuoted }) => {
        const value = valueNamed(name!);
        if (isJson && !isQuoted) return textOfValue(value ?? null);
        const written = value === undefined ? "" : plainText(value);
        return isJson ? JSON.stringify(written).slice(1, -1) : written;
      });
    },
  };
}

/** Ends where there is too much, so that a short template cannot make a giant of a long event. */
function fill(pieces: readonly Piece[], write: (piece: Piece) => string): string | undefined {
  let text = "";
  for (const piece of pieces) {
    text += piece.literal + (piece.name === undefined ? "" : write(piece));
    if (text.length > busLimits.payloadCharactersMax) return undefined;
  }
  return text;
}

function piecesOf(text: string, isJson: boolean): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let isQuoted = false;
  for (const { 0: whole, 1: name, index } of text.matchAll(placeholder)) {
    const literal = text.slice(from, index);
    if (isJson && quotesIn(literal) % 2 === 1) isQuoted = !isQuoted;
    pieces.push({ literal, name: name!, isQuoted });
    from = index + whole.length;
  }
  return [...pieces, { literal: text.slice(from) }];
}

/** Quotes that begin or end a text of JSON. */
function quotesIn(text: string): number {
  return [...text.matchAll(/\\.|"/gs)].filter(([one]) => one === '"').length;
}

function plainText(value: EventValue): string {
  return typeof value === "string" ? value : textOfValue(value);
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // JSON.parse has no other way to say no
  }
}

/** The first `<name>` in the name of a member: it cannot come from an event. [InputTransformer] */
function nameWithin(json: string): string | undefined {
  const texts = [...json.matchAll(/"((?:\\.|[^"\\])*)"(\s*:)?/gs)];
  const names = texts.flatMap(([, inside, colon]) => (colon && inside!.match(placeholder)) || []);
  return names[0];
}

/** The event without its detail. */
export function headOf(event: EventObject): EventObject {
  const { detail: _, ...head } = event;
  return head;
}
