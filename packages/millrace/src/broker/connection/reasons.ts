/**
 * How the broker's own words for what went wrong are said on the wire: the one place where they
 * become reason codes of MQTT 5 (2.4) and return codes of MQTT 3.1.1.
 */

import { connackReturnCodes, reasonCodes } from "@millrace/mqtt";
import type { RefusedConnect } from "../counters.ts";
import type { DisconnectReason } from "../lifecycle.ts";
import type { Refusal } from "../message.ts";

/** What DISCONNECT says; undefined where there is nobody to hear it. */
export const disconnectCodes: Readonly<Record<DisconnectReason, number | undefined>> = {
  API_INITIATED_DISCONNECT: reasonCodes.administrativeAction,
  AUTH_ERROR: reasonCodes.notAuthorized,
  CLIENT_INITIATED_DISCONNECT: undefined,
  CLIENT_ERROR: reasonCodes.protocolError,
  CONNECTION_LOST: undefined,
  CUSTOMAUTH_TTL_EXPIRATION: reasonCodes.maximumConnectTime,
  DUPLICATE_CLIENTID: reasonCodes.sessionTakenOver,
  MQTT_KEEP_ALIVE_TIMEOUT: reasonCodes.keepAliveTimeout,
  SERVER_ERROR: reasonCodes.unspecifiedError,
  SERVER_INITIATED_DISCONNECT: reasonCodes.serverShuttingDown,
  THROTTLED: reasonCodes.quotaExceeded,
  WEBSOCKET_TTL_EXPIRATION: reasonCodes.maximumConnectTime,
};

/** What it says in words, where nobody has said it better. */
export const disconnectTexts: Readonly<Partial<Record<DisconnectReason, string>>> = {
  SERVER_ERROR: "what had to be stored could not be stored",
};

/** What PUBACK, PUBREC or, without QoS, DISCONNECT says. */
export const refusalCodes: Readonly<Record<Refusal, number>> = {
  "topic-invalid": reasonCodes.topicNameInvalid,
  "topic-reserved": reasonCodes.topicNameInvalid,
  "not-authorized": reasonCodes.notAuthorized,
  "payload-too-large": reasonCodes.quotaExceeded,
  "property-too-large": reasonCodes.quotaExceeded,
  "quota-exceeded": reasonCodes.quotaExceeded,
  "not-stored": reasonCodes.unspecifiedError,
};

export interface ConnectRefusal {
  readonly mqtt5: number;
  readonly mqtt3: number;
  readonly reason: DisconnectReason;
  readonly counted: RefusedConnect;
}

/** What CONNACK says when the session could not be stored; it had been let in before. */
export const sessionNotStored = {
  mqtt5: reasonCodes.serverUnavailable,
  mqtt3: connackReturnCodes.serverUnavailable,
} as const;

/** Why a CONNECT is turned away. */
export const connectRefusals = {
  protocolVersion: {
    mqtt5: reasonCodes.unsupportedProtocolVersion,
    mqtt3: connackReturnCodes.unacceptableProtocolVersion,
    reason: "CLIENT_ERROR",
    counted: "protocol",
  },
  clientId: {
    mqtt5: reasonCodes.clientIdentifierNotValid,
    mqtt3: connackReturnCodes.identifierRejected,
    reason: "CLIENT_ERROR",
    counted: "protocol",
  },
  authenticationMethod: {
    mqtt5: reasonCodes.badAuthenticationMethod,
    mqtt3: connackReturnCodes.notAuthorized,
    reason: "AUTH_ERROR",
    counted: "authorization",
  },
  notAuthorized: {
    mqtt5: reasonCodes.notAuthorized,
    mqtt3: connackReturnCodes.notAuthorized,
    reason: "AUTH_ERROR",
    counted: "authorization",
  },
  credentials: {
    mqtt5: reasonCodes.badUserNameOrPassword,
    mqtt3: connackReturnCodes.badUsernameOrPassword,
    reason: "AUTH_ERROR",
    counted: "authorization",
  },
  tries: {
    mqtt5: reasonCodes.connectionRateExceeded,
    mqtt3: connackReturnCodes.serverUnavailable,
    reason: "THROTTLED",
    counted: "rate",
  },
  sessions: {
    mqtt5: reasonCodes.quotaExceeded,
    mqtt3: connackReturnCodes.serverUnavailable,
    reason: "THROTTLED",
    counted: "sessions",
  },
  rate: {
    mqtt5: reasonCodes.connectionRateExceeded,
    mqtt3: connackReturnCodes.serverUnavailable,
    reason: "THROTTLED",
    counted: "rate",
  },
} as const satisfies Record<string, ConnectRefusal>;
