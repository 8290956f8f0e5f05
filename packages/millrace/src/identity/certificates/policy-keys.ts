/**
 * What a certificate says to policies: `iot:CertificateId` and `iot:Certificate.*`.
 *
 * A name may have an attribute several times: the first value stands under the attribute's name,
 * the second under `.1`, and all of them under `.List`. [IoT: X.509 certificate policy variables]
 */

import type { ContextKeys } from "../../policy/mod.ts";
import type { Certificate } from "./certificate.ts";
import type { NameAttributes } from "./distinguished-name.ts";

const valuesMax = 5;

export function certificateKeys(certificate: Certificate): ContextKeys {
  const keys: Record<string, string | readonly string[]> = {
    "iot:CertificateId": certificate.id,
    "iot:Certificate.SerialNumber": certificate.serialNumber,
  };
  addNames(keys, "iot:Certificate.Subject", certificate.subject);
  addNames(keys, "iot:Certificate.Issuer", certificate.issuer);
  const alternative = "AlternativeName";
  addNames(keys, `iot:Certificate.Subject.${alternative}`, certificate.subjectAlternatives);
  addNames(keys, `iot:Certificate.Issuer.${alternative}`, certificate.issuerAlternatives);
  keys["iot:Certificate.AvailableKeys"] = Object.keys(keys).filter((key) => !key.endsWith(".List"));
  return keys;
}

function addNames(
  keys: Record<string, string | readonly string[]>,
  prefix: string,
  attributes: NameAttributes,
): void {
  for (const [name, values] of attributes) {
    const few = values.slice(0, valuesMax);
    few.forEach((value, index) => {
      keys[`${prefix}.${name}${index === 0 ? "" : `.${index}`}`] = value;
    });
    keys[`${prefix}.${name}.List`] = few;
  }
}
