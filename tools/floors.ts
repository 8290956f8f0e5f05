/**
 * The floors of the house: which part may know which.
 *
 * A file imports from its own part, or from the `mod.ts` of a part on a lower floor. The table
 * below is the one place where that order stands; the picture in ARCHITECTURE.md is drawn from it
 * and from the imports as they are (`bun tools/floors.ts --write`), so that it cannot lie.
 *
 * Type-only imports count. Tests obey the same order; they alone may use what stands beside them:
 * test libraries, engines' suites, the clock.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { findFences } from "./fences.ts";
import {
  type Complaint,
  isTest,
  readRepository,
  repositoryRoot,
  type SourceFile,
} from "./files.ts";
import { findImports, type Import } from "./imports.ts";
import { type Token, tokenize } from "./lexer.ts";

/** From the ground up; parts on one floor do not know each other. */
export const floors: readonly { readonly name: string; readonly parts: readonly string[] }[] = [
  { name: "0", parts: ["base"] },
  {
    name: "1",
    parts: ["policy", "sql", "expressions", "patterns", "schedule", "vtl", "aws", "mqtt"],
  },
  { name: "2", parts: ["storage"] },
  { name: "3", parts: ["identity", "broker", "streams", "tables", "functions", "logs", "objects"] },
  { name: "4", parts: ["rules", "shadows", "events", "triggers"] },
  { name: "5", parts: ["listeners", "endpoints"] },
  { name: "6", parts: ["gateway"] },
  { name: "roof", parts: ["template"] },
  { name: "roof", parts: ["node"] },
  { name: "roof", parts: ["cli"] },
];

const serverFolder = "packages/millrace/src/";
const wireFolder = "packages/mqtt/";

/** A module, where it stands and what it mentions. */
export interface Module {
  readonly path: string;
  /** A part of the server, `mqtt`, or the workspace folder of what is outside, e.g. `apps/chat`. */
  readonly part: string;
  readonly where: "server" | "wire" | "outside";
  readonly imports: readonly Import[];
  readonly tokens: readonly Token[];
}

/** The modules of the house among the files; tools and documents are no part of it. */
export function readModules(files: readonly SourceFile[]): Module[] {
  return files.flatMap(({ path, text }) => {
    const place = placeOf(path);
    if (!place || !/\.[mc]?[jt]s$/.test(path)) return [];
    const tokens = tokenize(text).filter((token) => token.kind !== "comment");
    return [{ path, ...place, imports: findImports(tokens), tokens }];
  });
}

/** Everything in the modules that the order of the floors forbids. */
export function checkFloors(modules: readonly Module[]): Complaint[] {
  return modules.flatMap((module) => [
    ...module.imports.flatMap(({ specifier, line }) => {
      const message = objection(module, specifier);
      return message ? [{ path: module.path, line, message }] : [];
    }),
    ...(module.where === "server" ? findFences(module, floorOf(module.part)) : []),
  ]);
}

/** The number of the floor from the ground, 0; -1 for a part that the table does not know. */
export function floorOf(part: string): number {
  return floors.findIndex((floor) => floor.parts.includes(part));
}

function placeOf(path: string): Pick<Module, "part" | "where"> | undefined {
  if (path.startsWith(serverFolder)) {
    return { part: path.slice(serverFolder.length).split("/")[0]!, where: "server" };
  }
  if (path.startsWith(wireFolder)) return { part: "mqtt", where: "wire" };
  const outside = /^(apps\/[^/]+|conformance|bench)\//.exec(path);
  return outside ? { part: outside[1]!, where: "outside" } : undefined;
}

function objection(module: Module, specifier: string): string | undefined {
  const quoted = `"${specifier}"`;
  const target = targetOf(module, specifier);
  if (!target) return objectionToPackage(module, specifier);
  if (module.where === "server" && floorOf(module.part) < 0) {
    return `no floor has a part "${module.part}": add it to the table in tools/floors.ts`;
  }
  if (target.part === module.part) return undefined;
  if (module.where === "outside") {
    if (target.where === "wire" && !specifier.startsWith(".")) return undefined;
    return `${module.part} reaches ${quoted} over the network only`;
  }
  if (module.where === "wire") return `packages/mqtt stands alone: no import of ${quoted}`;
  if (target.where === "outside") return `the server does not know ${quoted}`;
  if (floorOf(target.part) >= floorOf(module.part)) {
    const side = floorOf(target.part) === floorOf(module.part) ? "beside" : "above";
    return `${module.part} imports ${quoted}, but ${target.part} stands ${side} it`;
  }
  if (target.where === "wire") {
    return specifier.startsWith(".") ? `${quoted} goes around "@millrace/mqtt"` : undefined;
  }
  const suite = isTest(module.path) && target.path.endsWith("-suite.ts");
  if (suite || target.path === `${serverFolder}${target.part}/mod.ts`) return undefined;
  return `${quoted} is a side door: import from "${target.part}/mod.ts"`;
}

