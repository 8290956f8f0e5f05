/**
 * Who meets and who tests each numbered statement of the two MQTT standards, gathered from the
 * files of the repository: tags in the source, tags in tests, clauses of the conformance cases.
 *
 * A tag is the statement's id wherever it stands, in a comment or in a string:
 * `// [MQTT-3.1.0-2]`, `fail("second CONNECT", "MQTT-3.1.0-2")`.
 */
import { posix } from "node:path";
import type { Standard, Statement } from "../../conformance/mqtt/clauses.ts";
import type { Exchange } from "../../conformance/mqtt/exchange.ts";
import type { Level } from "../../conformance/mqtt/received.ts";
import { type Complaint, isTest, type SourceFile } from "../files.ts";
import { notArising } from "./not-arising.ts";

const statementsFile = /^conformance\/mqtt\/statements\/(.+)\.json$/;
const casesFile = /^conformance\/mqtt\/data\/(.+)\.json$/;
const sourceFile = /^packages\/[^/]+\/src\/.*\.[cm]?[jt]s$/;
const testFile = /^(packages|conformance)\/.*\.test\.ts$|^packages\/.*\.ts$/;
const taggedFile = /^(packages|apps|bench|conformance|docs)\/.*\.([cm]?[jt]s|md)$/;

/** Our own client, which answers for no server. */
const clientFile = /^packages\/mqtt\/src\/client\//;

