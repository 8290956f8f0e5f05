/** The few lines that a start prints. */

import { join } from "node:path";
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
    `  access    ${accessTexts(options).join(`\n${" ".repeat(12)}`)}`,
  ];
  if (options.limits === "aws") lines.push("  limits    what AWS IoT refuses is refused");
  for (const note of house.notes) lines.push(`  note      ${note}`);
  return `${lines.join("\n")}\n\n`;
}

const doorTexts = {
  tcp: "MQTT over TCP and TLS",
  websocket: "MQTT over WebSocket",
  api: "the AWS API, for whoever does not sign with a key from here",
} as const;

/** What is enforced, and who has full rights without being asked. */
function accessTexts({ anonymous, host, memory, data }: StartOptions): string[] {
  const doors = anonymous.map((door) => {
    const address = door === "api" ? "127.0.0.1" : host;
    return `full rights without credentials: ${doorTexts[door]}, on ${address} only`;
  });
  return [
    "whoever signs may do what their policies allow, and nothing else",
    "functions and rules may do what their roles allow, and nothing else",
    ...(doors.length > 0 ? doors : ["nobody comes in without credentials"]),
    `(--anonymous ${anonymous.join(",") || "none"})`,
    ...(memory ? [] : [`the owner's access key is in ${join(data, "credentials")}`]),
  ];
}
