/** iot DeleteRegistrationCode: `DELETE /registrationcode`; the next one is another. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";

export async function deleteRegistrationCode({ ports }: IotCall): Promise<Outcome> {
  return answered(await ports.devices.authorities.forgetRegistrationCode(), () => ({}));
}
