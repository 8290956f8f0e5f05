/** `millrace init`: a small application to begin with, in a folder that holds none of its files. */

import { resolve } from "node:path";
import { errorText } from "../../base/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { writeNewApplication } from "../new-application.ts";

const exitProblem = 1;

export const init: Command = {
  name: "init",
  usage: "[folder]",
  summary: "write a small application to begin with",
  details: `A template with a table, a rule and two functions, their handlers, and what an editor
needs to stop at breakpoints. A file that is there already is never written over: then nothing
is written.`,
  flags: {},
  async run({ given }) {
    const [word = ".", ...more] = given.words;
    if (more.length > 0) throw new UsageProblem(`one folder at a time, not also "${more[0]}"`);
    const folder = resolve(word);
    try {
      const written = await writeNewApplication(folder);
      if (written.ok) {
        process.stdout.write(doneText(word, written.paths));
        return undefined;
      }
      const names = written.existing.map((path) => `"${path}"`).join(", ");
      return fail(`nothing written to "${folder}": it holds ${names} already`);
    } catch (thrown) {
      return fail(`cannot write to "${folder}": ${errorText(thrown)}`);
    }
  },
};

function doneText(word: string, paths: readonly string[]): string {
  const first = word === "." ? "" : `cd ${word} && `;
  const lines = [...paths.map((path) => `  ${path}`), "", `Next: ${first}npm install && npm start`];
  return `${lines.join("\n")}\n`;
}

function fail(problem: string): number {
  process.stderr.write(`millrace: ${problem}\n`);
  return exitProblem;
}
