/** `AWS::S3::BucketPolicy`: checked, and no more. */

import { defineResource, stackAndLogicalId } from "../resource-type.ts";
import { any, object, required, text } from "../schema.ts";
import { readPolicy } from "./policy-check.ts";
import { bucketType } from "./s3-bucket.ts";

export const s3BucketPolicy = defineResource({
  type: "AWS::S3::BucketPolicy",
  properties: object({ Bucket: required(text()), PolicyDocument: required(any()) }),
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { Bucket: bucketName, PolicyDocument } = resource.properties;
    if (!draft.find([bucketType], bucketName)) {
      const message = `there is no bucket '${bucketName}' in this template`;
      resource.report(["Properties", "Bucket"], message);
    }
    readPolicy(resource, ["Properties", "PolicyDocument"], {
      document: PolicyDocument,
      use: "resource",
    });
    draft.noteNotEnforced("bucket policies");
  },
});
