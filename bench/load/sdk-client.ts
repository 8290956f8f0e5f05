/** The official SDK's client, as an application has it, with its connections kept open. */

import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { credentials, region } from "./aws-request.ts";
import { complaintOf, type ItemOperation, inputOf } from "./items.ts";

export interface SdkClient {
  /** Resolves when the operation on the item of that number is answered as it should be. */
  call(operation: ItemOperation, number: number, edition: number): Promise<void>;
  close(): void;
}

export function createSdkClient(endpoint: string): SdkClient {
  const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
  return {
    async call(operation, number, edition) {
      const command = commandOf(operation, number, edition) as GetItemCommand;
      const answer = (await client.send(command)) as object;
      const complaint = complaintOf(operation, answer);
      if (complaint) throw new Error(complaint);
    },
    close: () => client.destroy(),
  };
}

function commandOf(operation: ItemOperation, number: number, edition: number) {
  const input = inputOf(operation, number, edition);
  if (operation === "PutItem") return new PutItemCommand(input as never);
  if (operation === "GetItem") return new GetItemCommand(input as never);
  return new QueryCommand(input);
}
