import type { Example } from "./example.ts";
import { ordersExample } from "./orders-example.ts";

export type { Example, ExampleFile } from "./example.ts";
export { makeExample } from "./make-example.ts";

/** The examples by name. */
export const examples: Readonly<Record<string, Example>> = { orders: ordersExample };
