/** What the tools ask of the machine they run on, as a value, so that tests can make one up. */
import { existsSync } from "node:fs";
import { type Print, runCommand } from "./steps.ts";

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  exists(path: string): boolean;
  /** The path of a command on PATH. */
  which(command: string): string | null;
  isRoot(): boolean;
  run(command: readonly string[]): Promise<{ exitCode: number; output: string }>;
}

export const thisMachine: Machine = {
  platform: process.platform,
  env: process.env,
  exists: existsSync,
  which: (command) => Bun.which(command),
  isRoot: () => process.getuid?.() === 0,
  run: (command) => runCommand(command),
};

/** Whether packages can be installed without a question: as root, where `apt-get` is. */
export function mayInstall(machine: Machine): boolean {
  return machine.isRoot() && machine.which("apt-get") !== null;
}

/** Installs packages of Debian; `undefined` when that went well, else why not. */
export async function installPackages(
  machine: Machine,
  packages: readonly string[],
  show: Print,
): Promise<string | undefined> {
  show(`installing with apt-get: ${packages.join(" ")}`);
  const aptGet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { exitCode, output } = await machine.run([...aptGet, ...words]);
    if (exitCode !== 0) return `"apt-get ${words.join(" ")}" failed:\n${output}`;
  }
  return undefined;
}
