/**
 * Finds what a module imports: statements, re-exports, `import()` as value and as type,
 * `require()`, and files that are named to start a worker, `new URL("./file.ts", import.meta.url)`.
 *
 * Type-only imports count like all others. A specifier that is computed is not seen.
 */
import { closingIndex, isPunctuation, isWord, stringValue, type Token } from "./lexer.ts";

export interface Import {
  /** As written, e.g. `../base/mod.ts`. */
  readonly specifier: string;
  readonly line: number;
}

/** The imports among the tokens of one module, in order. */
export function findImports(all: readonly Token[]): Import[] {
  const tokens = all.filter((token) => token.kind !== "comment");
  const imports: Import[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word" || isPunctuation(tokens[index - 1], ".", "?.")) continue;
    const named = tokens[specifierIndex(tokens, index)];
    const specifier = stringValue(named);
    if (named && specifier !== undefined) imports.push({ specifier, line: named.line });
  }
  return imports;
}

/** Where the specifier stands that belongs to the word at `index`; -1 when it imports nothing. */
function specifierIndex(tokens: readonly Token[], index: number): number {
  const next = tokens[index + 1];
  if (isWord(tokens[index], "import", "require") && isPunctuation(next, "(")) return index + 2;
  if (isWord(tokens[index], "URL") && isPunctuation(next, "(")) {
    const relative = isPunctuation(tokens[index + 3], ",") && isWord(tokens[index + 4], "import");
    return relative ? index + 2 : -1;
  }
  if (isWord(tokens[index], "import")) {
    return next?.kind === "string" ? index + 1 : afterFrom(tokens, index + 1);
  }
  if (!isWord(tokens[index], "export")) return -1;
  const start = isWord(next, "type") ? index + 2 : index + 1;
  return isPunctuation(tokens[start], "{", "*") ? afterFrom(tokens, start) : -1;
}

/** Steps over names, commas, stars and braces to the string behind `from`, if nothing else is. */
function afterFrom(tokens: readonly Token[], start: number): number {
  for (let at = start; at < tokens.length; at += 1) {
    if (isPunctuation(tokens[at], "{")) at = closingIndex(tokens, at) + 1;
    if (isWord(tokens[at], "from") && tokens[at + 1]?.kind === "string") return at + 1;
    if (tokens[at]?.kind !== "word" && !isPunctuation(tokens[at], ",", "*")) return -1;
  }
  return -1;
}
