import type { GroupPointer, OnlineStore } from "../../../src/featurestore/online/index.ts";
import type { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { storeLike } from "./store-like.ts";

/** How an answer comes: after so many milliseconds, never, as an error after some, or once something has happened. */
export type Answer = number | "never" | { readonly after?: number; readonly error: Error } | Promise<undefined>;

/** When a store answers; what is not said comes in a later turn. */
export interface Answers {
  readonly view?: () => Answer;
  /** For each key of a read. */
  readonly record?: (group: string, index: number) => Answer;
  /** For what is pushed under each key of a read; what is not said comes in a later turn. */
  readonly pushed?: (group: string, index: number) => Answer;
}

/** A real store that answers later, and what was asked of it. */
export interface LaterStore {
  readonly store: OnlineStore;
  /** The group of each read, in their order, once for each key. */
  readonly asked: string[];
  /** Groups whose records were asked for and have come. */
  readonly come: string[];
  /** Views that were opened and not closed since. */
  readonly views: () => number;
  /** Reads in a view that was closed before they had ended, and views closed twice. */
  readonly faults: string[];
}

/**
 * Puts a wait before what an LMDB store says, so that it answers as a store over a network does: in promises, each record by itself, valid during the
 * visit only.
 */
export function laterStore(
  real: LmdbStore,
  { view = () => 0, record = () => 0, pushed = () => 0 }: Answers = {},
): LaterStore {
  const asked: string[] = [];
  const come: string[] = [];
  const faults: string[] = [];
  let open = 0;
  const recordOf = (group: string, generation: number, key: Uint8Array): Uint8Array | undefined => {
    const opened = real.view([group]);
    let found: Uint8Array | undefined;
    try {
      void opened.read(group, generation, [key], (_, bytes) => {
        found = bytes?.slice();
      });
    } finally {
      opened.close();
    }
    return found;
  };
  const store = storeLike(real, {
    kind: "later",
    view: async (groups) => {
      const opened = real.view(groups);
      const pointers = new Map<string, GroupPointer | undefined>(groups.map((group) => [group, opened.pointer(group)]));
      opened.close();
      await wait(view());
      open++;
      let isClosed = false;
      return {
        pointer: (group) => pointers.get(group),
        read: async (group, generation, keys, visit) => {
          asked.push(...keys.map(() => group));
          const reads = keys.map(async (key, i) => {
            await wait(record(group, i));
            if (isClosed) faults.push(`${group} was read in a closed view`);
            const bytes = recordOf(group, generation, key);
            visit(i, bytes);
            come.push(group);
            // Whoever keeps it has a copy.
            bytes?.fill(0xaa);
          });
          const ends = await Promise.allSettled(reads);
          for (const end of ends) if (end.status === "rejected") throw end.reason;
        },
        readPushed: async (group, overlay, keys, upTo, visit) => {
          const reads = keys.map(async (key, i) => {
            await wait(pushed(group, i));
            if (isClosed) faults.push(`${group} was read in a closed view`);
            const current = real.view([group]);
            try {
              void current.readPushed?.(group, overlay, [key], upTo, (_, bytes) => {
                const own = bytes.slice();
                visit(i, own);
                own.fill(0xaa);
              });
            } finally {
              current.close();
            }
          });
          const ends = await Promise.allSettled(reads);
          for (const end of ends) if (end.status === "rejected") throw end.reason;
        },
        close: () => {
          if (isClosed) faults.push("a view was closed twice");
          isClosed = true;
          open--;
        },
      };
    },
  });
  return { store, asked, come, faults, views: () => open };
}

async function wait(answer: Answer): Promise<void> {
  if (answer === "never") return new Promise(() => undefined);
  if (answer instanceof Promise) return answer;
  const ms = typeof answer === "number" ? answer : (answer.after ?? 0);
  if (ms === 0) for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  else await new Promise((resolve) => setTimeout(resolve, ms));
  if (typeof answer !== "number") throw answer.error;
}
