import { describe, expect, test } from "bun:test";
import { formatComplaints, readRepository, repositoryRoot, type SourceFile } from "./files.ts";
import { checkCode } from "./tidy/code.ts";
import { findDeadFiles } from "./tidy/dead-files.ts";
import { checkPackages } from "./tidy/packages.ts";
import { checkText } from "./tidy/text.ts";
import { checkTidy } from "./tidy.ts";

const page = "/** A page. */\n";

function text(path: string, content: string): string {
  return formatComplaints(checkText([{ path, text: content }]));
}

function code(path: string, content: string): string {
  return formatComplaints(checkCode([{ path, text: content }]));
}

function linesOf(count: number): string {
  return "a();\n".repeat(count);
}

describe("files", () => {
  test("a source file has at most 500 lines, a test or suite 800", () => {
    expect(text("a.ts", linesOf(500))).toBe("");
    expect(text("a.ts", linesOf(501))).toBe("a.ts  501 lines, at most 500");
    expect(text("a.test.ts", linesOf(800))).toBe("");
    expect(text("a-suite.ts", linesOf(801))).toBe("a-suite.ts  801 lines, at most 800");
    expect(text("data/cases.json", linesOf(9_000))).toBe("");
  });

  test("a line has at most 100 columns, links, prose and data aside", () => {
    const long = "x".repeat(101);
    expect(text("a.ts", "é".repeat(100))).toBe("");
    expect(text("a.ts", `\n${long}`)).toBe("a.ts:2  101 columns, at most 100");
    expect(text("a.ts", `// https://example.com/${long}`)).toBe("");
    expect(text("a.test.ts", `["${long}"],\n${long}`)).toBe(
      "a.test.ts:2  101 columns, at most 100",
    );
    expect(text("a.md", `# A\n${long}`)).toBe("");
    expect(text("a.json", long)).toBe("");
  });

  test("a folder has at most 30 files, operations and cases aside", () => {
    const fill = (folder: string, count: number): SourceFile[] =>
      Array.from({ length: count }, (_, index) => ({ path: `${folder}/a${index}.ts`, text: "" }));
    expect(checkText(fill("src", 30))).toEqual([]);
    expect(formatComplaints(checkText(fill("src", 31)))).toContain("31 files in one folder");
    expect(checkText(fill("packages/millrace/src/endpoints/dynamodb", 60))).toEqual([]);
    expect(checkText(fill("conformance/mqtt", 60))).toEqual([]);
  });

  test.each(["src/utils.ts", "src/helpers.ts", "src/common.test.ts", "src/types.ts", "a/index.ts"])(
    "%s says nothing",
    (path) => expect(text(path, "")).toContain("says nothing"),
  );

  test("modules are in kebab-case, operations as on the wire", () => {
    expect(text("src/topic-tree.test.ts", "")).toBe("");
    expect(text("src/topicTree.ts", "")).toContain("kebab-case");
    expect(text("packages/millrace/src/endpoints/dynamodb/PutItem.ts", "")).toBe("");
    expect(text("packages/millrace/src/endpoints/iot/things/CreateThing.ts", "")).toBe("");
  });

  test("a page has exactly one title", () => {
    expect(text("a.md", "# A\n## B\n```sh\n# not one\n```\n")).toBe("");
    expect(text("a.md", "## B\n")).toContain("0 titles");
    expect(text("a.md", "# A\n# B\n")).toContain("2 titles");
  });

  test.each([
    [`// ${"TO"}DO later`, "is left over"],
    [`// ${"FIX"}ME`, "is left over"],
    [`"https://registry.${"npm"}js.org/a"`, "registry's host"],
    [`open("/ho${"me"}/ann/a.txt")`, "path of one machine"],
    [`const a = "C:\\\\Use${"rs"}\\\\ann";`, "path of one machine"],
  ])("%s is refused", (line, message) => {
    expect(text("a.ts", line)).toContain(message);
  });

  test.each(["mastodon", 'fetch("/rooms/home/1")', "https://example.com/work/1"])(
    "%s is fine",
    (line) => expect(text("a.ts", line)).toBe(""),
  );
});

