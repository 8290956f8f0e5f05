/** The tables of the house: those of the template and those that the API makes. */

import { type Logger, systemClock, systemRandom } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { createRemoteTables, createTables, type Tables } from "../../tables/mod.ts";
import type { Application } from "../../template/mod.ts";
import { account, type Configuration } from "../configuration.ts";
import { postToTables } from "../http-client.ts";
import { placed } from "../problems.ts";

export interface HouseTablesOptions {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly onStreamed: (tableName: string) => void;
}

/** Wired to this machine; nothing is there before `defineTables`. */
export function createHouseTables(options: HouseTablesOptions): Tables {
  const { records, configuration, logger, onStreamed } = options;
  const { enforceCapacity, remoteTables: remote } = configuration;
  const world = { clock: systemClock, random: systemRandom };
  if (remote) {
    logger.info("tables live on a remote endpoint", { endpoint: remote.endpoint });
    return createRemoteTables({ ...world, records, logger, remote, send: postToTables });
  }
  return createTables({ ...world, records, logger, account, enforceCapacity, onStreamed });
}

/** Brings the tables of the template up; answers with what is wrong. */
export async function defineTables(
  tables: Tables,
  application: Application,
  { replaceTables }: Pick<Configuration, "replaceTables">,
): Promise<string[]> {
  const problems: string[] = [];
  await tables.start();
  for (const definition of application.tables) {
    const result = await tables.define(definition, replaceTables);
    if (result.ok) continue;
    problems.push(placed(application, `table:${definition.name}`, result.error.message));
  }
  tables.tellUnseen();
  if (tables.isRemote) return problems;
  await tables.scaling.define(application.scalableTargets, application.scalingPolicies);
  return problems;
}
