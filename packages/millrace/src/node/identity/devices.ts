/** The devices of a house: their registry, and how the TLS door learns whose a certificate is. */

import { join } from "node:path";
import type { Clock, Logger, Random } from "../../base/mod.ts";
import { type AccountFacts, DeviceAccess, Devices, type MqttAccess } from "../../identity/mod.ts";
import type { RecognizeDevice } from "../../listeners/mod.ts";
import type { Records } from "../../storage/mod.ts";

export interface HouseDevicesOptions {
  readonly account: AccountFacts;
  readonly records: Records;
  /** Absent: the deployment's own authority ends with the process. */
  readonly folder: string | undefined;
  readonly access: MqttAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Ends the connections of a principal that may be here no more. */
  readonly expel: (principal: string) => unknown;
}

const authorityFile = "device-authority.pem";

export function createHouseDevices(options: HouseDevicesOptions): {
  readonly devices: Devices;
  readonly recognizeDevice: RecognizeDevice;
} {
  const { folder, expel } = options;
  const devices = new Devices({
    ...options,
    authorityPath: folder === undefined ? undefined : join(folder, authorityFile),
    onDeactivated: (certificateId) => void expel(certificateId),
  });
  const deviceAccess = new DeviceAccess({ ...options, devices });
  return {
    devices,
    recognizeDevice: (certificate, { ip }) => ({
      isKnown: deviceAccess.knows(certificate),
      admit: (connect) => deviceAccess.admit(certificate, ip, connect),
    }),
  };
}