describe("pages and comments", () => {
  test("a module opens with its page, a test need not", () => {
    expect(code("a.ts", `${page}a();`)).toBe("");
    expect(code("a.js", `#!/usr/bin/env node\n${page}`)).toBe("");
    expect(code("a.ts", "a();")).toContain("does not open with its page");
    expect(code("a.ts", "// a\na();")).toContain("does not open with its page");
    expect(code("a.test.ts", "a();")).toBe("");
  });

  test("an exported function of some lines has a doc comment", () => {
    const path = "packages/mqtt/src/a.ts";
    const body = `{\n${linesOf(9)}}\n`;
    const other = "export function g() {}\n";
    expect(code(path, `${page}${other}/** Why. */\nexport function f() ${body}`)).toBe("");
    expect(code(path, `${page}${other}export async function f() ${body}`)).toContain('"f" is exp');
    expect(code(path, `${page}${other}export const f = () => ${body}`)).toContain('"f" is exp');
    expect(code(path, `${page}${other}export function f() {\n${linesOf(8)}}\n`)).toBe("");
    expect(code("tools/a.ts", `${page}${other}export function f() ${body}`)).toBe("");
  });

  test("the page speaks for the one function of a file, not for the first of two", () => {
    const one = `${page}export function f() {\n${linesOf(9)}}\n`;
    expect(code("packages/mqtt/src/a.ts", `export const a = 1;\n${one}`)).not.toContain('"f"');
    const two = `${one}export function g() {}\n`;
    expect(code("packages/mqtt/src/a.ts", two)).toContain('"f" is exported');
  });

  test.each([
    "// const a = 1;",
    "// return;",
    "// if (a) {",
    "// run(a, b);",
    "// this.count += 1;",
    "/*\nimport a from 'a';\n*/",
  ])("%s is code in a comment", (comment) => {
    expect(code("a.test.ts", comment)).toContain("code in a comment");
  });

  test.each([
    "// if it fails, the caller is told; the next one waits",
    "// The first write wins;",
    "// return values are bytes",
    "/** const a = 1; */",
    "// [MQTT-3.1.0-2]",
    "const a = 'x'; // of f(a)",
  ])("%s is prose", (comment) => {
    expect(code("a.test.ts", comment)).toBe("");
  });

  test("a silenced type error is named", () => {
    expect(code("a.test.ts", `// @ts-${"ignore"}\n`)).toContain("silences the type checker");
    expect(code("a.test.ts", "// @ts-expect-error the caller is JavaScript\n")).toBe("");
  });
});

describe("functions", () => {
  const long = (count: number) => `function f() {\n${linesOf(count - 2)}}\n`;

  test("have at most 70 lines", () => {
    expect(code("a.ts", page + long(70))).toBe("");
    expect(code("a.ts", page + long(71))).toBe('a.ts:2  "f" has 71 lines, at most 70');
  });

  test("of a test are counted without the functions inside", () => {
    const tests = `describe("a", () => {\n${`test("b", () => {\n${linesOf(20)}});\n`.repeat(9)}});`;
    expect(code("a.test.ts", tests)).toBe("");
    expect(code("a.ts", page + tests)).toContain("has 200 lines");
    expect(code("a.test.ts", long(71))).toContain("has 71 lines");
  });

  test("have at most four parameters", () => {
    expect(code("a.test.ts", "function f(a, b, c, d) {}")).toBe("");
    expect(code("a.test.ts", "function f(a, b, c, d, e) {}")).toContain("5 parameters");
    expect(code("a.test.ts", "f((a, b, c, d, e) => a)")).toContain("without a name has 5");
  });
});

