/** What the API made of functions before this start, and versions of those of the template. */

import type { Logger } from "../../base/mod.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { latest } from "../catalogue/resolve.ts";
import type { FunctionControl } from "./control.ts";
import type { FunctionSettings } from "./settings.ts";

export interface BringBackOptions {
  readonly catalogue: Catalogue;
  readonly control: FunctionControl;
  readonly settings: FunctionSettings;
  readonly logger: Logger;
  /** Whether the template has a function of that name. */
  readonly isTemplates: (name: string) => boolean;
}

/** Makes all of it ready for calls; what cannot be brought back is told and left out. */
export async function bringBack(options: BringBackOptions): Promise<void> {
  const { catalogue, control, settings, logger, isTemplates } = options;
  for (const { name, created, versions } of catalogue.entries) {
    const template = isTemplates(name);
    if (template && created)
      logger.warn("the template's function replaces one of the API", { name });
    const stored = [...(created && !template ? [created] : []), ...versions];
    for (const one of stored) {
      const problem = await control.deployStored(one);
      if (!problem || problem.ok) continue;
      const { version = latest } = one.definition;
      logger.error("function not brought back", { name, version, reason: problem.error.message });
    }
    settings.warm(name);
  }
}
