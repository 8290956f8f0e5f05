/** Where the operations on certificates and their authorities stand. */

import type { Resource } from "../operation.ts";
import { createCertificateFromCsr } from "./CreateCertificateFromCsr.ts";
import { createKeysAndCertificate } from "./CreateKeysAndCertificate.ts";
import { deleteCACertificate } from "./DeleteCACertificate.ts";
import { deleteCertificate } from "./DeleteCertificate.ts";
import { deleteRegistrationCode } from "./DeleteRegistrationCode.ts";
import { describeCACertificate } from "./DescribeCACertificate.ts";
import { describeCertificate } from "./DescribeCertificate.ts";
import { getRegistrationCode } from "./GetRegistrationCode.ts";
import { listCACertificates } from "./ListCACertificates.ts";
import { listCertificates } from "./ListCertificates.ts";
import { listCertificatesByCA } from "./ListCertificatesByCA.ts";
import { registerCACertificate } from "./RegisterCACertificate.ts";
import { registerCertificate } from "./RegisterCertificate.ts";
import { registerCertificateWithoutCA } from "./RegisterCertificateWithoutCA.ts";
import { updateCACertificate } from "./UpdateCACertificate.ts";
import { updateCertificate } from "./UpdateCertificate.ts";

export const certificateResources: readonly Resource[] = [
  { path: /^\/keys-and-certificate$/, operations: { POST: createKeysAndCertificate } },
  {
    path: /^\/certificates$/,
    operations: { POST: createCertificateFromCsr, GET: listCertificates },
  },
  {
    path: /^\/certificates\/([^/]*)$/,
    operations: {
      GET: describeCertificate,
      PUT: updateCertificate,
      DELETE: deleteCertificate,
    },
  },
  { path: /^\/certificates-by-ca\/([^/]*)$/, operations: { GET: listCertificatesByCA } },
  { path: /^\/certificate\/register$/, operations: { POST: registerCertificate } },
  { path: /^\/certificate\/register-no-ca$/, operations: { POST: registerCertificateWithoutCA } },
  {
    path: /^\/registrationcode$/,
    operations: { GET: getRegistrationCode, DELETE: deleteRegistrationCode },
  },
  { path: /^\/cacertificate$/, operations: { POST: registerCACertificate } },
  { path: /^\/cacertificates$/, operations: { GET: listCACertificates } },
  {
    path: /^\/cacertificate\/([^/]*)$/,
    operations: {
      GET: describeCACertificate,
      PUT: updateCACertificate,
      DELETE: deleteCACertificate,
    },
  },
];
