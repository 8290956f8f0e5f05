/** The return codes of MQTT 3.1.1: numbers as they stand on the wire. */

/** CONNACK, table 3.1. */
export const connackReturnCodes = {
  accepted: 0,
  unacceptableProtocolVersion: 1,
  identifierRejected: 2,
  serverUnavailable: 3,
  badUsernameOrPassword: 4,
  notAuthorized: 5,
} as const;

/** SUBACK: the server refuses this one filter. The other codes are the granted QoS. */
export const subackFailure = 0x80;
