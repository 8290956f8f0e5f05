/** What a house of a test is started with, unless the test says otherwise: own ports, and quiet. */

import type { Configuration } from "./configuration.ts";

export const quietly: Omit<Configuration, "template"> = {
  parameters: {},
  dataFolder: undefined,
  host: "127.0.0.1",
  port: 0,
  apiPort: 0,
  mqttPort: 0,
  tls: undefined,
  proxyProtocol: false,
  anonymous: ["tcp", "api"],
  limits: "mqtt",
  watch: false,
  writeLog: () => {},
};
