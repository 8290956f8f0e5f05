/**
 * Parses policy documents: the grammar, and every problem with its path, not only the first.
 *
 * Element and operator names are compared with case, as AWS does; an element that the grammar does
 * not know is a problem. Whether resources and actions exist is not looked at.
 */

import type { Condition, Patterns, PolicyDocument, Principals, Statement } from "./document.ts";
import { parseOperator, takesValue } from "./operators.ts";

export interface PolicyProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export type PolicyResult =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Where the document is attached, which decides what a statement must and must not name:
 * `identity` (a user, role, certificate): a resource, no principal; `resource` (a bucket): both;
 * `trust` (who may take a role): a principal, no resource.
 */
export type PolicyUse = "identity" | "resource" | "trust";

type Path = readonly (string | number)[];
type Members = Readonly<Record<string, unknown>>;

/** The document in one form, or all its problems. Without `use` only the grammar is checked. */
export function parsePolicyDocument(value: unknown, use?: PolicyUse): PolicyResult {
  const parser = new Parser(use);
  const document = parser.document(value);
  if (!document || parser.problems.length > 0) return { ok: false, problems: parser.problems };
  return { ok: true, document };
}

const versions = ["2008-10-17", "2012-10-17"] as const;
const effects = ["Allow", "Deny"] as const;
const principalKinds = ["AWS", "Service", "Federated", "CanonicalUser"] as const;
const documentElements = ["Version", "Id", "Statement"];
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

const actionPattern = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
const resourcePattern = /^(\*|arn:.+)$/s;

class Parser {
  readonly problems: PolicyProblem[] = [];
  readonly #use: PolicyUse | undefined;

  constructor(use: PolicyUse | undefined) {
    this.#use = use;
  }

  document(value: unknown): PolicyDocument | undefined {
    const members = this.#members(value, [], documentElements);
    if (!members) return undefined;
    const version =
      members.Version === undefined
        ? "2008-10-17"
        : this.#choice(members.Version, ["Version"], versions);
    const id = members.Id === undefined ? undefined : this.#text(members.Id, ["Id"]);
    const statements = this.#statements(members.Statement);
    return version && { version, ...(id !== undefined && { id }), statements };
  }

  #statements(value: unknown): Statement[] {
    if (value === undefined) {
      this.#report([], "'Statement' is missing");
      return [];
    }
    const found = Array.isArray(value)
      ? value.map((one, index) => this.#statement(one, ["Statement", index]))
      : [this.#statement(value, ["Statement"])];
    return found.filter((statement) => statement !== undefined);
  }

  #statement(value: unknown, path: Path): Statement | undefined {
    const members = this.#members(value, path, statementElements);
    if (!members) return undefined;
    const sid = members.Sid === undefined ? undefined : this.#text(members.Sid, [...path, "Sid"]);
    const effect = this.#effect(members, path);
    const actions = this.#patterns(members, path, { name: "Action", form: actionPattern });
    const resources = this.#patterns(members, path, { name: "Resource", form: resourcePattern });
    const principals = this.#principals(members, path);
    const conditions = this.#conditions(members.Condition, [...path, "Condition"]);
    this.#checkUse(path, { resources, principals });
    if (!actions) this.#report(path, "'Action' or 'NotAction' is missing");
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

  #effect(members: Members, path: Path): "Allow" | "Deny" | undefined {
    if (members.Effect !== undefined) {
      return this.#choice(members.Effect, [...path, "Effect"], effects);
    }
    this.#report(path, "'Effect' is missing");
    return undefined;
  }

  #checkUse(path: Path, found: { resources?: Patterns; principals?: Principals }): void {
    if (!this.#use) return;
    if (this.#use === "identity" && found.principals) {
      const at = [...path, found.principals.not ? "NotPrincipal" : "Principal"];
      this.#report(at, "a policy of an identity names no principal");
    }
    if (this.#use !== "identity" && !found.principals) {
      this.#report(path, "'Principal' or 'NotPrincipal' is missing");
    }
    if (this.#use === "trust" && found.resources) {
      const at = [...path, found.resources.not ? "NotResource" : "Resource"];
      this.#report(at, "a policy about who may take a role names no resource");
    }
    if (this.#use !== "trust" && !found.resources) {
      this.#report(path, "'Resource' or 'NotResource' is missing");
    }
  }

