/**
 * What functions reserve at the start. Of the template first: what it says must hold; what the API
 * has set before is told if it does not.
 */

import type { Logger } from "../../base/mod.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { FunctionDefinition } from "../definition.ts";
import type { Fleet } from "../fleet.ts";
import type { StartProblem } from "../problems.ts";

export interface ReserveOptions {
  readonly definitions: readonly FunctionDefinition[];
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  readonly logger: Logger;
}

/** Answers with what the template reserves and cannot have. */
export function reserveAll(options: ReserveOptions): StartProblem[] {
  const { definitions, catalogue, fleet, logger } = options;
  const { concurrency, places } = fleet;
  const problems: StartProblem[] = [];
  const processes = places.processesMax;
  for (const { name, reservedConcurrency: count } of definitions) {
    if (count !== undefined && count > processes) {
      const fields = { name, count, processes };
      logger.warn("function reserves more calls than processes run at once", fields);
    }
    const isTemplates = catalogue.get(name).reservedConcurrency === undefined;
    if (!isTemplates || concurrency.reserve(name, count)) continue;
    const message = `cannot reserve ${count} calls at once: too many`;
    problems.push({ functionName: name, message });
  }
  for (const { name, reservedConcurrency: count } of catalogue.entries) {
    if (count === undefined || count === null || concurrency.reserve(name, count)) continue;
    logger.error("concurrency not reserved, too little would be left", { name, count });
  }
  return problems;
}
