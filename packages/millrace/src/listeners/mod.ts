/** How clients reach the broker, and what stands before the doors. */

export {
  type CertificateFiles,
  type Credentials,
  loadCredentials,
} from "./credentials.ts";
export type { Front } from "./front.ts";
export { listenTcp, type TcpListener, type TcpOptions } from "./tcp.ts";
export type { RecognizeDevice } from "./tls-link.ts";
export {
  type Accepted,
  type Authenticate,
  acceptMqtt,
  mqttPath,
  type UpgradeOptions,
} from "./websocket/handshake.ts";
export { MqttWebSockets } from "./websocket/mqtt-websockets.ts";
export { signedChanging } from "./whole-http/head-memory.ts";
export type { RequestHeaders } from "./whole-http/request-head.ts";
export type {
  Meet,
  SmallAnswer,
  WholeAnswer,
  WholeHead,
  WholeRequest,
} from "./whole-http/whole-answer.ts";
export type { WholeDoor } from "./whole-http/whole-connection.ts";
export { openWholeFront, type WholeFrontOptions } from "./whole-http/whole-front.ts";
