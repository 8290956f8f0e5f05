/**
 * The notation of bytes in the data, and what it stands for:
 *
 *     10 11 (CONNECT) 00 04 'MQTT' 04 02 00 00 00 05 '@@@@a'
 *
 * Hex pairs are bytes; quotes hold text, sent as UTF-8; parentheses hold a remark; `{3}` repeats
 * the byte or text before it three times in all; `<m>` stands for bytes that a receive kept.
 * `@@@@` in a text is four letters of this run of this case. Only in what is expected: `??` is any
 * byte and `<=m>` is any two bytes, kept as `m`.
 */

export interface Scope {
  /** Four letters: topics and client ids of two runs or two cases never meet. */
  readonly token: string;
  /** What the case has kept so far, by name. */
  readonly kept: Map<string, Uint8Array>;
}

export interface Pattern {
  /** `undefined` is any byte. */
  readonly bytes: readonly (number | undefined)[];
  /** Where a kept pair of bytes begins, by name. */
  readonly keeps: ReadonlyMap<string, number>;
}

const token = new RegExp(
  [
    /\s+|\([^)]*\)/,
    /(?<hex>[0-9a-f]{2})/,
    /'(?<text>[^']*)'/,
    /(?<any>\?\?)/,
    /\{(?<times>\d+)\}/,
    /<(?<keep>=?)(?<name>\w+)>/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "giy",
);

/** Throws on what is not of the notation and on names that nothing has kept. */
export function parsePattern(notation: string, scope: Scope): Pattern {
  const bytes: (number | undefined)[] = [];
  const keeps = new Map<string, number>();
  let last: readonly (number | undefined)[] = [];
  let read = 0;
  for (const match of notation.matchAll(token)) {
    read = match.index + match[0].length;
    const { times, keep, name } = match.groups!;
    if (times !== undefined) {
      for (let round = 1; round < Number(times); round += 1) bytes.push(...last);
      continue;
    }
    if (keep && name) keeps.set(name, bytes.length);
    const atom = atomOf(match.groups!, scope);
    if (!atom) continue;
    bytes.push(...atom);
    last = atom;
  }
  if (read < notation.length) throw new Error(`"${notation.slice(read)}" is not of the notation`);
  return { bytes, keeps };
}

/** Throws also on `??` and `<=m>`, which only what is expected may hold. */
export function bytesOf(notation: string, scope: Scope): Uint8Array {
  const { bytes } = parsePattern(notation, scope);
  if (bytes.includes(undefined)) throw new Error(`"${notation}" cannot be sent: it has a wildcard`);
  return Uint8Array.from(bytes as number[]);
}

/** `text` with the letters of this run. */
export function textOf(text: string, scope: Scope): string {
  return text.replaceAll("@@@@", scope.token);
}

function atomOf(
  { hex, text, any, keep, name }: Record<string, string | undefined>,
  scope: Scope,
): readonly (number | undefined)[] | undefined {
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  if (text !== undefined) return [...new TextEncoder().encode(textOf(text, scope))];
  if (any !== undefined) return [undefined];
  if (name === undefined) return undefined;
  if (keep) return [undefined, undefined];
  const kept = scope.kept.get(name);
  if (!kept) throw new Error(`nothing was kept as "${name}"`);
  return [...kept];
}
