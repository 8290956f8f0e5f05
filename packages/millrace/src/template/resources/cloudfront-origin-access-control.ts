/**
 * `AWS::CloudFront::OriginAccessControl`: accepted, and idle, because a bucket is reached through
 * distributions only.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../resource-type.ts";
import { choice, object, required, text } from "../schema.ts";
import { derivedId } from "../surroundings.ts";

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export function originAccessControlId({ stackName, logicalId }: Identity): string {
  return `E${derivedId(`oac/${stackName}/${logicalId}`, 13, upperCase)}`;
}

export const originAccessControlType = "AWS::CloudFront::OriginAccessControl";

export const cloudfrontOriginAccessControl = defineResource({
  type: originAccessControlType,
  properties: object({
    OriginAccessControlConfig: required(
      object({
        Name: required(text()),
        Description: text(),
        OriginAccessControlOriginType: required(choice("s3")),
        SigningBehavior: required(choice("always", "never", "no-override")),
        SigningProtocol: required(choice("sigv4")),
      }),
    ),
  }),
  defaultName: stackAndLogicalId,
  ref: originAccessControlId,
  attributes: { Id: originAccessControlId },
  build(_, draft) {
    draft.noteWithoutEffect("origin access controls");
  },
});
