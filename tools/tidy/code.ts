/**
 * Checks of modules as code: pages and doc comments, functions, and what has no place in a
 * repository: focused tests, silenced errors, code in comments, module-level state.
 */
import { type Complaint, isTest, type SourceFile } from "../files.ts";
import { type FunctionSpan, findFunctions } from "../functions.ts";
import { closingIndex, isPunctuation, isWord, type Token, tokenize } from "../lexer.ts";

const limits = { functionLines: 70, parameters: 4, linesWithoutComment: 10 };

const packageSource = /^packages\/[^/]+\/src\//;
const serverOutsideCli = /^packages\/millrace\/src\/(?!cli\/)/;

interface Code {
  readonly path: string;
  readonly tokens: readonly Token[];
  /** Without comments. */
  readonly spoken: readonly Token[];
}

type Check = (code: Code) => { line: number; message: string }[];

const checks: readonly Check[] = [
  checkPage,
  checkExports,
  checkFunctions,
  checkComments,
  checkFocus,
  checkCatches,
  checkConsole,
  checkState,
];

/** Complaints about the modules among the files. */
export function checkCode(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(({ path }) => /\.[cm]?[jt]s$/.test(path))
    .flatMap(({ path, text }) => {
      const tokens = tokenize(text);
      const spoken = tokens.filter(({ kind }) => kind !== "comment");
      return checks
        .flatMap((check) => check({ path, tokens, spoken }))
        .map((complaint) => ({ path, ...complaint }));
    });
}

function checkPage({ path, tokens }: Code) {
  if (isTest(path)) return [];
  const first = tokens.find(({ text }) => !text.startsWith("#!"));
  return isDocComment(first)
    ? []
    : [{ line: 1, message: "does not open with its page, a doc comment" }];
}

/**
 * A function of a few lines may speak for itself, and the only one that a file exports is what its
 * page is about; any other says what comes back.
 */
function checkExports({ path, tokens, spoken }: Code) {
  if (isTest(path) || !packageSource.test(path)) return [];
  const exported = tokens.flatMap((token, index) => {
    const name = isWord(token, "export") ? exportedFunction(spoken, spoken.indexOf(token)) : "";
    const span = name && findSpan(tokens, name, token.line);
    return span ? [{ ...span, commented: isDocComment(tokens[index - 1]) && index > 1 }] : [];
  });
  if (exported.length === 1) return [];
  return exported
    .filter((one) => !one.commented && one.endLine - one.line >= limits.linesWithoutComment)
    .map(({ line, name }) => ({ line, message: `"${name}" is exported without a doc comment` }));
}

function findSpan(tokens: readonly Token[], name: string, line: number) {
  return findFunctions(tokens).find((span) => span.name === name && span.line === line);
}

function isDocComment(token: Token | undefined): boolean {
  return token?.kind === "comment" && token.text.startsWith("/**");
}

/** The name of the function that an `export` declares; empty when it declares something else. */
function exportedFunction(spoken: readonly Token[], at: number): string {
  let next = at + 1;
  while (isWord(spoken[next], "default", "async") || isPunctuation(spoken[next], "*")) next += 1;
  if (isWord(spoken[next], "function")) {
    const named = isPunctuation(spoken[next + 1], "*") ? next + 2 : next + 1;
    return spoken[named]?.text ?? "";
  }
  const isFunction = isWord(spoken[next], "const") && isPunctuation(spoken[next + 2], "=");
  return isFunction ? (spoken[next + 1]?.text ?? "") : "";
}

function checkFunctions({ path, tokens }: Code) {
  const spans = findFunctions(tokens);
  return spans.flatMap((span) => {
    const name = span.name ? `"${span.name}"` : "a function without a name";
    const lines = isTest(path) ? ownLines(span, spans) : span.endLine - span.line + 1;
    const complaints: { line: number; message: string }[] = [];
    if (lines > limits.functionLines) {
      complaints.push({ line: span.line, message: `${name} has ${lines} lines, at most 70` });
    }
    if (span.parameterCount > limits.parameters) {
      const message = `${name} has ${span.parameterCount} parameters, at most 4`;
      complaints.push({ line: span.line, message });
    }
    return complaints;
  });
}

