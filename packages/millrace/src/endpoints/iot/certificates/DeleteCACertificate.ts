/** iot DeleteCACertificate: `DELETE /cacertificate/{certificateId}`, once it is inactive. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readCertificateId } from "./certificates.ts";

export async function deleteCACertificate(call: IotCall): Promise<Outcome> {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  return answered(await call.ports.devices.authorities.delete(id), () => ({}));
}
