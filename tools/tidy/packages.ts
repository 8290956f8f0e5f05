/**
 * Checks of the manifests: dependencies are pinned and explained in DEPENDENCIES.md, and none runs
 * a script when it is installed, except the one that puts the runtime in its place.
 */
import type { Complaint, SourceFile } from "../files.ts";

/** The only package that may run a script while it is installed. */
const scriptAllowed = "bun";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { hasInstallScript?: boolean; resolved?: string }>>;
}

/** Complaints about `package.json` files, the lock file, and DEPENDENCIES.md beside them. */
export function checkPackages(files: readonly SourceFile[]): Complaint[] {
  const manifests = files
    .filter(({ path }) => /(^|\/)package\.json$/.test(path))
    .map(({ path, text }) => ({ path, manifest: JSON.parse(text) as Manifest }));
  const own = new Set(manifests.map(({ manifest }) => manifest.name));
  const explained = files.find(({ path }) => path === "DEPENDENCIES.md")?.text ?? "";
  const lock = files.find(({ path }) => path === "package-lock.json");
  const root = manifests.find(({ path }) => path === "package.json")?.manifest;

  const ofManifests = manifests.flatMap(({ path, manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([name]) => !own.has(name))
      .flatMap(([name, version]) => checkDependency(name, version, explained))
      .map((message) => ({ path, line: 0, message })),
  );
  const ofLock = lock ? checkLock(JSON.parse(lock.text), root?.allowScripts ?? {}) : [];
  return [
    ...ofManifests,
    ...ofLock.map((message) => ({ path: "package-lock.json", line: 0, message })),
  ];
}

function checkDependency(name: string, version: string, explained: string): string[] {
  const complaints: string[] = [];
  if (!/^\d+\.\d+\.\d+$/.test(version)) complaints.push(`"${name}" is not pinned: "${version}"`);
  if (!explained.includes(`\`${name}\``)) complaints.push(`"${name}" is not in DEPENDENCIES.md`);
  return complaints;
}

function checkLock(lock: Lock, allowScripts: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const complaints: string[] = [];
    if (entry.resolved?.startsWith("http")) complaints.push(`"${name}" is tied to one host`);
    const expected = name === scriptAllowed;
    if (entry.hasInstallScript && allowScripts[name] !== expected) {
      complaints.push(`"${name}" has an install script: "allowScripts" must say ${expected}`);
    }
    return complaints;
  });
}
