/**
 * Scan: a page of a whole table or index, partition after partition.
 *
 * A segment of a parallel scan has the partitions whose checksum, of all that their key is made of,
 * falls to it.
 */

import { crc32 } from "node:zlib";
import { attributeOf, type Item } from "../../expressions/mod.ts";
import { readPageWithin } from "../capacity/reads.ts";
import { partitionKeys } from "../catalog/definition.ts";
import { accepted, refuseInvalid, reworded } from "../errors.ts";
import { messages } from "../messages.ts";
import { answerPage, encodePage, type PageOutput } from "../read/answer.ts";
import { checkSelect, needsTable, readSelection } from "../read/selection.ts";
import { findSource, schemaOf, startBytes } from "../read/source.ts";
import { checkExpressionMembers, readNamedPlaceholders } from "../request/expressions.ts";
import { type ScanInput, scanShape } from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { after, keyPartBytes } from "../store/key-bytes.ts";
import { readPage, type Source } from "../store/page.ts";
import type { Context, Operation } from "./operation.ts";

export const scan: Operation<PageOutput> = async (context, request) => {
  return answerPage(...(await read(context, request)));
};

export const encodeScan: Operation<Uint8Array> = async (context, request) => {
  return encodePage(...(await read(context, request)));
};

async function read(
  { catalog }: Context,
  request: unknown,
): Promise<Parameters<typeof answerPage>> {
  const input = readRequest(scanShape, request);
  const { startKey, selection } = readScan(input);
  const source = findSource(catalog.find(input.TableName), input);
  needsTable(source, selection, input.Select);
  const inSegment = segmentOf(source, input);
  if (startKey) checkStartSegment(input, startKey, inSegment);
  const reading = { source, partition: undefined, consistent: input.ConsistentRead };
  const page = await readPageWithin(reading, () =>
    readPage(source, {
      ...(startKey && { from: after(startBytes(source, startKey, "Scan")) }),
      reverse: false,
      ...(input.Limit !== undefined && { limit: input.Limit }),
      ...(inSegment && { wanted: ({ stored }) => inSegment(stored.item) }),
    }),
  );
  return [source, input, selection, page];
}

function readScan(input: ScanInput) {
  checkExpressionMembers(scanShape, input);
  checkSegments(input);
  const startKey = input.ExclusiveStartKey && normalizeAttributes(input.ExclusiveStartKey);
  const placeholders = readNamedPlaceholders(input);
  checkSelect(input, "Scan");
  const selection = reworded(withSize(input), () =>
    readSelection(input, input.ScanFilter, placeholders),
  );
  accepted(placeholders.checkAllUsed());
  return { startKey, selection };
}

/** Of a Scan's filter alone the service tells how long one is that is too long. */
function withSize({ FilterExpression = "" }: ScanInput): (message: string) => string {
  return (message) => {
    if (message !== messages.filterTooLong) return message;
    return `${message} expression size: ${Buffer.byteLength(FilterExpression)}`;
  };
}

function checkSegments({ Segment, TotalSegments }: ScanInput): void {
  if (Segment === undefined && TotalSegments === undefined) return;
  if (TotalSegments === undefined) refuseInvalid(messages.segmentAlone);
  if (Segment === undefined) refuseInvalid(messages.segmentsAlone);
  if (Segment >= TotalSegments) refuseInvalid(messages.segmentOutside(Segment, TotalSegments));
}

type InSegment = (item: Item) => boolean;

/** `undefined`: the whole table. */
function segmentOf(source: Source, { Segment, TotalSegments }: ScanInput): InSegment | undefined {
  if (TotalSegments === undefined || TotalSegments === 1) return undefined;
  const names = partitionKeys(schemaOf(source)).map(({ name }) => name);
  return (item) => {
    let sum = 0;
    for (const name of names) {
      const value = attributeOf(item, name);
      if (!value) return false;
      sum = crc32(keyPartBytes(value), sum);
    }
    return sum % TotalSegments === Segment;
  };
}

function checkStartSegment(
  { Segment, TotalSegments }: ScanInput,
  startKey: Item,
  inSegment: InSegment | undefined,
): void {
  if (!inSegment || inSegment(startKey)) return;
  refuseInvalid(`${messages.segmentStart}${TotalSegments} Segment: ${Segment}`);
}
