/** An order that was delivered: a row of the file, and an event. */
export interface Order {
  readonly order_id: string;
  readonly restaurant: string;
  readonly courier: string;
  readonly delivered_at: string;
  /** From when it was placed until it was there. */
  readonly minutes: number;
  readonly price: number;
  /** Not everybody leaves one. */
  readonly tip: number | null;
}

export const restaurants: readonly string[] = [
  ...["arepa-house", "bento-bar", "curry-mile", "dosa-corner", "empanada-inn", "falafel-hut"],
];

export const couriers: readonly string[] = ["ana", "bo", "chen", "dina", "emil", "fay"];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How many orders are delivered as the example runs. */
export const liveCount = 116;

/**
 * What was delivered in the nine days before, until two hours ago. Nothing of it is about to leave a window of the features, so that runs are alike however long they take.
 *
 * @param start milliseconds since 1970
 */
export function pastOrders(start: number): readonly Order[] {
  const orders: Order[] = [];
  for (let age = 2 * hour; age < 9 * day; age += 23 * minute) {
    const leaves = [day, 7 * day].some((window) => age > window - hour && age < window + 2 * hour);
    if (!leaves) orders.push(orderOf(`past-${String(orders.length)}`, orders.length, start - age));
  }
  return orders;
}

/** What was delivered in the half hour before, one each twelve seconds; nobody has said so yet. */
export function liveOrders(start: number): readonly Order[] {
  return Array.from({ length: liveCount }, (_, n) =>
    orderOf(`live-${String(n)}`, 10_000 + n, start - 30 * minute + n * 12 * second),
  );
}

/** All of it follows from a number, so that runs are alike. */
function orderOf(id: string, n: number, deliveredAt: number): Order {
  return {
    order_id: id,
    restaurant: restaurants[draw(n, 1, restaurants.length)] ?? "",
    courier: couriers[draw(n, 2, couriers.length)] ?? "",
    delivered_at: new Date(deliveredAt).toISOString(),
    minutes: 12 + draw(n, 3, 400) / 10,
    price: (800 + draw(n, 4, 4000)) / 100,
    tip: draw(n, 5, 3) === 0 ? null : (50 + draw(n, 6, 500)) / 100,
  };
}

/** A whole number below a bound, of a number and of what it is for: scattered, and always the same. */
function draw(n: number, what: number, bound: number): number {
  const mixed = Math.imul(Math.imul(n * 8 + what, 0x9e3779b1) ^ ((n * 8 + what) >>> 3), 0x85ebca6b);
  return (mixed >>> 8) % bound;
}
