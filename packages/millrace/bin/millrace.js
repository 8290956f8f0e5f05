#!/usr/bin/env node
/**
 * The launcher: whatever Node is there, the server runs on the Bun that npm installed.
 *
 * Started by Bun itself, it goes straight on. A Node that can replace its own process does so:
 * same process id, nothing left behind. Any other Node stays as a parent that passes signals on
 * and ends as its child ends; `--no-orphans` ends the child at once, as a crash would, when that
 * parent is killed, so that no orphan keeps the ports.
 *
 * This file is on the way of every start, so it loads as little as it can. It reads no
 * configuration and no flags; those are the command line's.
 */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

if (process.versions.bun === undefined) {
  launch(findBun());
} else {
  await import(main);
}

function launch(bun) {
  const run = ["--no-env-file", main, ...process.argv.slice(2)];
  if (process.execve && process.platform !== "win32") {
    process.execve(bun, [bun, ...run], process.env);
  }
  stayAsParent(bun, ["--no-orphans", ...run]);
}

async function stayAsParent(bun, run) {
  const { spawn } = await import("node:child_process");
  const signals = ["SIGTERM", "SIGHUP", "SIGINT"];
  // Before the child is there: on a busy machine it may be up before this process goes on.
  for (const signal of signals) {
    process.on(signal, () => {
      // At a terminal Ctrl-C reaches the child too; sent on, it would count twice.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  const child = spawn(bun, run, { stdio: "inherit" });
  child.on("error", (error) => refuse(`Bun could not be started from "${bun}": ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/**
 * The path of a Bun that runs here: the one that the package `bun` put in its place while it was
 * installed, or, where install scripts do not run, the one in the package for this platform.
 */
function findBun() {
  const require = createRequire(import.meta.url);
  const installed = join(folderOf(require, "bun") ?? "", "bin", "bun.exe");
  // Before its install script has run, the file is a note of a few hundred bytes.
  if (statSync(installed, { throwIfNoEntry: false })?.size > 1_000_000) return installed;

  const windows = process.platform === "win32";
  const system = windows ? "windows" : process.platform;
  const machine = process.arch === "arm64" ? "aarch64" : process.arch;
  const musl = existsSync(`/lib/ld-musl-${machine === "x64" ? "x86_64" : machine}.so.1`);
  const name = `@oven/bun-${system}-${machine}`;
  const variants = musl ? ["-musl", "-musl-baseline", ""] : ["", "-baseline", "-android"];
  for (const variant of variants) {
    const folder = folderOf(require, name + variant);
    const binary = join(folder ?? "", "bin", windows ? "bun.exe" : "bun");
    if (folder && existsSync(binary)) return binary;
  }
  return refuse(
    `no Bun for ${process.platform} ${process.arch} among the installed packages: run ` +
      `"npm install" again without "--omit=optional", looking for "${name}"`,
  );
}

function folderOf(require, packageName) {
  try {
    return dirname(require.resolve(`${packageName}/package.json`));
  } catch {
    return undefined; // not installed, which is an answer here
  }
}

function refuse(message) {
  process.stderr.write(`millrace: ${message}\n`);
  process.exit(1);
}