const tagPattern = /\bMQTT5?-\d+(?:\.\d+)+-\d+\b/g;
/** What opens like a tag, so that one with a slip in it is found too. */
const bracketPattern = /\[(MQTT5?-[\d.]*(?:-\d+)?)/g;

/** Path or name of an area, and how often. */
export type Places = ReadonlyMap<string, number>;

export interface Row extends Statement {
  readonly metIn: Places;
  readonly cases: Places;
  readonly tests: Places;
  readonly state: State;
}

export type State =
  /** Of the client alone. */
  | "client"
  /** Its condition does not arise with this server. */
  | "does not arise"
  | "met and tested"
  | "met, not tested"
  | "tested, not tagged"
  | "open";

export interface SurveyedSection {
  readonly section: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Survey {
  /** `3.1.1` or `5`. */
  readonly version: string;
  readonly address: string;
  readonly sections: readonly SurveyedSection[];
  readonly caseCount: number;
  /** Cases by what the standard demands without a number, `3.14.2.2.2`. */
  readonly unnumbered: ReadonlyMap<string, Places>;
}

interface Tag {
  readonly id: string;
  readonly path: string;
}

/** One survey for each file of statements, in the order of their names. */
export function survey(files: readonly SourceFile[]): Survey[] {
  const areas = readAreas(files);
  const metIn = places(tagsOf(files.filter(({ path }) => sourceFile.test(path) && !isTest(path))));
  const tests = places(tagsOf(files.filter(({ path }) => testFile.test(path) && isTest(path))));
  const cases = places(
    areas.flatMap(({ area, cases }) =>
      cases.flatMap(({ clauses }) => clauses.map((id) => ({ id, path: area }))),
    ),
  );
  return files.flatMap(({ path, text }) => {
    const [, version] = statementsFile.exec(path) ?? [];
    if (!version) return [];
    const { address, sections } = JSON.parse(text) as Standard;
    const prefix = version === "5" ? "MQTT5-" : "MQTT-";
    const row = (one: Statement): Row => {
      const found = { metIn: at(metIn, one), cases: at(cases, one), tests: at(tests, one) };
      return { ...one, ...found, state: stateOf(one, found) };
    };
    return {
      version,
      address,
      sections: sections.map(({ section, title, statements }) => ({
        section,
        title,
        rows: statements.map(row),
      })),
      caseCount: countCases(files, version === "5" ? 5 : 4),
      unnumbered: unnumberedOf(cases, prefix),
    };
  });
}

/** Conformance cases of this level of the protocol. */
export function countCases(files: readonly SourceFile[], level: Level): number {
  const cases = readAreas(files).flatMap((one) => one.cases);
  return cases.filter((one) => one.level === level).length;
}

/** The statements of a version, in their order. */
export function allRows({ sections }: Survey): Row[] {
  return sections.flatMap(({ rows }) => rows);
}

/** Tags that name no statement, and reasons that have become wrong. */
export function checkTags(files: readonly SourceFile[]): Complaint[] {
  const rows = survey(files).flatMap(allRows);
  const known = new Map(rows.map((row) => [row.id, row]));
  const unknown = files.flatMap(({ path, text }) => {
    if (!taggedFile.test(path)) return [];
    return text.split("\n").flatMap((line, index) => {
      const bracketed = [...line.matchAll(bracketPattern)].map(([, id]) => id!);
      const ids = new Set([...bracketed, ...(line.match(tagPattern) ?? [])]);
      return [...ids]
        .filter((id) => !known.has(id))
        .map((id) => ({ path, line: index + 1, message: unknownTag(id) }));
    });
  });
  const stale = Object.keys(notArising).flatMap((id) => {
    const row = known.get(id);
    if (row && row.metIn.size === 0) return [];
    const message = row ? `"${id}" is met, so it does arise` : `no standard has "${id}"`;
    return [{ path: "tools/mqtt-reference/not-arising.ts", line: 0, message }];
  });
  return [...unknown, ...stale];
}

function unknownTag(id: string): string {
  const section = id.replace("-", " ");
  return `no standard has a statement "${id}"; for a section write "${section}"`;
}

function readAreas(files: readonly SourceFile[]) {
  return files.flatMap(({ path, text }) => {
    const [, area] = casesFile.exec(path) ?? [];
    if (!area) return [];
    const { cases } = JSON.parse(text) as { readonly cases: readonly Exchange[] };
    return [{ area, cases }];
  });
}

function tagsOf(files: readonly SourceFile[]): Tag[] {
  return files.flatMap(({ path, text }) =>
    (text.match(tagPattern) ?? []).map((id) => ({ id, path })),
  );
}

function places(tags: readonly Tag[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const { id, path } of tags) {
    const counts = found.get(id) ?? new Map<string, number>();
    counts.set(path, (counts.get(path) ?? 0) + 1);
    found.set(id, counts);
  }
  return found;
}

function at(found: ReadonlyMap<string, Places>, { id }: Statement): Places {
  return found.get(id) ?? new Map();
}

function stateOf(
  { id, who }: Statement,
  { metIn, cases, tests }: Pick<Row, "metIn" | "cases" | "tests">,
): State {
  if (who === "client") return "client";
  if (id in notArising) return "does not arise";
  const tested = cases.size > 0 || ofServerSide(tests);
  if (ofServerSide(metIn)) return tested ? "met and tested" : "met, not tested";
  return tested ? "tested, not tagged" : "open";
}

function ofServerSide(places: Places): boolean {
  return [...places.keys()].some((path) => !clientFile.test(path));
}

function unnumberedOf(
  cases: ReadonlyMap<string, Places>,
  prefix: string,
): ReadonlyMap<string, Places> {
  const bare = [...cases].filter(([id]) => id.startsWith(prefix) && !/-\d+$/.test(id.slice(5)));
  const named = bare.map(([id, where]) => [id.slice(prefix.length), where] as const);
  return new Map(named.sort(([left], [right]) => compareNumbers(left, right)));
}

/** `3.2.10` comes behind `3.2.9`. */
function compareNumbers(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}

/** `packages/millrace/src/broker/handle/publish.ts` as `broker/handle/publish`. */
export function shortName(path: string): string {
  return path
    .replace("packages/millrace/src/", "")
    .replace("packages/mqtt/src/", "mqtt/")
    .replace(/\.ts$/, "");
}

/** Where `path` is, seen from the folder of a page. */
export function linkFrom(page: string, path: string): string {
  return posix.relative(posix.dirname(page), path);
}
