/** The command line: which command, and what to say to a word that is none. */

import manifest from "../../package.json" with { type: "json" };
import { suggest } from "../base/mod.ts";
import { commands, commandsOf, type Found, findCommand } from "./catalog.ts";
import { UsageProblem } from "./command.ts";
import { readFlags, unknownVariable, variablesOf } from "./flags.ts";
import { helpText, overviewText } from "./texts.ts";

const exitUsage = 2;
const helpWords = ["help", "--help", "-h"];

const words = process.argv.slice(2);
const [first = "help", second = "help"] = words;
const found = findCommand(words);
if (found) await run(found);
else if (first === "--version" || first === "version") print(`${manifest.version}\n`);
else if (helpWords.includes(first)) print(overviewText(commands));
else if (helpWords.includes(second) && commandsOf(first).length > 0) {
  print(overviewText(commandsOf(first)));
} else refuseCommand();

/** A word that begins no command stands alone; `rules tset` is meant for one of the rules'. */
function refuseCommand(): never {
  const isGroup = commandsOf(first).length > 0;
  const written = isGroup ? words.slice(0, 2).join(" ") : first;
  const names = commands.map(({ name }) => name);
  const advice = isGroup ? `millrace ${first} --help` : "millrace --help";
  refuse(`unknown command "${written}"${suggest(written, names)}`, advice);
}

async function run({ command, words }: Found): Promise<void> {
  if (words.some((word) => word === "--help" || word === "-h")) return print(helpText(command));
  const advice = `millrace ${command.name} --help`;
  const variable = unknownVariable(process.env, commands);
  if (variable) {
    const hint = suggest(variable, variablesOf(command.flags));
    refuse(`unknown variable "${variable}" in the environment${hint}`, advice);
  }
  const read = readFlags(command.flags, words, process.env);
  if (!read.ok) refuse(read.problem, advice);
  try {
    const code = await command.run({ given: read.given, environment: process.env });
    if (code !== undefined) process.exitCode = code;
  } catch (thrown) {
    if (!(thrown instanceof UsageProblem)) throw thrown;
    refuse(thrown.message, advice);
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

function refuse(problem: string, advice: string): never {
  process.stderr.write(`millrace: ${problem}\n${advice} says what there is\n`);
  process.exit(exitUsage);
}
