/** How MQTT clients reach the broker. */

export { listenTcp, type TcpListener } from "./tcp.ts";
export {
  mqttPath,
  mqttWebSocketHandler,
  upgradeMqtt,
  type WebSocketState,
} from "./websocket.ts";
