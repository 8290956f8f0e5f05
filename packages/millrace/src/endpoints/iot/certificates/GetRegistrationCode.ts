/** iot GetRegistrationCode: `GET /registrationcode`, for the proof that a CA is one's own. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";

export async function getRegistrationCode({ ports }: IotCall): Promise<Outcome> {
  return { body: { registrationCode: await ports.devices.authorities.registrationCode() } };
}
