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
    const names = memberNames(pieces, () => false);
    if (names === undefined) return { problem: "the template begins like JSON and is none" };
    const named = memberNames(pieces, () => true) !== names;
    const one =
      named && pieces.find((piece) => memberNames(pieces, (it) => it === piece) !== names);
    if (one) return { problem: `<${one.name}> is part of the name of a member` };
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
  for (const { 0: whole, 1: name, index } of text.matchAll(placeholder)) {
    const isQuoted = isJson && quotesBefore(text.slice(0, index)) % 2 === 1;
    pieces.push({ literal: text.slice(from, index), name: name!, isQuoted });
    from = index + whole.length;
  }
  return [...pieces, { literal: text.slice(from) }];
}

/** Quotes that begin or end a text of JSON. */
function quotesBefore(text: string): number {
  return [...text.matchAll(/\\.|"/gs)].filter(([one]) => one === '"').length;
}

function plainText(value: EventValue): string {
  return typeof value === "string" ? value : textOfValue(value);
}

/**
 * The names of all members of the template's JSON, with a letter for the quoted pieces that are
 * `marked` and nothing for the others; `undefined`: it is no JSON. A name cannot come from an
 * event. [EventBridge API: InputTransformer]
 */
function memberNames(
  pieces: readonly Piece[],
  marked: (piece: Piece) => boolean,
): string | undefined {
  const mark = (piece: Piece) => (marked(piece) ? "x" : "");
  const probe = fill(pieces, (piece) => (piece.isQuoted ? mark(piece) : "null"));
  const names: string[] = [];
  try {
    JSON.parse(probe ?? "", (name, value) => {
      names.push(name);
      return value;
    });
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
  return names.join();
}

/** The event without its detail. */
export function headOf(event: EventObject): EventObject {
  const { detail: _, ...head } = event;
  return head;
}
