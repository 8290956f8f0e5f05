/**
 * The same evaluation once more, slow and obvious, for the property tests to compare with: straight
 * from the JSON of a document, nothing compiled, nothing shared with the code under test.
 *
 * Patterns are matched by trying everything; numbers and dates are JavaScript's. It knows identity
 * policies and limits, not the policies of resources.
 */

export interface SlowRequest {
  readonly action: string;
  readonly resource: string;
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
}

export interface SlowDocument {
  readonly Version?: string;
  readonly Statement: readonly SlowStatement[];
}

export interface SlowStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export type SlowOutcome = "allowed" | "implicitDeny" | "explicitDeny";

/** Every list must allow; a Deny anywhere decides. */
export function decideSlowly(
  lists: readonly (readonly SlowDocument[])[],
  request: SlowRequest,
): SlowOutcome {
  const found = lists.map((documents) =>
    documents.flatMap((document) =>
      document.Statement.filter((statement) => applies(statement, document, request)),
    ),
  );
  if (found.some((statements) => statements.some(({ Effect }) => Effect === "Deny"))) {
    return "explicitDeny";
  }
  return found.every((statements) => statements.length > 0) ? "allowed" : "implicitDeny";
}

function applies(statement: SlowStatement, document: SlowDocument, request: SlowRequest): boolean {
  const actionFits = (pattern: string): boolean =>
    fits(charactersOf(pattern.toLowerCase(), "2008-10-17", {}), request.action.toLowerCase());
  const resourceFits = (pattern: string): boolean => {
    const characters = charactersOf(pattern, document.Version, request.keys);
    return fits(characters, request.resource);
  };
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  if (Action && !Action.some(actionFits)) return false;
  if (NotAction?.some(actionFits)) return false;
  if (Resource && !Resource.some(resourceFits)) return false;
  if (NotResource?.some(resourceFits)) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, { key, values, version: document.Version, request }),
    ),
  );
}

/** A pattern's characters; those that are wildcards are marked. `undefined`: matches nothing. */
type Character = { readonly text: string; readonly wild: boolean };

function charactersOf(
  pattern: string,
  version: string | undefined,
  keys: SlowRequest["keys"],
): Character[] | undefined {
  const result: Character[] = [];
  let rest = pattern;
  while (rest !== "") {
    const variable = version === "2012-10-17" ? /^\$\{([^}]*)\}/.exec(rest) : null;
    if (!variable) {
      const first = Array.from(rest)[0]!;
      result.push({ text: first, wild: first === "*" || first === "?" });
      rest = rest.slice(first.length);
      continue;
    }
    const value = variableValue(variable[1]!, keys);
    if (value === undefined) return undefined;
    for (const text of Array.from(value)) result.push({ text, wild: false });
    rest = rest.slice(variable[0].length);
  }
  return result;
}

function variableValue(inside: string, keys: SlowRequest["keys"]): string | undefined {
  if (["*", "?", "$"].includes(inside)) return inside;
  const [key, quoted] = inside.split(", ");
  const values = given(keys, key!);
  if (values.length === 1) return values[0];
  return values.length === 0 && quoted !== undefined ? quoted.slice(1, -1) : undefined;
}

function given(keys: SlowRequest["keys"], key: string): readonly string[] {
  const entry = Object.entries(keys).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return entry === undefined ? [] : [entry[1]].flat();
}

/** By a table of which prefixes match, the textbook's way. */
export function fits(pattern: readonly Character[] | undefined, text: string): boolean {
  if (!pattern) return false;
  const characters = Array.from(text);
  let row = characters.map(() => false);
  row.unshift(true);
  for (const { text: wanted, wild } of pattern) {
    const next: boolean[] = [wild && wanted === "*" ? row[0]! : false];
    for (const [index, character] of characters.entries()) {
      if (wild && wanted === "*") next.push(row[index + 1]! || next[index]!);
      else next.push(row[index]! && ((wild && wanted === "?") || character === wanted));
    }
    row = next;
  }
  return row.at(-1)!;
}

interface Line {
  readonly key: string;
  readonly values: readonly string[];
  readonly version: string | undefined;
  readonly request: SlowRequest;
}

function holds(operator: string, line: Line): boolean {
  const { key, values, version, request } = line;
  const actual = given(request.keys, key);
  if (operator === "Null") return values.includes(actual.length === 0 ? "true" : "false");
  const set = operator.includes(":") ? operator.split(":")[0] : undefined;
  const ifExists = operator.endsWith("IfExists");
  const name = operator.replace(/^.*:/, "").replace(/IfExists$/, "");
  const isNegated = name.includes("Not");
  if (actual.length === 0) {
    if (ifExists) return true;
    if (set !== undefined) return set === "ForAllValues";
    return isNegated;
  }
  const base = name.replace("Not", "");
  const one = (value: string): boolean => {
    const some = values.some((wanted) => compares(base, { wanted, value, version, request }));
    return isNegated ? !some : some;
  };
  if (set === "ForAllValues") return actual.every(one);
  if (set === "ForAnyValue") return actual.some(one);
  return isNegated ? actual.every(one) : actual.some(one);
}

interface Pair {
  readonly wanted: string;
  readonly value: string;
  readonly version: string | undefined;
  readonly request: SlowRequest;
}

function compares(base: string, { wanted, value, version, request }: Pair): boolean {
  if (base === "StringLike") return fits(charactersOf(wanted, version, request.keys), value);
  if (base.startsWith("String")) {
    const characters = charactersOf(wanted, version, request.keys);
    const text = characters?.map((character) => character.text).join("");
    if (base === "StringEquals") return text === value;
    return text?.toLowerCase() === value.toLowerCase();
  }
  if (base === "Bool") return wanted.toLowerCase() === value.toLowerCase();
  const measure = base.startsWith("Date") ? millisecondsOf : Number;
  const left = measure(value);
  const right = measure(wanted);
  if (value === "" || Number.isNaN(left)) return false;
  if (base.endsWith("LessThanEquals")) return left <= right;
  if (base.endsWith("GreaterThanEquals")) return left >= right;
  if (base.endsWith("LessThan")) return left < right;
  if (base.endsWith("GreaterThan")) return left > right;
  return left === right;
}

/** JavaScript reads ISO 8601 and much else, which is not meant; digits are seconds, four a year. */
function millisecondsOf(text: string): number {
  if (/^\d{4}(-|$)/.test(text)) return Date.parse(text);
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Number.NaN;
}
