/**
 * Finds the Chromium that the browser tests drive, and on Debian brings it.
 *
 * `CHROMIUM` names a binary and wins. Installing happens only where it needs no questions: as root,
 * where `apt-get` is; everywhere else the answer is a sentence that says what to install.
 */
import { join } from "node:path";
import { installPackages, type Machine, mayInstall } from "./machine.ts";
import type { Print } from "./steps.ts";

export type Browser =
  | { readonly path: string; readonly why?: undefined }
  | { readonly path?: undefined; readonly why: string };

const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApplications = ["Chromium", "Google Chrome"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const windowsFolders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"];
const windowsBrowsers = ["Google/Chrome/Application", "Chromium/Application"];

/** A browser that is there, or after an installation is there; else why there is none. */
export async function provideBrowser(machine: Machine, show: Print): Promise<Browser> {
  const named = machine.env.CHROMIUM;
  if (named) return machine.exists(named) ? { path: named } : { why: `no file "${named}"` };
  const found = findBrowser(machine);
  if (found) return { path: found };
  if (!mayInstall(machine)) return { why: adviceFor(machine) };

  const why = await installPackages(machine, ["chromium"], show);
  if (why) return { why };
  const installed = findBrowser(machine);
  return installed ? { path: installed } : { why: "apt-get installed no Chromium" };
}

function findBrowser(machine: Machine): string | undefined {
  const places = {
    darwin: macApplications,
    win32: windowsFolders.flatMap((folder) =>
      windowsBrowsers.map((name) => join(machine.env[folder] ?? "", name, "chrome.exe")),
    ),
  };
  const { platform } = machine;
  const usual = platform === "darwin" || platform === "win32" ? places[platform] : [];
  const onPath = commands.map((command) => machine.which(command));
  return usual.find((path) => machine.exists(path)) ?? onPath.find((path) => path !== null);
}

function adviceFor({ platform, which }: Machine): string {
  const how =
    platform === "darwin"
      ? 'install Google Chrome, or run "brew install --cask chromium"'
      : platform === "win32"
        ? "install Google Chrome"
        : which("apt-get")
          ? 'run "sudo apt-get install chromium"'
          : "install Chromium with the package manager of this system";
  return `no Chromium found: ${how}, or set CHROMIUM to the path of one`;
}
