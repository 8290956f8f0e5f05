/** iot DescribeCertificate: `GET /certificates/{certificateId}`. */

import { failure, type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { certificateArn, modeOf, readCertificateId } from "./certificates.ts";

export async function describeCertificate(call: IotCall): Promise<Outcome> {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  const { certificates } = call.ports.devices;
  const record = certificates.get(id);
  const certificatePem = await certificates.textOf(id);
  if (!record || certificatePem === undefined) {
    return failure("ResourceNotFoundException", `There is no certificate "${id}"`);
  }
  const certificateDescription = {
    certificateArn: certificateArn(call, id),
    certificateId: id,
    caCertificateId: record.authorityId,
    status: record.status,
    certificatePem,
    ownedBy: call.ports.account.accountId,
    creationDate: wireSeconds(record.createdAtMs),
    lastModifiedDate: wireSeconds(record.changedAtMs),
    customerVersion: record.version,
    certificateMode: modeOf(record),
    validity: {
      notBefore: wireSeconds(record.notBeforeMs),
      notAfter: wireSeconds(record.notAfterMs),
    },
  };
  return { body: { certificateDescription } };
}
