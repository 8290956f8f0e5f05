/** `millrace tables import`: the items of a file or an export, into a table of a running node. */

import { errorText } from "../../base/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { type Flags, portProblem } from "../flags.ts";
import { apiPortFlag } from "../shared-flags.ts";
import { importTable } from "../transfer/import.ts";
import { openSource } from "../transfer/import-source.ts";
import { connectTables } from "../transfer/tables-client.ts";

const exitProblem = 1;

const flags: Flags = {
  from: {
    type: "string",
    default: "",
    placeholder: "PATH",
    help: "a file of items, one a line (.gz is unpacked), or the folder of an export",
  },
  "from-line": {
    type: "string",
    default: "1",
    placeholder: "NUMBER",
    help: "go on with this line, counted over all files",
  },
  "api-port": { ...apiPortFlag, help: "where the node's API door is" },
};

export const tablesImport: Command = {
  name: "tables import",
  usage: "TABLE --from PATH [flags]",
  summary: "put the items of a file or an export into a table",
  details: `The table must be there; an item replaces the one that has its key. Lines are items as
the API has them, {"pk":{"S":"a"}}, alone or as {"Item":{...}}. The first line that is refused
ends the import; those before it are written then, and --from-line goes on with it.`,
  flags,
  async run({ given, environment }) {
    const [table, ...others] = given.words;
    if (table === undefined) throw new UsageProblem("which table?");
    if (others.length > 0) throw new UsageProblem(`there is no "${others[0]}" here`);
    if (!given.has("from")) throw new UsageProblem("--from PATH says where the items are");
    const fromLine = Number(given.text("from-line"));
    if (!Number.isSafeInteger(fromLine) || fromLine < 1) {
      const text = given.text("from-line");
      throw new UsageProblem(`--from-line must be a number from 1 on, not "${text}"`);
    }
    const port = given.text("api-port");
    const wrong = portProblem("api-port", port);
    if (wrong) throw new UsageProblem(wrong);
    try {
      const call = connectTables(port, environment);
      const source = await openSource(given.text("from"));
      const terminal = process.stderr;
      process.stderr.write(`${await importTable({ call, table, source, fromLine, terminal })}\n`);
      return 0;
    } catch (thrown) {
      process.stderr.write(`millrace: ${errorText(thrown)}\n`);
      return exitProblem;
    }
  },
};
