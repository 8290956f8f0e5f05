/** iot ListCertificatesByCA: `GET /certificates-by-ca/{caCertificateId}`. */

import { Query } from "../../query.ts";
import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listed, listMembers, readCertificateId } from "./certificates.ts";

export function listCertificatesByCA(call: IotCall): Outcome {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  const query = new Query(call, "ListCertificatesByCA", listMembers);
  const all = [...call.ports.devices.certificates.all()];
  const records = all.filter(({ authorityId }) => authorityId === id);
  return listed(call, query, { list: `certificates of ${id}`, records });
}
