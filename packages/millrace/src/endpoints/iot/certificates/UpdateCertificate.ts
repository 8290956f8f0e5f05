/**
 * iot UpdateCertificate: `PUT /certificates/{certificateId}?newStatus=...`. Whoever is connected
 * with a certificate that is ACTIVE no more is disconnected before this answers.
 */

import { settableStatuses } from "../../../identity/mod.ts";
import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readCertificateId } from "./certificates.ts";

export async function updateCertificate(call: IotCall): Promise<Outcome> {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  const query = new Query(call, "UpdateCertificate", ["newStatus"]);
  if (query.problem) return invalid(query.problem);
  const wanted = query.text("newStatus") ?? "";
  const status = settableStatuses.find((one) => one === wanted);
  if (!status) return invalid(`newStatus "${wanted}" is none of ${settableStatuses.join(", ")}`);
  return answered(await call.ports.devices.certificates.setStatus(id, status));
}
