/** S3: the output's bytes are an object of a bucket; a key that is there already gets new ones. */

import { utf8 } from "../../base/mod.ts";
import { choice, name, required, roleArn, template } from "../payload/members.ts";
import { defineAction, failing, render } from "./action.ts";

const keyBytesMax = 1024;

export const s3 = defineAction({
  failedName: "S3Action",
  resource: "bucketName",
  members: {
    bucketName: required(name()),
    key: required(template()),
    /** Checked; nothing here enforces it. */
    cannedAcl: choice(
      "private",
      "public-read",
      "public-read-write",
      "aws-exec-read",
      "authenticated-read",
      "bucket-owner-read",
      "bucket-owner-full-control",
      "log-delivery-write",
    ),
    roleArn: required(roleArn),
  },
  load({ bucketName: bucketTemplate, key: keyTemplate }, { ports, refuse, resource }) {
    const { putObject } = ports;
    if (!putObject) refuse("bucketName", 'action "s3" needs buckets that can be written');
    return {
      async prepare(input) {
        const bucketName = await render(bucketTemplate, input);
        if (bucketName === "") return failing(resource, "the name of the bucket is empty");
        const key = await render(keyTemplate, input);
        if (key === "") return failing(bucketName, "the key is empty");
        if (utf8(key).length > keyBytesMax) {
          return failing(bucketName, `the key has more than ${keyBytesMax} bytes`);
        }
        const { bytes } = input.output;
        return {
          resource: bucketName,
          async perform() {
            await putObject?.({ bucketName, key, bytes });
            return undefined;
          },
        };
      },
    };
  },
});
