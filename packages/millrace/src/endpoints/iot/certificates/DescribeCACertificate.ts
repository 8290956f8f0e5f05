/** iot DescribeCACertificate: `GET /cacertificate/{certificateId}`. */

import { parseCertificate } from "../../../identity/mod.ts";
import { failure, type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { readCertificateId } from "./certificates.ts";

export function describeCACertificate(call: IotCall): Outcome {
  const id = readCertificateId(call);
  if (typeof id !== "string") return id;
  const { devices, account } = call.ports;
  const record = devices.authorities.get(id);
  if (!record) return failure("ResourceNotFoundException", `There is no CA certificate "${id}"`);
  const certificate = parseCertificate(record.pem);
  const certificateDescription = {
    certificateArn: devices.arnOf("cacert", id),
    certificateId: id,
    status: record.isActive ? "ACTIVE" : "INACTIVE",
    certificatePem: record.pem,
    ownedBy: account.accountId,
    creationDate: wireSeconds(record.createdAtMs),
    lastModifiedDate: wireSeconds(record.changedAtMs),
    customerVersion: record.version,
    autoRegistrationStatus: "DISABLE",
    certificateMode: record.mode,
    ...(typeof certificate !== "string" && {
      validity: {
        notBefore: wireSeconds(certificate.notBeforeMs),
        notAfter: wireSeconds(certificate.notAfterMs),
      },
    }),
  };
  return { body: { certificateDescription } };
}
