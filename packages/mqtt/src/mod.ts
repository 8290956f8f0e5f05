/**
 * The MQTT wire language: packets, topics, return codes. Pure; runs wherever JavaScript runs.
 *
 * MQTT 3.1, 3.1.1 and 5. What a connection or a session must do with the packets is not here.
 */

export { Decoder, type DecoderOptions } from "./decoder.ts";
export { mqtt5Level, mqtt31Level, mqtt311Level, type ProtocolLevel } from "./dialect.ts";
export { encode, encodeAcknowledgement, encodePublish, encodePublishTemplate } from "./encode.ts";
export { fieldBytesMax, packetBytesLimit } from "./limits.ts";
export { type ReasonCodeName, reasonCodes } from "./mqtt5/reason-codes.ts";
export type { Packet, PacketType } from "./packet.ts";
export type {
  Acknowledgement,
  Puback,
  Pubcomp,
  Pubrec,
  Pubrel,
} from "./packets/acknowledgement.ts";
export type { Auth } from "./packets/auth.ts";
export type { Connack } from "./packets/connack.ts";
export type { Connect, Will } from "./packets/connect.ts";
export { type Disconnect, disconnectBytes } from "./packets/disconnect.ts";
export { type Pingreq, type Pingresp, pingreqBytes, pingrespBytes } from "./packets/ping.ts";
export {
  type Publish,
  type PublishTemplate,
  type Qos,
  withPacketId,
  writePacketId,
} from "./packets/publish.ts";
export type { Suback } from "./packets/suback.ts";
export type { Subscribe, Subscription } from "./packets/subscribe.ts";
export type { Unsuback } from "./packets/unsuback.ts";
export type { Unsubscribe } from "./packets/unsubscribe.ts";
export type { Properties } from "./properties.ts";
export type { ProtocolError, ProtocolErrorCode } from "./protocol-error.ts";
export { connackReturnCodes, subackFailure } from "./return-codes.ts";
export { topicFilterProblem, topicMatches, topicNameProblem } from "./topics.ts";
