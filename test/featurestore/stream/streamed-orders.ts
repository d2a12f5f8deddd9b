import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningStream } from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";
import type { EventsOptions, OpenOptions } from "../../../src/open-options.ts";

/** An opened project of a shop's orders, which come by a topic and lie in a file, loaded once. */
export interface StreamedOrders extends AsyncDisposable {
  readonly folder: string;
  readonly tondo: Tondo;
  /** Where events of the embedded log are put. */
  readonly events: string;
  /** Appends lines to a file of the topic, as they are. */
  append(file: string, ...lines: readonly string[]): Promise<void>;
  /** Defines other features of `shop:sales`. */
  redefine(group: string): Promise<void>;
  /** Opens the project once more, as another process does. */
  again(events?: EventsOptions): Promise<Tondo>;
}

/** An order as an event. */
export function order(id: string, shop: string, at: Date | string, price: number): string {
  const ordered = typeof at === "string" ? at : at.toISOString();
  return JSON.stringify({ shop, ordered, order_id: id, price });
}

export const secondsAgo = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

/** @param options `group`: the features of `shop:sales`; `id`: what makes an order the same, none for `""` */
export async function streamedOrders({
  group = "n = count() over 1h  total = sum(price) over 1h",
  id = "id order_id",
  topic = "orders",
  events,
  ...own
}: {
  readonly group?: string;
  readonly id?: string;
  readonly topic?: string;
  readonly events?: EventsOptions;
} & Omit<OpenOptions, "folder" | "events"> = {}): Promise<StreamedOrders> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-stream-"));
  const kept = join(folder, "events");
  await mkdir(join(kept, topic), { recursive: true });
  await writeFile(join(folder, "orders.csv"), "shop,ordered,order_id,price\n");
  const redefine = (features: string): Promise<void> =>
    writeFile(
      join(folder, "shop.tondo"),
      `entity shop (shop: string)
events orders { ${id === "" ? "" : 'csv "orders.csv"'} kafka "${topic}" at ordered ${id}
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { ${features} }
`,
    );
  await redefine(group);
  const again = (other?: EventsOptions): Promise<Tondo> =>
    open({ folder, events: other ?? events ?? { folder: kept }, ...own });
  const tondo = await again();
  await tondo.apply();
  await tondo.materialize();
  return {
    ...{ folder, tondo, again, events: kept, redefine },
    append: (file, ...lines) => appendFile(join(kept, topic, file), lines.map((line) => `${line}\n`).join("")),
    [Symbol.asyncDispose]: async () => {
      await tondo.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What is served of `shop:sales`. */
export async function sales(tondo: Tondo, shop: string, ...names: readonly string[]): Promise<readonly unknown[]> {
  const reader = await tondo.features();
  const asked = (names.length === 0 ? ["n", "total"] : names).map((name) => `shop:sales:${name}`);
  const { values } = await reader.get(asked, { shop });
  return asked.map((name) => values[name]?.value);
}

/** Waits until a stream has passed so many events, whatever became of them, and what it applied counts. */
export async function untilPassed(stream: RunningStream, events: number, seconds: number = 20): Promise<void> {
  const passed = (): number =>
    stream.metrics.partitions.reduce((sum, { applied, repeated, dead }) => sum + applied + repeated + dead, 0);
  for (let left = seconds * 50; passed() < events; left--) {
    if (left === 0) throw new Error(`it has passed ${String(passed())} events: ${JSON.stringify(stream.metrics)}`);
    await Promise.race([sleep(20), stream.failed]);
  }
  // What is applied counts from a moment a little ahead.
  await sleep(60);
}
