/**
 * The template's devices, brought in line with what is stored at each start.
 *
 * What a resource says is done when it says something new, and then holds until it says something
 * else: what is changed by hand in between stays, as with the rules. A resource that goes from the
 * template goes from the registry, unless something that was made by hand hangs on it; the log
 * says so. What hangs on others is made after them and goes before them.
 */

import type { Logger } from "../../base/mod.ts";
import { nothingMore, type Outcome } from "../registry/outcome.ts";
import type { DeviceDefinitions } from "./definitions.ts";
import type { Devices } from "./devices.ts";

/** What is wrong with a resource, by the key of its place in the template. */
export interface TemplateProblem {
  readonly key: string;
  readonly message: string;
}

interface Item {
  readonly kind: keyof DeviceDefinitions;
  readonly name: string;
  readonly definition: unknown;
  apply(): Promise<Outcome<unknown>>;
}

/** In the order in which they are made. */
const kinds = [
  "authorities",
  "certificates",
  "policies",
  "things",
  "policyAttachments",
  "thingAttachments",
] as const satisfies readonly (keyof DeviceDefinitions)[];

/** Where an item stands in the template: a key of its positions. */
export function deviceKey(kind: keyof DeviceDefinitions, name: string): string {
  return `device:${kind}:${name}`;
}

/** Does what is new, then takes away what is gone. Answers with what could not be done. */
export async function applyTemplate(
  devices: Devices,
  definitions: DeviceDefinitions,
  logger: Logger,
): Promise<TemplateProblem[]> {
  const { ofTemplate, ledger } = devices.shelves;
  const items = itemsOf(devices, definitions);
  const problems: TemplateProblem[] = [];
  for (const item of items) {
    const key = deviceKey(item.kind, item.name);
    const text = JSON.stringify(item.definition);
    if (ofTemplate.get(key) === text) continue;
    const outcome = await item.apply();
    if (outcome.ok) await ledger.write(ofTemplate.put(key, text));
    else problems.push({ key, message: outcome.problem.message });
  }
  if (problems.length === 0) await removeGone(devices, items, logger);
  return problems;
}

async function removeGone(devices: Devices, items: readonly Item[], logger: Logger): Promise<void> {
  const { ofTemplate, ledger } = devices.shelves;
  const wanted = new Set(items.map(({ kind, name }) => deviceKey(kind, name)));
  for (const kind of kinds.toReversed()) {
    const gone = ofTemplate.names().filter((key) => key.startsWith(`device:${kind}:`));
    for (const key of gone.filter((one) => !wanted.has(one))) {
      const name = key.slice(deviceKey(kind, "").length);
      const outcome = await remove(devices, kind, name);
      if (!outcome.ok) {
        const reason = outcome.problem.message;
        logger.warn("what the template has no more stays", { kind, name, reason });
      }
      await ledger.write(ofTemplate.remove(key));
    }
  }
}

function itemsOf(devices: Devices, definitions: DeviceDefinitions): Item[] {
  const { authorities, certificates, policies, things } = devices;
  return [
    ...definitions.authorities.map((definition) => ({
      kind: "authorities" as const,
      name: definition.id,
      definition,
      apply: async () =>
        authorities.get(definition.id)
          ? authorities.setActive(definition.id, definition.isActive)
          : authorities.register(definition),
    })),
    ...definitions.certificates.map((definition) => ({
      kind: "certificates" as const,
      name: definition.id,
      definition,
      apply: async () =>
        certificates.get(definition.id)
          ? certificates.setStatus(definition.id, definition.status)
          : certificates.register(definition.pem, definition),
    })),
    ...definitions.policies.map((definition) => ({
      kind: "policies" as const,
      name: definition.name,
      definition,
      apply: () => policies.put(definition.name, definition.document),
    })),
    ...definitions.things.map((definition) => ({
      kind: "things" as const,
      name: definition.name,
      definition,
      apply: async () =>
        things.get(definition.name)
          ? things.update(definition.name, { attributes: definition.attributes })
          : things.create(definition.name, definition),
    })),
    ...attachmentsOf(devices, definitions),
  ];
}

function attachmentsOf({ policies, things }: Devices, definitions: DeviceDefinitions): Item[] {
  return [
    ...definitions.policyAttachments.map(({ policyName, principal }) => ({
      kind: "policyAttachments" as const,
      name: `${policyName} ${principal}`,
      definition: {},
      apply: () => policies.attach(policyName, principal),
    })),
    ...definitions.thingAttachments.map(({ thingName, principal, exclusive }) => ({
      kind: "thingAttachments" as const,
      name: `${thingName} ${principal}`,
      definition: { exclusive },
      apply: () => things.attach(thingName, principal, { exclusive }),
    })),
  ];
}

async function remove(
  { authorities, certificates, policies, things }: Devices,
  kind: keyof DeviceDefinitions,
  name: string,
): Promise<Outcome<unknown>> {
  const [left = "", right = ""] = name.split(" ");
  switch (kind) {
    case "authorities":
      await authorities.setActive(name, false);
      return authorities.get(name) ? authorities.delete(name) : nothingMore;
    case "certificates":
      await certificates.setStatus(name, "INACTIVE");
      return certificates.get(name) ? certificates.delete(name, { force: false }) : nothingMore;
    case "policies":
      return policies.get(name) ? policies.deleteAll(name) : nothingMore;
    case "things":
      return things.delete(name, undefined);
    case "policyAttachments":
      return policies.detach(left, right);
    case "thingAttachments":
      return things.attachment(left, right) ? things.detach(left, right) : nothingMore;
  }
}
