/** What the operations on PartiQL statements take. */

import { returnConsumedCapacity, returnValuesOnFailure } from "./parts.ts";
import { boolean, type Input, integer, list, required, structure, text, value } from "./shape.ts";

const statement = {
  Statement: required(text({ lengthMin: 1, lengthMax: 8192 })),
  Parameters: list(value, { countMin: 1 }),
  ReturnValuesOnConditionCheckFailure: returnValuesOnFailure,
} as const;

export const executeStatementShape = structure("ExecuteStatementInput", {
  ...statement,
  ConsistentRead: boolean(),
  NextToken: text({ lengthMin: 1, lengthMax: 32_768 }),
  ReturnConsumedCapacity: returnConsumedCapacity,
  Limit: integer({ min: 1 }),
});
export type ExecuteStatementInput = Input<typeof executeStatementShape>;

const batchStatement = structure("BatchStatementRequest", {
  ...statement,
  ConsistentRead: boolean(),
});
export type BatchStatementInput = Input<typeof batchStatement>;

export const batchExecuteStatementShape = structure("BatchExecuteStatementInput", {
  Statements: required(list(batchStatement, { countMin: 1, countMax: 25 })),
  ReturnConsumedCapacity: returnConsumedCapacity,
});

const parameterizedStatement = structure("ParameterizedStatement", statement);
export type StatementInput = Input<typeof parameterizedStatement>;

export const executeTransactionShape = structure("ExecuteTransactionInput", {
  TransactStatements: required(list(parameterizedStatement, { countMin: 1, countMax: 100 })),
  ClientRequestToken: text({ lengthMin: 1, lengthMax: 36 }),
  ReturnConsumedCapacity: returnConsumedCapacity,
});
