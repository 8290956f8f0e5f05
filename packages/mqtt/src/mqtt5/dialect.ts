/** MQTT 5, and the one place from which its tables are reached. */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import { decodeProperties } from "./decode-properties.ts";
import { encodeProperties } from "./encode-properties.ts";
import { protocolError5 } from "./errors.ts";
import { isReasonCode } from "./reason-codes.ts";
import { decodeOptions, encodeOptions } from "./subscription-options.ts";

export const mqtt5: Dialect = {
  protocolLevel: mqtt5Level,
  protocolError: protocolError5,
  isReasonCode,
  decodeProperties,
  encodeProperties,
  decodeOptions,
  encodeOptions,
};
