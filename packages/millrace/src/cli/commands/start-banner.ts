/** The few lines that a start prints. */

import type { House } from "../../node/mod.ts";
import type { StartOptions } from "./start-options.ts";

/** What a start prints: where to go, what is open to whom, what the template asked for in vain. */
export function bannerText(house: House, options: StartOptions, elapsedMs: number): string {
  const { addresses } = house;
  const mqtt = [addresses.mqtt, addresses.mqtts ?? [], addresses.websocket].flat();
  const lines = [
    `Millrace serves ${house.applicationName} (ready in ${Math.round(elapsedMs)} ms)`,
    "",
    `  open      ${addresses.edge}`,
    `  mqtt      ${mqtt.join("  ")}`,
    `  aws sdk   AWS_ENDPOINT_URL=${addresses.api}`,
    `  data      ${options.memory ? "in memory, gone when this ends" : options.data}`,
    `  access    ${accessText(options)}`,
  ];
  if (options.limits === "aws") lines.push("  limits    what AWS IoT refuses is refused");
  for (const note of house.notes) lines.push(`  note      ${note}`);
  return `${lines.join("\n")}\n\n`;
}

function accessText({ anonymous, host }: StartOptions): string {
  if (anonymous === "none") return "no MQTT client is let in: identities are not enforced yet";
  const who = anonymous === "all" ? "every MQTT client" : "MQTT over TCP and TLS";
  return `${who} without credentials, with full rights, on ${host} only (--anonymous ${anonymous})`;
}