  #patterns(
    members: Members,
    path: Path,
    element: { name: "Action" | "Resource"; form: RegExp },
  ): Patterns | undefined {
    const key = this.#oneOfPair(members, path, element.name);
    if (!key) return undefined;
    const patterns = this.#texts(members[key], [...path, key]);
    patterns.forEach((pattern, index) => {
      if (element.form.test(pattern)) return;
      const wanted = element.name === "Action" ? "'service:Action' or '*'" : "an ARN or '*'";
      const at = Array.isArray(members[key]) ? [...path, key, index] : [...path, key];
      this.#report(at, `'${pattern}' is not ${wanted}`);
    });
    return { not: key !== element.name, patterns };
  }

  #principals(members: Members, path: Path): Principals | undefined {
    const key = this.#oneOfPair(members, path, "Principal");
    if (!key) return undefined;
    const at = [...path, key];
    const not = key === "NotPrincipal";
    if (members[key] === "*") return { not, byKind: { AWS: ["*"] } };
    const kinds = this.#members(members[key], at, principalKinds);
    const byKind: Partial<Record<(typeof principalKinds)[number], readonly string[]>> = {};
    for (const kind of principalKinds) {
      if (kinds?.[kind] !== undefined) byKind[kind] = this.#texts(kinds[kind], [...at, kind]);
    }
    return { not, byKind };
  }

  /** The one of `Name` and `NotName` that is there; both is a problem. */
  #oneOfPair(members: Members, path: Path, name: string): string | undefined {
    const negated = `Not${name}`;
    if (members[name] !== undefined && members[negated] !== undefined) {
      this.#report([...path, negated], `'${name}' and '${negated}' exclude each other`);
    }
    if (members[name] !== undefined) return name;
    return members[negated] === undefined ? undefined : negated;
  }

  #conditions(value: unknown, path: Path): Condition[] {
    if (value === undefined) return [];
    const conditions: Condition[] = [];
    for (const [name, block] of Object.entries(this.#members(value, path) ?? {})) {
      const operator = parseOperator(name);
      if (!operator) {
        this.#report([...path, name], `there is no condition operator '${name}'`);
        continue;
      }
      for (const [key, given] of Object.entries(this.#members(block, [...path, name]) ?? {})) {
        const at = [...path, name, key];
        const values = this.#texts(given, at, { emptyAllowed: true, scalars: true });
        for (const one of values.filter((text) => !takesValue(operator, text))) {
          this.#report(at, `'${name}' cannot compare with '${one}'`);
        }
        const { ifExists, set } = operator;
        conditions.push({ operator: operator.name, ifExists, key, values, ...(set && { set }) });
      }
    }
    return conditions;
  }

  /** One text or a list of them; with `scalars` also numbers and booleans, as their text. */
  #texts(
    value: unknown,
    path: Path,
    options: { emptyAllowed?: boolean; scalars?: boolean } = {},
  ): string[] {
    if (!Array.isArray(value)) {
      const one = this.#text(value, path, options.scalars);
      return one === undefined ? [] : [one];
    }
    if (value.length === 0 && !options.emptyAllowed) this.#report(path, "the list is empty");
    return value
      .map((item, index) => this.#text(item, [...path, index], options.scalars))
      .filter((item) => item !== undefined);
  }

  #text(value: unknown, path: Path, scalars = false): string | undefined {
    if (typeof value === "string") return value;
    if (scalars && (typeof value === "number" || typeof value === "boolean")) return String(value);
    this.#report(path, `a text is needed, not ${kindOf(value)}`);
    return undefined;
  }

  #choice<const T extends string>(
    value: unknown,
    path: Path,
    choices: readonly T[],
  ): T | undefined {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      const shown = typeof value === "string" ? `'${value}'` : kindOf(value);
      this.#report(path, `${shown} is not one of ${choices.join(", ")}`);
    }
    return found;
  }

  /** The members of an object; any outside `known` is a problem. */
  #members(value: unknown, path: Path, known?: readonly string[]): Members | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#report(path, `a map is needed, not ${kindOf(value)}`);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (known && !known.includes(key)) this.#report([...path, key], `unknown element '${key}'`);
    }
    return { ...value };
  }

  #report(path: Path, message: string): void {
    this.problems.push({ path, message });
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
