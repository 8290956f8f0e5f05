/** `Principal` and `NotPrincipal`: whom a policy of a resource or role is about. */

import type { PrincipalKind, Principals } from "../document.ts";
import type { PolicyPath } from "./problem.ts";
import type { Reader } from "./reader.ts";

const kinds = ["AWS", "Service", "Federated", "CanonicalUser"] as const;

const forms: Readonly<Record<PrincipalKind, { pattern: RegExp; wanted: string }>> = {
  AWS: {
    // An account, one of its users, roles and sessions, or the id that one of them had.
    pattern: /^(\*|\d{12}|A[A-Z0-9]{15,127}|arn:[^:*?]+:(iam|sts)::\d{12}:(root|[a-z-]+\/[^*?]+))$/,
    wanted: "'*', an account or the ARN of a user, role or session",
  },
  Service: {
    pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    wanted: "a service such as 'iot.amazonaws.com'",
  },
  Federated: {
    pattern: /^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|arn:[^:*?]+:iam::\d{12}:[a-z-]+\/[^*?]+)$/,
    wanted: "an identity provider, as its domain or ARN",
  },
  CanonicalUser: { pattern: /^[0-9a-f]{64}$/, wanted: "a canonical user id of 64 digits" },
};

/** By kind; a single `*` is everyone, `AWS: "*"`. */
export function readPrincipals(
  reader: Reader,
  value: unknown,
  { path, not }: { readonly path: PolicyPath; readonly not: boolean },
): Principals {
  if (value === "*") return { not, byKind: { AWS: ["*"] } };
  if (typeof value === "string") {
    reader.report(path, `a principal is '*' or a map such as {"AWS": "..."}, not '${value}'`);
    return { not, byKind: {} };
  }
  const members = reader.members(value, path, kinds);
  const byKind: Partial<Record<PrincipalKind, readonly string[]>> = {};
  for (const kind of kinds) {
    if (members?.[kind] !== undefined)
      byKind[kind] = readNames(reader, members[kind], { path, kind });
  }
  if (members && Object.keys(members).length === 0) reader.report(path, "the map names nobody");
  return { not, byKind };
}

function readNames(
  reader: Reader,
  value: unknown,
  { path, kind }: { readonly path: PolicyPath; readonly kind: PrincipalKind },
): string[] {
  const { pattern, wanted } = forms[kind];
  return reader.texts(value, [...path, kind]).map((name) => {
    if (!pattern.test(name.text)) {
      const wildcard = /[*?]/.test(name.text);
      const reason = wildcard ? "has a wildcard: a principal is named in full" : `is not ${wanted}`;
      reader.report(name.path, `'${name.text}' ${reason}`);
    }
    return name.text;
  });
}
