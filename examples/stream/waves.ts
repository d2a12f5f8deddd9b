import type { Message } from "kafkajs";
import { liveOrders, type Order, pastOrders, restaurants } from "./orders.ts";

/** The topics that `features.tondo` names. */
export const ordersTopic = "tondo-example-orders";
export const kitchensTopic = "tondo-example-kitchens";

/** What is produced one after the other, before it is looked at what became of it. */
export interface Wave {
  readonly orders: readonly Message[];
  readonly kitchens: readonly Message[];
}

const minute = 60_000;

/**
 * What comes by the topics. Orders come as they are delivered, but for those that happen: one that the file has as well, one that comes late, one that comes again
 * corrected, and two that are rubbish.
 */
export function wavesOf(start: number): readonly Wave[] {
  const live = liveOrders(start).map(orderMessage);
  const [late, ...others] = live;
  const again = orderMessage(of(pastOrders(start), 0));
  const mistaken = of(liveOrders(start), 7);
  const corrected = orderMessage({ ...mistaken, price: mistaken.price + 10, tip: 20 });
  return [
    {
      orders: others.slice(0, 40),
      kitchens: restaurants.map((name, n) => kitchen(name, 2 + (n % 3), start - 60 * minute)),
    },
    {
      orders: [...others.slice(40, 77), again, ...rubbish(start)],
      kitchens: [kitchen("bento-bar", 6, start - minute)],
    },
    // An event without a value in a topic of states: the last restaurant has closed.
    {
      orders: [...others.slice(77), corrected, ...(late === undefined ? [] : [late])],
      kitchens: [{ key: of(restaurants, -1), value: null }],
    },
  ];
}

/** The key is the order's, whatever features are of. */
function orderMessage(order: Order): Message {
  return { key: order.order_id, value: JSON.stringify(order) };
}

/** One that is no JSON, and one whose price is a text. */
function rubbish(start: number): readonly Message[] {
  const [order] = liveOrders(start);
  return [
    { key: "rubbish-0", value: "delivered!!1" },
    { key: "rubbish-1", value: JSON.stringify({ ...order, order_id: "rubbish-1", price: "12,50" }) },
  ];
}

function kitchen(restaurant: string, cooks: number, changedAt: number): Message {
  const menu = ["corn", "noodles", "rice"][restaurants.indexOf(restaurant) % 3];
  const value = { restaurant, changed_at: new Date(changedAt).toISOString(), cooks, menu, closed: false };
  return { key: restaurant, value: JSON.stringify(value) };
}

function of<T>(all: readonly T[], place: number): T {
  const found = all.at(place);
  if (found === undefined) throw new RangeError(`there is none at ${String(place)}`);
  return found;
}
