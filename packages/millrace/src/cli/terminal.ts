/** What goes to a terminal: colours where they are wanted, and nothing that would steer it. */

import type { Environment } from "./flags.ts";

type Paint = (text: string) => string;

export interface Style {
  readonly strong: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly name: Paint;
}

export const plainStyle: Style = {
  strong: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  name: (text) => text,
};

const paint =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;

const colours: Style = {
  strong: paint(1, 22),
  dim: paint(2, 22),
  good: paint(32, 39),
  bad: paint(31, 39),
  name: paint(36, 39),
};

/** Colours on a terminal, unless `NO_COLOR` holds anything (no-color.org) or it knows none. */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: Environment): Style {
  const isWanted = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
  return isWanted ? colours : plainStyle;
}

/** The text with everything written out that a terminal would obey, or not show. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}
