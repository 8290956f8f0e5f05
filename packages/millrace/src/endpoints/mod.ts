/** The API door: AWS endpoints for SDKs, the command line and functions. */

export { createApiDoor } from "./api-door.ts";
export { readThing, type ThingReading } from "./iot/things/read-thing.ts";
export { shadowNeed } from "./iotdata/rights.ts";
export type { ApiDoor, ApiDoorPorts, Client, IdentityPorts } from "./ports.ts";
export { createPublicDoor, isPublicPath, type PublicDoor } from "./public-door.ts";
export { createTableDoor, type TableDoor } from "./table-door.ts";
export { foreignHost, isLoopbackHost } from "./web-pages.ts";