/** What of the house a specifier leads to; `undefined` for a package of others. */
function targetOf(module: Module, specifier: string) {
  if (/^@millrace\/mqtt($|\/)/.test(specifier)) {
    return { part: "mqtt", where: "wire" as const, path: specifier };
  }
  // A manifest is data: anyone may read the version in it.
  if (!specifier.startsWith(".") || specifier.endsWith("/package.json")) return undefined;
  const path = posix.join(posix.dirname(module.path), specifier);
  return { ...(placeOf(path) ?? { part: path, where: "outside" as const }), path };
}

function objectionToPackage(module: Module, specifier: string): string | undefined {
  if (isTest(module.path)) return undefined;
  if (module.where === "wire") return `packages/mqtt stands alone: no import of "${specifier}"`;
  if (module.where === "outside" && /^millrace($|\/)/.test(specifier)) {
    return `${module.part} reaches the server over the network only`;
  }
  if (module.where === "server" && specifier.startsWith("@aws-sdk/")) {
    return `the server never loads "${specifier}": its schemas are read when building`;
  }
  return undefined;
}

const marks = { start: "<!-- floors:begin -->", end: "<!-- floors:end -->" };

/** The picture: the floors with the parts that exist, and what each part imports. */
export function drawFloors(modules: readonly Module[]): string {
  const edges = readEdges(modules);
  const names = floors.toReversed().flatMap(({ parts }) => parts.filter((name) => edges.has(name)));
  const outside = [...edges.keys()].filter((name) => floorOf(name) < 0).sort();
  const house = floors.toReversed().flatMap(({ name, parts }) => {
    const present = parts.filter((part) => edges.has(part));
    return present.length > 0 ? [`${name.padEnd(6)}${present.join("  ")}`] : [];
  });
  const width = Math.max(...[...names, ...outside].map((name) => name.length)) + 2;
  const lists = [...names, ...outside].map((name) => {
    const known = [...edges.get(name)!].sort((left, right) => floorOf(right) - floorOf(left));
    return `${name.padEnd(width)}${known.join(" ") || "-"}`;
  });
  const ground = outside.length > 0 ? ["-".repeat(72), `      ${outside.join("  ")}`] : [];
  const picture = [...house, ...ground, "", "Who imports from whom:", "", ...lists];
  return ["```text", ...picture, "```"].join("\n");
}

/** By part: the parts that its modules import from, tests aside. */
function readEdges(modules: readonly Module[]): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const module of modules.filter(({ path }) => !isTest(path))) {
    const known = edges.get(module.part) ?? new Set();
    edges.set(module.part, known);
    for (const { specifier } of module.imports) {
      const target = targetOf(module, specifier);
      if (target && target.part !== module.part) known.add(target.part);
    }
  }
  return edges;
}

/** The document with a fresh picture between the marks; `undefined` when it has no marks. */
export function putDrawing(document: string, drawing: string): string | undefined {
  const start = document.indexOf(marks.start);
  const end = document.indexOf(marks.end);
  if (start < 0 || end < start) return undefined;
  const before = document.slice(0, start + marks.start.length);
  return `${before}\n\n${drawing}\n\n${document.slice(end)}`;
}

if (import.meta.main) {
  const path = posix.join(repositoryRoot, "ARCHITECTURE.md");
  const drawing = drawFloors(readModules(readRepository(repositoryRoot)));
  if (process.argv[2] === "--write") {
    const drawn = putDrawing(readFileSync(path, "utf8"), drawing);
    if (drawn === undefined) throw new Error(`no "${marks.start}" in ARCHITECTURE.md`);
    writeFileSync(path, drawn);
  } else {
    process.stdout.write(`${drawing}\n`);
  }
}
