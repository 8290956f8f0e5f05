/**
 * `AWS::IoT::Certificate` and `AWS::IoT::CACertificate`: certificates that the template brings in
 * PEM form. Their ids are made from their bytes, so `Ref` can be told beforehand; that of one that
 * would first have to be signed (`CertificateSigningRequest`) could not, so it is refused.
 */

import { deviceKey, parseCertificate } from "../../../identity/mod.ts";
import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
import { choice, object, required, text } from "../../schema.ts";

/** Its "name" is its text. Of what is no certificate there is no id, and the resource says so. */
function certificateId({ name, logicalId }: Identity): string {
  const certificate = parseCertificate(name);
  return typeof certificate === "string" ? logicalId : certificate.id;
}

function arnAs(kind: "cert" | "cacert") {
  return (identity: Identity) => {
    const { partition, region, accountId } = identity;
    return `arn:${partition}:iot:${region}:${accountId}:${kind}/${certificateId(identity)}`;
  };
}

export const iotCertificate = defineResource({
  type: "AWS::IoT::Certificate",
  properties: object({
    CertificatePem: required(text()),
    CACertificatePem: text(),
    CertificateMode: choice("DEFAULT", "SNI_ONLY"),
    Status: required(choice("ACTIVE", "INACTIVE", "REVOKED")),
  }),
  nameProperty: "CertificatePem",
  defaultName: stackAndLogicalId,
  ref: certificateId,
  attributes: { Arn: arnAs("cert"), Id: certificateId },
  build({ properties, report, mark }, draft) {
    const { CertificatePem: pem, CACertificatePem: authorityPem } = properties;
    const certificate = parseCertificate(pem);
    if (typeof certificate === "string") {
      report(["Properties", "CertificatePem"], `the certificate cannot be taken: ${certificate}`);
      return;
    }
    const { id } = certificate;
    if (draft.devices.certificates.some((other) => other.id === id)) {
      report(["Properties", "CertificatePem"], "another resource has the same certificate");
    }
    const withoutAuthority = properties.CertificateMode === "SNI_ONLY";
    if (withoutAuthority && authorityPem !== undefined) {
      report(["Properties", "CACertificatePem"], "a certificate of mode SNI_ONLY has no CA");
    }
    mark(deviceKey("certificates", id), []);
    draft.devices.certificates.push({
      id,
      pem,
      ...(authorityPem !== undefined && { authorityPem }),
      withoutAuthority,
      status: properties.Status,
    });
  },
});

export const iotCaCertificate = defineResource({
  type: "AWS::IoT::CACertificate",
  properties: object({
    CACertificatePem: required(text()),
    VerificationCertificatePem: text(),
    CertificateMode: choice("DEFAULT", "SNI_ONLY"),
    Status: required(choice("ACTIVE", "INACTIVE")),
    AutoRegistrationStatus: choice("DISABLE"),
  }),
  nameProperty: "CACertificatePem",
  defaultName: stackAndLogicalId,
  ref: certificateId,
  attributes: { Arn: arnAs("cacert"), Id: certificateId },
  build({ properties, report, mark }, draft) {
    const { CACertificatePem: pem, VerificationCertificatePem: proofPem } = properties;
    const certificate = parseCertificate(pem);
    if (typeof certificate === "string") {
      report(["Properties", "CACertificatePem"], `the certificate cannot be taken: ${certificate}`);
      return;
    }
    const proofIsWanted = properties.CertificateMode !== "SNI_ONLY";
    if (proofIsWanted && proofPem === undefined) {
      report(["Properties"], "VerificationCertificatePem is missing, or CertificateMode SNI_ONLY");
    }
    if (!proofIsWanted && proofPem !== undefined) {
      report(["Properties", "VerificationCertificatePem"], "CertificateMode is SNI_ONLY");
    }
    mark(deviceKey("authorities", certificate.id), []);
    draft.devices.authorities.push({
      id: certificate.id,
      pem,
      ...(proofPem !== undefined && { proofPem }),
      isActive: properties.Status === "ACTIVE",
    });
  },
});
