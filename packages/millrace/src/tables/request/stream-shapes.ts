/** What the operations on streams take. */

import { choice, integer, required, structure, text } from "./shape.ts";

const streamArn = text({ lengthMin: 37, lengthMax: 1024 });
const shardId = text({ lengthMin: 28, lengthMax: 65 });

export const listStreamsShape = structure("ListStreamsInput", {
  TableName: text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" }),
  Limit: integer({ min: 1, max: 100 }),
  ExclusiveStartStreamArn: streamArn,
});

export const describeStreamShape = structure("DescribeStreamInput", {
  StreamArn: required(streamArn),
  Limit: integer({ min: 1, max: 100 }),
  ExclusiveStartShardId: shardId,
  ShardFilter: structure("ShardFilter", { Type: choice("CHILD_SHARDS"), ShardId: shardId }),
});

export const getShardIteratorShape = structure("GetShardIteratorInput", {
  StreamArn: required(streamArn),
  ShardId: required(shardId),
  ShardIteratorType: required(
    choice("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"),
  ),
  SequenceNumber: text({ lengthMin: 21, lengthMax: 40 }),
});

export const getRecordsShape = structure("GetRecordsInput", {
  ShardIterator: required(text({ lengthMin: 1, lengthMax: 2048 })),
  Limit: integer({ min: 1, max: 1000 }),
});
