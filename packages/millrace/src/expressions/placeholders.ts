/**
 * `#name` and `:value` placeholders of one request, shared by all its expressions.
 *
 * They remember which of them were used: one that no expression names is refused at the end.
 */

import type { AttributeValue } from "./attribute-value.ts";
import { attempt, messages, type Outcome, refuse } from "./errors.ts";
import type { Path } from "./path.ts";
import { isReservedWord } from "./reserved-words.ts";
import type { OperandNode, PathNode } from "./syntax.ts";

export interface PlaceholderInput {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, AttributeValue>>;
}

const noNames: ReadonlyMap<string, string> = new Map();
const noValues: ReadonlyMap<string, AttributeValue> = new Map();

export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  constructor(input: PlaceholderInput = {}) {
    this.#names = input.names ? new Map(Object.entries(input.names)) : noNames;
    this.#values = input.values ? new Map(Object.entries(input.values)) : noValues;
    this.#unusedNames = new Set(input.names && Object.keys(input.names));
    this.#unusedValues = new Set(input.values && Object.keys(input.values));
  }

  /** The path with its placeholders replaced; refuses a name that was not given. */
  resolvePath(node: PathNode): Path {
    return node.elements.map((element) => {
      if ("index" in element) return element.index;
      return element.name.startsWith("#") ? this.#resolveName(element.name) : element.name;
    });
  }

  /** Refuses a value that was not given. */
  resolveValue(name: string): AttributeValue {
    const value = this.#values.get(name);
    if (value === undefined) refuse(messages.undefinedValue(name));
    this.#unusedValues.delete(name);
    return value;
  }

  /** Once all expressions are compiled: refuses placeholders that none of them used. */
  checkAllUsed(): Outcome<void> {
    return attempt(() => {
      if (this.#unusedNames.size > 0) refuse(messages.unusedNames([...this.#unusedNames]));
      if (this.#unusedValues.size > 0) refuse(messages.unusedValues([...this.#unusedValues]));
    });
  }

  #resolveName(placeholder: string): string {
    const name = this.#names.get(placeholder);
    if (name === undefined) refuse(messages.undefinedName(placeholder));
    this.#unusedNames.delete(placeholder);
    return name;
  }
}

/** Refuses the first bare name that is a reserved word. */
export function checkReservedWords(operands: readonly OperandNode[]): void {
  for (const operand of operands) {
    if (operand.kind !== "path") continue;
    for (const element of operand.elements) {
      if ("name" in element && isReservedWord(element.name)) {
        refuse(messages.reserved(element.name));
      }
    }
  }
}
