/**
 * What authors of policies get wrong about resources, recognised from a pattern that nearly fits.
 */

import type { PolicyRequest } from "../decide/evaluate.ts";
import type { PolicyDocument } from "../document.ts";
import { compileGlob } from "../match/glob.ts";
import { parsePieces } from "../match/pieces.ts";
import type { PatternReport, PatternsReport } from "./report.ts";

interface Miss {
  readonly resource: PatternsReport;
  readonly version: PolicyDocument["version"];
  readonly request: PolicyRequest;
}

/** One sentence about the first pattern that nearly fits; `undefined` when none does. */
export function hintFor({ resource, version, request }: Miss): string | undefined {
  if (resource.not) return undefined;
  for (const pattern of resource.patterns) {
    const hint = variableHint(pattern, version) ?? spellingHint(pattern, request.resource);
    if (hint) return hint;
  }
  return undefined;
}

function variableHint(
  { pattern, unresolved }: PatternReport,
  version: PolicyDocument["version"],
): string | undefined {
  if (unresolved.length > 0) {
    return `the request has nothing for ${unresolved.map((one) => `'${one}'`).join(", ")}`;
  }
  const variable = version === "2008-10-17" ? /\$\{[^}]*\}/.exec(pattern)?.[0] : undefined;
  if (variable === undefined) return undefined;
  return `'${variable}' is plain text in a document whose 'Version' is not 2012-10-17`;
}

function spellingHint({ pattern, becomes }: PatternReport, resource: string): string | undefined {
  const text = becomes ?? pattern;
  const fits = (changed: string): boolean => globMatches(changed, resource);
  if (fits(text.replace(/^((?:[^:]*:){5})topic\//, "$1topicfilter/"))) {
    return "subscribing is about 'topicfilter/...', and this pattern about 'topic/...'";
  }
  if (fits(text.replace(/^((?:[^:]*:){5})topicfilter\//, "$1topic/"))) {
    return "messages are about 'topic/...', and this pattern about 'topicfilter/...'";
  }
  if (fits(text.replace(/[#+]/g, "*"))) {
    return "'#' and '+' are plain characters in a policy; its wildcard is '*'";
  }
  if (globMatches(text.toLowerCase(), resource.toLowerCase())) {
    return "only upper and lower case differ";
  }
  if (fits(text.replace(/^((?:[^:]*:){3})[^:]*:[^:]*:/, "$1*:*:"))) {
    return "only the region or the account differs";
  }
  return undefined;
}

function globMatches(text: string, resource: string): boolean {
  const parsed = parsePieces(text, { version: "2008-10-17", wildcards: true });
  return parsed.ok && compileGlob(parsed.pieces).matches(resource);
}