describe("what has no place here", () => {
  test.each([
    ["a.test.ts", 'test.only("a", () => {});', "hides the other tests"],
    ["a.test.ts", 'describe.only("a", () => {});', "hides the other tests"],
    ["a.test.ts", "try { a(); } catch {}", "a catch that says nothing"],
    ["a.test.ts", "try { a(); } catch (error) {\n}", "a catch that says nothing"],
    ["packages/millrace/src/broker/a.ts", `${page}console.log(1);`, "use the logger"],
    ["packages/mqtt/src/a.ts", `${page}let count = 0;`, '"count" is state of the module'],
    ["packages/mqtt/src/a.ts", `${page}export let a: B;`, '"a" is state of the module'],
  ])("%s: %s", (path, source, message) => {
    expect(code(path, source)).toContain(message);
  });

  test.each([
    ["a.test.ts", "try { a(); } catch (error) { b(error); }"],
    ["a.test.ts", "try { a(); } catch {\n// already gone\n}"],
    ["a.test.ts", "promise.catch(() => {});"],
    ["a.test.ts", "const only = test.skip; filter.only();"],
    ["packages/millrace/src/cli/a.ts", `${page}console.log(1);`],
    ["packages/millrace/src/broker/a.ts", `${page}logger.console.log(1);`],
    ["packages/mqtt/src/a.ts", `${page}function f() { let a = 1; return a; } class B { let = 1 }`],
  ])("%s: %s is fine", (path, source) => {
    expect(code(path, source)).toBe("");
  });
});

describe("dead files", () => {
  const dead = (...files: [string, string][]) =>
    findDeadFiles(files.map(([path, content]) => ({ path, text: content }))).map(
      ({ path }) => path,
    );

  test("are those that nothing names", () => {
    expect(dead(["a.test.ts", 'import "./b.ts";'], ["b.ts", ""], ["c.ts", ""])).toEqual(["c.ts"]);
    expect(dead(["b.ts", 'const own = "./b.ts";'])).toEqual(["b.ts"]);
    expect(dead(["x/a.test.ts", 'import "./b.ts";'], ["y/b.ts", ""])).toEqual(["y/b.ts"]);
  });

  test("are not those that a manifest, a template, a page or a string starts", () => {
    expect(dead(["package.json", '{ "test": "bun tools/a.ts" }'], ["tools/a.ts", ""])).toEqual([]);
    expect(dead(["template.yaml", "EntryPoints: [greet.ts]"], ["h/greet.ts", ""])).toEqual([]);
    expect(dead(["a.html", '<script src="/app.js">'], ["web/app.ts", ""])).toEqual([]);
    expect(dead(["a.test.ts", 'join(folder, "worker.ts")'], ["w/worker.ts", ""])).toEqual([]);
  });
});

describe("packages", () => {
  const check = (manifest: object, lock: object = {}, explained = "") =>
    formatComplaints(
      checkPackages([
        { path: "package.json", text: JSON.stringify({ name: "own", ...manifest }) },
        { path: "package-lock.json", text: JSON.stringify({ packages: lock }) },
        { path: "DEPENDENCIES.md", text: explained },
      ]),
    );

  test("are pinned and explained", () => {
    const manifest = { dependencies: { own: "0.1.0", yaml: "2.9.1" } };
    expect(check(manifest, {}, "| `yaml` | templates |")).toBe("");
    expect(check(manifest)).toContain('"yaml" is not in DEPENDENCIES.md');
    expect(check({ devDependencies: { a: "^1.0.0" } }, {}, "`a`")).toContain("not pinned");
  });

  test("run no script when installed, but the one that brings the runtime", () => {
    const lock = { "node_modules/a/node_modules/esbuild": { hasInstallScript: true } };
    expect(check({}, lock)).toContain('"allowScripts" must say false');
    expect(check({ allowScripts: { esbuild: true } }, lock)).toContain("must say false");
    expect(check({ allowScripts: { esbuild: false } }, lock)).toBe("");
    const bun = { "node_modules/bun": { hasInstallScript: true } };
    expect(check({ allowScripts: { bun: true } }, bun)).toBe("");
    expect(check({}, bun)).toContain("must say true");
  });

  test("come from no host in particular", () => {
    const lock = { "node_modules/a": { resolved: "https://example.com/a.tgz" } };
    expect(check({}, lock)).toContain('"a" is tied to one host');
  });
});

test("this repository is tidy", () => {
  expect(formatComplaints(checkTidy(readRepository(repositoryRoot)))).toBe("");
}, 180_000); // all of it is read, on a machine that may be busy
