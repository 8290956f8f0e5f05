/** The command line: which command, and what to say to a word that is none. */

import manifest from "../../package.json" with { type: "json" };
import { readStartOptions } from "./options.ts";
import { startCommand } from "./start.ts";
import { helpText } from "./texts.ts";

const exitUsage = 2;

const [command, ...words] = process.argv.slice(2);

if (command === "start" && !words.includes("--help")) {
  const result = readStartOptions(words, process.env);
  if (result.ok) await startCommand(result.options);
  else refuse(result.problem);
} else if (command === "--version" || command === "version") {
  process.stdout.write(`${manifest.version}\n`);
} else if (command === undefined || command === "start" || command?.match(/^(--)?help$/)) {
  process.stdout.write(helpText());
} else refuse(`unknown command "${command}"`);

function refuse(problem: string): never {
  process.stderr.write(`millrace: ${problem}\nmillrace --help says what there is\n`);
  process.exit(exitUsage);
}
