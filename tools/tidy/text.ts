/**
 * Checks of files as text: their names, their number and length, titles, leftovers, and what would
 * tie the repository to one machine. Generated and bulk data are left alone.
 */
import { posix } from "node:path";
import { type Complaint, isTest, type SourceFile } from "../files.ts";

const limits = { columns: 100, sourceLines: 500, testLines: 800, folderFiles: 30 };

const bannedNames = new Set("utils util helpers helper common misc shared".split(" "));
const bannedFiles = new Set(["types.ts", "index.ts"]);
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.[cm]?[jt]s$/;
/** Folders whose files are one per operation or case, named as on the wire. */
const operationFolders =
  /^(packages\/millrace\/src\/endpoints\/[^/]+(\/[^/]+)?|conformance(\/.+)?|docs\/decisions)$/;

const code = /\.[cm]?[jt]s$/;
const prose = /\.md$/;
/** Prose is left alone: its lines may follow its sentences. */
const wrapped = /(\.([cm]?[jt]s|css|html|sh)|^\.ci\/run)$/;

/** Assembled, so that this file does not complain about itself. */
const markers = [
  ["TO", "DO"],
  ["FIX", "ME"],
  ["XX", "X"],
  ["HA", "CK"],
].map((half) => half.join(""));
const markerPattern = new RegExp(`\\b(${markers.join("|")})\\b`);
const hostPattern = /registry\.[a-z]+js\.|npm\.pkg\.|[a-z]:4873\b/;
const machinePathPattern = /(^|["'`\s(=:])(\/(home|Users|root|work)\/[\w.-]|[A-Z]:\\\\?Users\\)/;

/** Complaints about names, sizes and text. */
export function checkText(files: readonly SourceFile[]): Complaint[] {
  return [
    ...checkFolders(files),
    ...files.flatMap((file) => {
      const about = (line: number, message: string) => ({ path: file.path, line, message });
      const lines = file.text.split("\n");
      if (lines.at(-1) === "") lines.pop();
      return [
        ...checkName(file.path).map((message) => about(0, message)),
        ...checkLength(file.path, lines.length).map((message) => about(0, message)),
        ...(prose.test(file.path) ? checkTitle(lines) : []).map((message) => about(0, message)),
        ...lines.flatMap((line, index) =>
          checkLine(file.path, line).map((message) => about(index + 1, message)),
        ),
      ];
    }),
  ];
}

function checkFolders(files: readonly SourceFile[]): Complaint[] {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].flatMap(([path, count]) => {
    if (count <= limits.folderFiles || operationFolders.test(path)) return [];
    return [{ path, line: 0, message: `${count} files in one folder, at most 30` }];
  });
}

function checkName(path: string): string[] {
  if (!code.test(path)) return [];
  const name = posix.basename(path);
  const stem = name.split(".")[0]!;
  if (bannedNames.has(stem) || bannedFiles.has(name)) {
    return [`"${name}" says nothing: name the file after what is in it`];
  }
  if (kebabCase.test(name) || operationFolders.test(posix.dirname(path))) return [];
  return [`"${name}" is not in kebab-case`];
}

function checkLength(path: string, count: number): string[] {
  if (!code.test(path)) return [];
  const max = isTest(path) ? limits.testLines : limits.sourceLines;
  return count > max ? [`${count} lines, at most ${max}`] : [];
}

function checkTitle(lines: readonly string[]): string[] {
  let fenced = false;
  let titles = 0;
  for (const line of lines) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (!fenced && /^# /.test(line)) titles += 1;
  }
  return titles === 1 ? [] : [`${titles} titles, a page has exactly one`];
}

function checkLine(path: string, line: string): string[] {
  const complaints: string[] = [];
  const columns = [...line].length;
  const unbreakable = /https?:\/\//.test(line) || (isTest(path) && /["'`]/.test(line));
  if (columns > limits.columns && wrapped.test(path) && !unbreakable) {
    complaints.push(`${columns} columns, at most ${limits.columns}`);
  }
  // In data it may be a pattern of the language that is tested.
  const marker = path.endsWith(".json") ? null : markerPattern.exec(line);
  if (marker) complaints.push(`"${marker[0]}" is left over: do it, or write an issue`);
  if (hostPattern.test(line)) complaints.push("names a registry's host");
  if (machinePathPattern.test(line)) complaints.push("names a path of one machine");
  return complaints;
}