/** In tests, what a `describe` holds are functions of their own and do not count twice. */
function ownLines(span: FunctionSpan, spans: readonly FunctionSpan[]): number {
  const inner = new Set<number>();
  for (const other of spans) {
    const inside = other.line > span.line && other.endLine <= span.endLine;
    for (let line = other.line; inside && line <= other.endLine; line += 1) inner.add(line);
  }
  return span.endLine - span.line + 1 - inner.size;
}

const statement =
  /^(import|export|const|let|var|return|throw|await|if|for|while|function|class)\b.*[;{]$/;
const callOrAssignment = /^[\w$.#[\]]+(\(.*\)|\s[-+]?=\s.+);$/;

function checkComments({ tokens }: Code) {
  return tokens.flatMap(({ kind, text, line }) => {
    if (kind !== "comment") return [];
    const complaints: { line: number; message: string }[] = [];
    if (/@ts-(ignore|nocheck)\b/.test(text)) {
      complaints.push({
        line,
        message: "silences the type checker without naming what it expects",
      });
    }
    const lines = text.startsWith("/**") ? [] : text.split("\n");
    const isCode = (words: string) => statement.test(words) || callOrAssignment.test(words);
    for (const [index, words] of lines.entries()) {
      if (!isCode(words.replace(/^\s*(\/\/|\/?\*)\s*|\s*\*\/\s*$/g, "").trim())) continue;
      complaints.push({
        line: line + index,
        message: "code in a comment: delete it, git keeps it",
      });
    }
    return complaints;
  });
}

function checkFocus({ spoken }: Code) {
  return spoken.flatMap((token, index) => {
    const focused = isWord(token, "test", "it", "describe") && isWord(spoken[index + 2], "only");
    if (!focused || !isPunctuation(spoken[index + 1], ".")) return [];
    return [{ line: token.line, message: `"${token.text}.only" hides the other tests` }];
  });
}

function checkCatches({ tokens }: Code) {
  return tokens.flatMap((token, index) => {
    if (!isWord(token, "catch") || isPunctuation(tokens[index - 1], ".")) return [];
    const bound = isPunctuation(tokens[index + 1], "(");
    const body = bound ? closingIndex(tokens, index + 1) + 1 : index + 1;
    const empty = isPunctuation(tokens[body], "{") && isPunctuation(tokens[body + 1], "}");
    return empty ? [{ line: token.line, message: "a catch that says nothing" }] : [];
  });
}

function checkConsole({ path, spoken }: Code) {
  if (isTest(path) || !serverOutsideCli.test(path)) return [];
  return spoken.flatMap((token, index) => {
    const printed = isWord(spoken[index + 2], "log", "info", "debug", "warn", "error");
    const own = isWord(token, "console") && !isPunctuation(spoken[index - 1], ".");
    const called = own && printed && isPunctuation(spoken[index + 3], "(");
    return called ? [{ line: token.line, message: "prints by itself: use the logger" }] : [];
  });
}

/** `let` outside every bracket is state that all users of a module share; a script has no users. */
function checkState({ path, spoken }: Code) {
  if (isTest(path) || !packageSource.test(path) || !path.endsWith(".ts")) return [];
  const complaints: { line: number; message: string }[] = [];
  for (let at = 0; at < spoken.length; at += 1) {
    if (isPunctuation(spoken[at], "(", "[", "{")) at = closingIndex(spoken, at);
    else if (isWord(spoken[at], "let") && spoken[at + 1]?.kind === "word") {
      const name = spoken[at + 1]!.text;
      complaints.push({ line: spoken[at]!.line, message: `"${name}" is state of the module` });
    }
  }
  return complaints;
}
