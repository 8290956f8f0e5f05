/**
 * Finds modules that nothing uses: not imported, not named in a string by the code that starts
 * them, nor by a manifest, a template or a page. Tests and declaration files use themselves.
 */
import { posix } from "node:path";
import type { Complaint, SourceFile } from "../files.ts";
import { findImports } from "../imports.ts";
import { stringValue, type Token, tokenize } from "../lexer.ts";

/** Bounded, because data may hold a word of a hundred thousand letters. */
const moduleName = /[\w.-]{1,100}\.[cm]?[jt]s\b/g;

/** One complaint per module that no other file names. */
export function findDeadFiles(files: readonly SourceFile[]): Complaint[] {
  const imported = new Set(files.flatMap(importedPaths));
  const namers = new Map<string, string[]>();
  for (const file of files) {
    for (const name of namesIn(file)) namers.set(name, [...(namers.get(name) ?? []), file.path]);
  }
  return files.flatMap(({ path }) => {
    if (!isModule(path) || /\.(test|d)\.ts$/.test(path) || imported.has(path)) return [];
    const named = namers.get(builtFrom(posix.basename(path))) ?? [];
    if (named.some((namer) => namer !== path)) return [];
    return [{ path, line: 0, message: "nothing imports or starts it" }];
  });
}

function importedPaths({ path, text }: SourceFile): string[] {
  if (!isModule(path)) return [];
  return findImports(tokenize(text))
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier));
}

/** The modules that a file names without importing them, each without its ending. */
function namesIn({ path, text }: SourceFile): string[] {
  const starts = /\.(json|ya?ml|html)$|^\.ci\/run$/.test(path) ? [text] : [];
  const strings = isModule(path) ? tokenize(text).map(stringOf) : [];
  return [...starts, ...strings.filter((value) => !value.startsWith("./"))].flatMap((value) =>
    (value.match(moduleName) ?? []).map(builtFrom),
  );
}

function stringOf(token: Token): string {
  return token.kind === "template" ? token.text : (stringValue(token) ?? "");
}

/** A page asks for `app.js`, which is built from `app.ts`. */
function builtFrom(name: string): string {
  return name.replace(/\.[cm]?[jt]s$/, "");
}

function isModule(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}
