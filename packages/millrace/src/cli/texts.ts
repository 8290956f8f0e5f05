/** What the command line says of itself. */

import type { Command } from "./command.ts";
import { type Flag, type Flags, variablesOf } from "./flags.ts";

const columnWidth = 28;

/** The answer to `--help`: all commands, or some of them. */
export function overviewText(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => line(`millrace ${name}`, summary));
  return `Millrace runs an application made of serverless building blocks on this machine.

${lines.join("\n")}
${line("millrace --version", "which version this is")}

millrace <command> --help says what a command takes.
`;
}

/** The answer to `<command> --help`. */
export function helpText({ name, usage, summary, details, flags }: Command): string {
  const paragraphs = [
    `millrace ${name} ${usage}`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    details,
    flagLines(flags).join("\n"),
    variablesText(flags),
  ];
  return `${paragraphs.filter(Boolean).join("\n\n")}\n`;
}

function flagLines(flags: Flags): string[] {
  return Object.entries(flags).map(([name, flag]) => {
    const short = flag.short === undefined ? "" : `-${flag.short}, `;
    const usage = `${short}--${name}${valueText(flag)}`;
    const preset = flag.type === "string" && flag.default ? ` (${flag.default})` : "";
    return line(usage, `${flag.help}${preset}`);
  });
}

function valueText({ placeholder, alone }: Flag): string {
  if (placeholder === undefined) return "";
  return alone === undefined ? ` ${placeholder}` : `[=${placeholder}]`;
}

function variablesText(flags: Flags): string | undefined {
  const variables = variablesOf(flags);
  if (variables.length === 0) return undefined;
  if (variables.length === Object.keys(flags).length && variables.length > 3) {
    return "Every flag has a variable: --api-port is MILLRACE_API_PORT.";
  }
  return `Variables of the environment: ${variables.join(", ")}.`;
}

function line(left: string, right: string): string {
  const padded = left.padEnd(columnWidth);
  return `  ${padded}${padded.length > columnWidth ? "  " : ""}${right}`;
}
