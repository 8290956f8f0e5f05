/** What the command line says: help, and the few lines of a start. */

import type { House } from "../node/mod.ts";
import { type StartOptions, startFlags } from "./options.ts";

const columnWidth = 28;

/** The answer to `--help`. */
export function helpText(): string {
  const flags = Object.entries(startFlags).map(([name, flag]) => {
    const usage = `--${name}${flag.placeholder ? ` ${flag.placeholder}` : ""}`;
    const preset = flag.type === "string" && flag.default ? ` (${flag.default})` : "";
    return `  ${usage.padEnd(columnWidth)}${flag.help}${preset}`;
  });
  return `Millrace runs an application made of serverless building blocks on this machine.

  millrace start [template.yaml] [flags]   serve the application of a SAM template
  millrace --version

${flags.join("\n")}

Every flag has a variable: --api-port is MILLRACE_API_PORT.
`;
}

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
