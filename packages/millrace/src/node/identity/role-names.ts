/** Which roles a template has, without a node. */

import { suggest, WorldError } from "../../base/mod.ts";
import { formatProblems, loadTemplate } from "../../template/mod.ts";
import { account } from "../configuration.ts";

export interface TemplateNamed {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Answers when the template has a role of that name. Rejects with a `WorldError` that names those
 * that it has, or says what is wrong with the template.
 */
export async function checkRoleName(name: string, { template, parameters }: TemplateNamed) {
  const loaded = await loadTemplate({ path: template, parameters, ...account });
  if (!loaded.ok) throw new WorldError("TEMPLATE_WRONG", formatProblems(loaded.problems));
  const names = loaded.application.roles.map((role) => role.name);
  if (names.includes(name)) return;
  const there = names.length === 0 ? "" : `, only ${names.join(", ")}`;
  const text = `the template '${template}' has no role "${name}"${suggest(name, names)}${there}`;
  throw new WorldError("NO_SUCH_ROLE", text);
}
