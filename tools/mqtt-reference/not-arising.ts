/**
 * Statements that concern a server and cannot arise with this one, each with the reason. A tag in
 * the source takes a statement off this list.
 */

const noMethod = "The server knows no authentication method and never sends AUTH.";

export const notArising: Readonly<Record<string, string>> = {
  "MQTT-3.8.3-2": "The server supports wildcards.",
  "MQTT-7.0.0-1": "The server connects to no other server.",
  "MQTT-7.0.0-2": "It is said of the whole, and there is no extension.",
  "MQTT5-3.2.2-13": "The server retains messages.",
  "MQTT5-3.15.2-2": noMethod,
  "MQTT5-3.15.2-3": noMethod,
  "MQTT5-4.12.0-2": noMethod,
  "MQTT5-4.12.0-4": noMethod,
  "MQTT5-4.12.0-5": noMethod,
  "MQTT5-4.12.1-2": noMethod,
};
