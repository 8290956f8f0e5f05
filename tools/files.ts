/**
 * The text files of the repository, and the form in which a check complains about them.
 *
 * Checks take files as values, so that their own tests can hand them small made-up ones.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Complaint {
  readonly path: string;
  /** Counted from 1; 0 when it is about the file as a whole. */
  readonly line: number;
  readonly message: string;
}

export const repositoryRoot = join(import.meta.dir, "..");

const binaryEndings = /\.(png|jpe?g|gif|webp|avif|ico|woff2?|ttf|pem|der|gz|zip|wasm|sqlite)$/;

/** Every text file under `root` that the `.gitignore` there does not name, in path order. */
export function readRepository(root: string): SourceFile[] {
  const ignored = readIgnored(join(root, ".gitignore"));
  const paths = listPaths(root, "", ignored).filter((path) => !binaryEndings.test(path));
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** True for tests and what only they use: suites, samples, fixtures, folders of tests. */
export function isTest(path: string): boolean {
  return /(\.test|-suite|-samples|-fixture)\.(ts|js)$|(^|\/)tests\//.test(path);
}

/** One line per complaint, as editors and people read it. */
export function formatComplaints(complaints: readonly Complaint[]): string {
  return complaints
    .map(({ path, line, message }) => `${path}${line > 0 ? `:${line}` : ""}  ${message}`)
    .join("\n");
}

/** Only `name`, `name/` and `*.ending` are understood, which is all our `.gitignore` may hold. */
function readIgnored(path: string): (name: string) => boolean {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  const endings = lines.filter((line) => line.startsWith("*.")).map((line) => line.slice(1));
  const names = new Set([".git", ...lines.map((line) => line.replace(/\/$/, ""))]);
  return (name) => names.has(name) || endings.some((ending) => name.endsWith(ending));
}

function listPaths(root: string, folder: string, ignored: (name: string) => boolean): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !ignored(basename(entry.name)))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return listPaths(root, path, ignored);
      return entry.isFile() ? [path] : [];
    });
}
