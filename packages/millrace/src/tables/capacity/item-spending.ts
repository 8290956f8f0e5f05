/**
 * What one update of items spends, and whether it may.
 *
 * It is asked for within the decision, on the items as they are: a decision that is refused
 * changes nothing. A decision may be taken again, and then spends anew instead of twice. A
 * condition that is not met spends as a write of the item that is there; a deletion by age spends
 * nothing.
 */

import { type CancellationReason, cancel, TableRefusal } from "../errors.ts";
import {
  type Charge,
  chargeInTransaction,
  chargeOfWrite,
  noCharge,
  readUnits,
} from "../store/capacity.ts";
import type { ItemTarget } from "../store/item-store.ts";
import type { StoredItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";
import { partitionOfEntry, partitionOfKey } from "./partition.ts";
import { reasonOfRefusal, refusalOf } from "./refusal.ts";
import type { Direction, GiveBack, Spending } from "./table-capacity.ts";

/** What an update is: in a transaction it costs more. */
export type UpdateKind = "write" | "transactWrite" | "transactRead" | "expiry" | Repeated;

/** A transaction that was done before reads what it was charged for then, not what is there now. */
interface Repeated {
  /** Of the items, in bytes. */
  readonly sizes: readonly number[];
}

type Items = readonly (StoredItem | undefined)[];

interface Spent {
  readonly table: Table;
  readonly direction: Direction;
  readonly spending: Spending;
}

export class ItemSpending {
  readonly #targets: readonly ItemTarget[];
  /** Of the last decision. */
  #kind: UpdateKind = "write";
  #spent: readonly GiveBack[] = [];

  constructor(targets: readonly ItemTarget[]) {
    this.#targets = targets;
  }

  get #direction(): Direction {
    const isRead = this.#kind === "transactRead" || typeof this.#kind === "object";
    return isRead ? "Read" : "Write";
  }

  /** Refuses when there is nothing left of what some of it would spend, being of that kind. */
  decided(old: Items, items: Items, kind: UpdateKind): void {
    this.#kind = kind;
    if (this.#kind === "expiry") return;
    if (kind === "write" && this.#isAloneWithoutIndex) {
      this.#spendOnOne(old[0], items[0]);
      return;
    }
    const spent = this.#targets.map((target, at) => {
      const sizeRead = typeof kind === "object" ? kind.sizes[at] : old[at]?.size;
      const charge =
        this.#direction === "Read"
          ? { ...noCharge, table: readUnits(sizeRead ?? 0, true) }
          : chargeOfWrite(target.table, old[at], items[at]);
      return this.#of(target, charge, items[at] ?? old[at]);
    });
    this.#spend(spent);
  }

  get #isAloneWithoutIndex(): boolean {
    return this.#targets.length === 1 && this.#targets[0]!.table.indexes.length === 0;
  }

  /** As all writes do, on a shorter way: most are of this kind. */
  #spendOnOne(old: StoredItem | undefined, item: StoredItem | undefined): void {
    const { table, key } = this.#targets[0]!;
    this.#giveBack();
    const partition = partitionOfKey(key, table.definition, (item ?? old)?.item);
    this.#spent = [table.capacity.spendOnWrite(chargeOfWrite(table, old, item).table, partition)];
  }

  #giveBack(): void {
    for (const giveBack of this.#spent) giveBack();
    this.#spent = [];
  }

  /** For a decision that was not taken: what is thrown when a condition is not met is charged. */
  failed(thrown: unknown, old: Items, kind: UpdateKind): void {
    this.#kind = kind;
    if (this.#kind === "expiry" || !isUnmetCondition(thrown)) return;
    const spent = this.#targets.map((target, at) => {
      const { table } = chargeOfWrite(target.table, old[at], old[at]);
      return this.#of(target, { ...noCharge, table }, old[at]);
    });
    this.#spend(spent);
  }

  #of({ table, key }: ItemTarget, charge: Charge, shown: StoredItem | undefined): Spent {
    const whole = this.#kind === "write" ? charge : chargeInTransaction(charge);
    const indexPartition = (name: string) => {
      const index = table.indexes.find(({ definition }) => definition.name === name);
      return index && shown && partitionOfEntry(index.definition, shown.item);
    };
    const partition = partitionOfKey(key, table.definition, shown?.item);
    return {
      table,
      direction: this.#direction,
      spending: { charge: whole, partition, indexPartition },
    };
  }

  #spend(spent: readonly Spent[]): void {
    this.#giveBack();
    this.#check(spent);
    this.#spent = spent.map(({ table, direction, spending }) => {
      return table.capacity.spend(direction, spending);
    });
  }

  #check(spent: readonly Spent[]): void {
    const refusals = spent.map(({ table, spending }) => {
      const { capacity } = table;
      const limit =
        this.#direction === "Read"
          ? capacity.readLimit(undefined, spending.partition)
          : capacity.writeLimit(spending);
      return limit && capacity.enforced ? refusalOf(limit) : undefined;
    });
    const first = refusals.find((refusal) => refusal !== undefined);
    if (!first) return;
    if (this.#kind === "write") throw first;
    cancel(
      refusals.map((refusal): CancellationReason => {
        return (refusal && reasonOfRefusal(refusal)) ?? { Code: "None" };
      }),
    );
  }
}

function isUnmetCondition(thrown: unknown): boolean {
  if (!(thrown instanceof TableRefusal)) return false;
  const { code, reasons = [] } = thrown.error;
  return (
    code === "ConditionalCheckFailedException" ||
    reasons.some(({ Code }) => Code === "ConditionalCheckFailed")
  );
}
