/** iot CreateKeysAndCertificate: `POST /keys-and-certificate`; its private key is told once. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { certificateArn, statusOfFlag } from "./certificates.ts";

export async function createKeysAndCertificate(call: IotCall): Promise<Outcome> {
  const query = new Query(call, "CreateKeysAndCertificate", ["setAsActive"]);
  const status = statusOfFlag(query);
  if (query.problem) return invalid(query.problem);
  const outcome = await call.ports.devices.certificates.make(status);
  return answered(outcome, ({ id, pem, keys }) => ({
    certificateArn: certificateArn(call, id),
    certificateId: id,
    certificatePem: pem,
    keyPair: { PublicKey: keys.publicKeyPem, PrivateKey: keys.privateKeyPem },
  }));
}
