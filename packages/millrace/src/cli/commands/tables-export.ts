/** `millrace tables export`: the items of a running node's table, into a file or a folder. */

import { errorText } from "../../base/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { type Flags, portProblem } from "../flags.ts";
import { apiPortFlag } from "../shared-flags.ts";
import { type ExportFormat, exportTable } from "../transfer/export.ts";
import { connectTables } from "../transfer/tables-client.ts";

const exitProblem = 1;
const formats: readonly string[] = ["json-lines", "dynamodb-json"];

const flags: Flags = {
  to: {
    type: "string",
    default: "",
    placeholder: "PATH",
    help: "the file to write (- is standard output); of dynamodb-json, the folder",
  },
  format: {
    type: "string",
    default: "json-lines",
    placeholder: "FORMAT",
    help: "json-lines: an item a line; dynamodb-json: as the service exports to S3",
  },
  "api-port": { ...apiPortFlag, help: "where the node's API door is" },
};

export const tablesExport: Command = {
  name: "tables export",
  usage: "TABLE --to PATH [--format FORMAT] [flags]",
  summary: "bring the items of a table into a file or a folder",
  details: `The table may be written to meanwhile: such writes may or may not be in the export. For
the items of one moment restore the table to it (RestoreTableToPointInTime) and export that.`,
  flags,
  async run({ given, environment }) {
    const [table, ...others] = given.words;
    if (table === undefined) throw new UsageProblem("which table?");
    if (others.length > 0) throw new UsageProblem(`there is no "${others[0]}" here`);
    if (!given.has("to")) throw new UsageProblem("--to PATH says where the items shall go");
    const format = given.text("format");
    if (!formats.includes(format)) {
      throw new UsageProblem(`--format must be one of ${formats.join(", ")}, not "${format}"`);
    }
    const port = given.text("api-port");
    const wrong = portProblem("api-port", port);
    if (wrong) throw new UsageProblem(wrong);
    try {
      const done = await exportTable({
        call: connectTables(port, environment),
        table,
        to: given.text("to"),
        format: format as ExportFormat,
        terminal: process.stderr,
        output: process.stdout,
      });
      process.stderr.write(`${done}\n`);
      return 0;
    } catch (thrown) {
      process.stderr.write(`millrace: ${errorText(thrown)}\n`);
      return exitProblem;
    }
  },
};
