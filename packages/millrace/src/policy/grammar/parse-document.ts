/**
 * Parses policy documents: the grammar of IAM and IoT policies, and every problem with its place,
 * not only the first.
 *
 * Element and operator names are compared with case, as AWS does; an element that the grammar does
 * not know is a problem, and so is a variable that would never become anything. Whether actions and
 * resources exist is not looked at: a policy may be older or newer than this server.
 */

import { findPlace, type JsonText, parseJsonText } from "../../base/mod.ts";
import type { PolicyDocument } from "../document.ts";
import { documentCharactersMax, policyLimits } from "../limits.ts";
import { type PolicyProblem, type PolicyResult, pointerOf } from "./problem.ts";
import { Reader, type ReaderProblem } from "./reader.ts";
import { type PolicyUse, readStatement } from "./statement.ts";

const versions = ["2008-10-17", "2012-10-17"] as const;
const documentElements = ["Version", "Id", "Statement"];

/**
 * The document in one form, or all its problems. With `use`, what that kind of document must and
 * must not have is checked, and its size; without, only the grammar.
 */
export function parsePolicyDocument(value: unknown, use?: PolicyUse): PolicyResult {
  const reader = new Reader();
  const document = readDocument(reader, value, use);
  if (document && use && reader.problems.length === 0) {
    checkSize(reader, JSON.stringify(value), use);
  }
  return resultOf(reader, document);
}

/** The same for JSON text: problems have line and column, and name what stands twice in a map. */
export function parsePolicyText(text: string, use?: PolicyUse): PolicyResult {
  const { textCharactersMax } = policyLimits;
  if (text.length > textCharactersMax) {
    const message = `the text has ${text.length} of ${textCharactersMax} characters`;
    return { ok: false, problems: [{ path: [], pointer: "", message, line: 1, column: 1 }] };
  }
  const parsed = parseJsonText(text, policyLimits);
  if (!parsed.ok) {
    const { path, message, line, column } = parsed.problem;
    return { ok: false, problems: [{ path, pointer: pointerOf(path), message, line, column }] };
  }
  const reader = new Reader();
  for (const { path, message } of parsed.json.doubles) reader.report(path, message, true);
  const document = readDocument(reader, parsed.json.value, use);
  if (use) checkSize(reader, text, use);
  return resultOf(reader, document, parsed.json);
}

/** Characters as AWS counts them: white space, also that inside texts, is free. */
export function countPolicyCharacters(text: string): number {
  return text.replace(/\s/g, "").length;
}

function readDocument(reader: Reader, value: unknown, use?: PolicyUse): PolicyDocument | undefined {
  const members = reader.members(value, [], documentElements);
  if (!members) return undefined;
  const version =
    members.Version === undefined
      ? "2008-10-17"
      : reader.choice(members.Version, ["Version"], versions);
  const id = members.Id === undefined ? undefined : reader.text(members.Id, ["Id"]);
  if (members.Statement === undefined) reader.report([], "'Statement' is missing");
  // With a version that does not exist, variables are looked at as if it were today's.
  const setting = { version: version ?? "2012-10-17", use, sids: new Set<string>() };
  const listed = Array.isArray(members.Statement);
  const given: unknown[] = listed ? (members.Statement as unknown[]) : [members.Statement];
  const statements = (members.Statement === undefined ? [] : given)
    .map((one, index) =>
      readStatement(reader, one, {
        ...setting,
        path: listed ? ["Statement", index] : ["Statement"],
      }),
    )
    .filter((statement) => statement !== undefined);
  return version && { version, ...(id !== undefined && { id }), statements };
}

function checkSize(reader: Reader, text: string, use: PolicyUse): void {
  const count = countPolicyCharacters(text);
  const most = documentCharactersMax[use];
  if (count > most) reader.report([], `the document has ${count} of ${most} characters`);
}

function resultOf(
  reader: Reader,
  document: PolicyDocument | undefined,
  json?: JsonText,
): PolicyResult {
  if (document && reader.problems.length === 0) return { ok: true, document };
  return { ok: false, problems: reader.problems.map((problem) => placed(problem, json)) };
}

function placed({ path, message, onName }: ReaderProblem, json?: JsonText): PolicyProblem {
  const place = json && findPlace(json.places, path, onName ? "name" : "value");
  return { path, pointer: pointerOf(path), message, ...place };
}
