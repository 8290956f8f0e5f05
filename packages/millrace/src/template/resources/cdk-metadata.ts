/** `AWS::CDK::Metadata`: what the CDK tells AWS of its own use. Nothing is made of it. */

import { defineResource, stackAndLogicalId } from "../resource-type.ts";
import { object, text } from "../schema.ts";

export const cdkMetadata = defineResource({
  type: "AWS::CDK::Metadata",
  properties: object({ Analytics: text(), Modules: text() }),
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(_, draft) {
    draft.noteWithoutEffect("AWS::CDK::Metadata");
  },
});
