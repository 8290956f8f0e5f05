/**
 * One statement of a policy document, and what a document must have for the place it is used in.
 */

import type { Patterns, PolicyDocument, Principals, Statement } from "../document.ts";
import { readConditions } from "./conditions.ts";
import { complainAboutAction, complainAboutResource } from "./patterns.ts";
import { readPrincipals } from "./principals.ts";
import type { PolicyPath } from "./problem.ts";
import type { Members, Reader } from "./reader.ts";

/**
 * What the document is for, which decides what a statement must and must not name: `iot` (an IoT
 * policy), `identity` (of a user or role) and `session`: a resource, no principal; `resource` (of a
 * bucket): both; `trust` (who may take a role): a principal, no resource.
 */
export type PolicyUse = "iot" | "identity" | "session" | "resource" | "trust";

interface Setting {
  readonly path: PolicyPath;
  readonly version: PolicyDocument["version"];
  readonly use: PolicyUse | undefined;
  /** Of the statements before this one. */
  readonly sids: Set<string>;
}

const statementElements = [
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
];

/** `undefined`, with problems told, when it has no effect or no action. */
export function readStatement(
  reader: Reader,
  value: unknown,
  setting: Setting,
): Statement | undefined {
  const { path, version } = setting;
  const members = reader.members(value, path, statementElements);
  if (!members) return undefined;
  const sid = readSid(reader, members, setting);
  if (members.Effect === undefined) reader.report(path, "'Effect' is missing");
  const effect =
    members.Effect === undefined
      ? undefined
      : reader.choice(members.Effect, [...path, "Effect"], ["Allow", "Deny"]);
  const actions = readPatterns(reader, members, {
    path,
    name: "Action",
    complain: complainAboutAction,
  });
  const resources = readPatterns(reader, members, {
    path,
    name: "Resource",
    complain: (text) => complainAboutResource(text, version),
  });
  const principals = readPrincipalElement(reader, members, path);
  const block = { path: [...path, "Condition"], version };
  const conditions = readConditions(reader, members.Condition, block);
  checkUse(reader, setting, { resources, principals, effect });
  if (!actions) reader.report(path, "'Action' or 'NotAction' is missing");
  if (!effect || !actions) return undefined;
  return {
    effect,
    actions,
    conditions,
    ...(sid !== undefined && { sid }),
    ...(resources && { resources }),
    ...(principals && { principals }),
  };
}

/**
 * Letters and digits, each once in a document; services have their own rules for their policies.
 */
function readSid(reader: Reader, members: Members, setting: Setting): string | undefined {
  if (members.Sid === undefined) return undefined;
  const { use, sids } = setting;
  const path = [...setting.path, "Sid"];
  const sid = reader.text(members.Sid, path);
  if (sid === undefined || !use) return sid;
  const isIam = use === "identity" || use === "session" || use === "trust";
  if (isIam && !/^[A-Za-z0-9]*$/.test(sid)) {
    reader.report(path, `'${sid}' has other characters than letters and digits`);
  }
  if (sid !== "" && sids.has(sid))
    reader.report(path, `'${sid}' is the Sid of another statement, too`);
  sids.add(sid);
  return sid;
}

interface Element {
  readonly path: PolicyPath;
  readonly name: "Action" | "Resource";
  complain(text: string): string | undefined;
}

function readPatterns(reader: Reader, members: Members, element: Element): Patterns | undefined {
  const name = oneOfPair(reader, members, element);
  if (!name) return undefined;
  const texts = reader.texts(members[name], [...element.path, name]);
  for (const { text, path } of texts) {
    const complaint = element.complain(text);
    if (complaint) reader.report(path, complaint);
  }
  return { not: name !== element.name, patterns: texts.map(({ text }) => text) };
}

function readPrincipalElement(
  reader: Reader,
  members: Members,
  path: PolicyPath,
): Principals | undefined {
  const name = oneOfPair(reader, members, { path, name: "Principal" });
  if (!name) return undefined;
  const place = { path: [...path, name], not: name === "NotPrincipal" };
  return readPrincipals(reader, members[name], place);
}

/** The one of `Name` and `NotName` that is there; both is a problem. */
function oneOfPair(
  reader: Reader,
  members: Members,
  { path, name }: { readonly path: PolicyPath; readonly name: string },
): string | undefined {
  const negated = `Not${name}`;
  if (members[name] !== undefined && members[negated] !== undefined) {
    reader.report([...path, negated], `'${name}' and '${negated}' exclude each other`, true);
  }
  if (members[name] !== undefined) return name;
  return members[negated] === undefined ? undefined : negated;
}

interface Found {
  readonly resources: Patterns | undefined;
  readonly principals: Principals | undefined;
  readonly effect: "Allow" | "Deny" | undefined;
}

function checkUse(reader: Reader, { path, use }: Setting, found: Found): void {
  const { resources, principals, effect } = found;
  const atPrincipal = [...path, principals?.not ? "NotPrincipal" : "Principal"];
  if (principals?.not && effect === "Allow") {
    const message =
      "'NotPrincipal' goes with 'Deny' only: with 'Allow' it would let everyone else in";
    reader.report(atPrincipal, message, true);
  }
  if (!use) return;
  const isAttached = use !== "resource" && use !== "trust";
  if (isAttached && principals) {
    reader.report(atPrincipal, "a policy of an identity names no principal", true);
  }
  if (!isAttached && !principals) reader.report(path, "'Principal' or 'NotPrincipal' is missing");
  if (use === "trust" && principals?.not) {
    reader.report(atPrincipal, "a policy about who may take a role has no 'NotPrincipal'", true);
  }
  if (use === "trust" && resources) {
    const at = [...path, resources.not ? "NotResource" : "Resource"];
    reader.report(at, "a policy about who may take a role names no resource", true);
  }
  if (use !== "trust" && !resources) reader.report(path, "'Resource' or 'NotResource' is missing");
}
