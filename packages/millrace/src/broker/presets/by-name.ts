/** The presets under the names that people give them. */

import type { BrokerLimits } from "../limits.ts";
import { awsLimits } from "./aws.ts";
import { mqttLimits } from "./mqtt.ts";

export type LimitsName = "mqtt" | "aws";

export const limitsByName: Readonly<Record<LimitsName, BrokerLimits>> = {
  mqtt: mqttLimits,
  aws: awsLimits,
};
