/**
 * Kinesis: the output's bytes are a record of a stream.
 *
 * Without a partition key every record gets a random one; AWS does not say what it does then.
 */

import { newUuid } from "../../base/mod.ts";
import { name, required, roleArn, template } from "../payload/members.ts";
import { defineAction, failing, render, renderIfGiven } from "./action.ts";

/** UTF-16 code units, which is how Kinesis counts. */
const partitionKeyLengthMax = 256;

const namePattern = /^[\w.-]{1,128}$/;

export const kinesis = defineAction({
  failedName: "KinesisAction",
  resource: "streamName",
  members: {
    streamName: required(name({ pattern: namePattern, form: "the name of a stream" })),
    partitionKey: template(),
    roleArn: required(roleArn),
  },
  load({ streamName: streamTemplate, partitionKey: keyTemplate }, { ports, refuse }) {
    const { putRecord } = ports;
    if (!putRecord) refuse("streamName", 'action "kinesis" needs streams, which are not there yet');
    return {
      async prepare(input) {
        const streamName = await render(streamTemplate, input);
        if (!namePattern.test(streamName)) {
          return failing(streamName, `"${streamName}" is not the name of a stream`);
        }
        const given = await renderIfGiven(keyTemplate, input);
        const partitionKey = given ?? newUuid(input.context.random);
        if (partitionKey === "") return failing(streamName, "the partition key is empty");
        if (partitionKey.length > partitionKeyLengthMax) {
          const length = `the partition key has ${partitionKey.length} characters`;
          return failing(streamName, `${length}, at most ${partitionKeyLengthMax} are taken`);
        }
        const data = input.output.bytes;
        return {
          resource: streamName,
          async perform() {
            await putRecord?.({ streamName, partitionKey, data });
            return undefined;
          },
        };
      },
    };
  },
});
