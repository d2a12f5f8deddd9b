/** `orders.tondo`, the definitions of the example. */
export const ordersDefinitions = `// Food delivery: how many minutes will it take from the order to the door?
//
// A prediction is asked for at the moment of the order. What may be known then: every order whose meal was ready and
// logged by that moment. \`known loaded_at\` says so, in training as in production.

/// A restaurant on the marketplace.
entity restaurant (restaurant_id: string) {
  owner "eats-ml"
}

/// What happened: each order, once. The log is written every quarter of an hour, when the meals are ready.
events orders {
  owner "eats-ml"

  parquet "data/orders.parquet" known loaded_at  // when each row could first be used
  at ordered_at                                  // when it happened
  id order_id                                    // the same order twice is one order
}

/// What is: one row a restaurant, replaced when it changes.
snapshot restaurants {
  owner "eats-ml"

  csv "data/restaurants.csv"
  at updated_at
}

/// Kitchen speed and load.
group restaurant:kitchen from orders by restaurant_id {
  owner "eats-ml"
  sla 1h

  /// Mean preparation time, last seven days, minutes.
  prep_7d = mean(prep_minutes) over 7d
  /// Mean preparation time, last two hours, minutes: how it goes today.
  prep_2h = mean(prep_minutes) over 2h
  /// Orders that were cooked, last two hours.
  done_2h = count() over 2h where status == "done"
  /// Whether that is a lot.
  busy = done_2h >= 3
  /// The share of orders that were cancelled, last seven days.
  cancelled_7d = (count() over 7d where status == "cancelled") / (count() over 7d)
}

/// Where a restaurant is and what it cooks.
group restaurant:profile from restaurants by restaurant_id {
  owner "eats-ml"
  ttl 365d  // a state older than this is as good as missing

  cuisine, city, country, tz
}

/// What the delivery-time model is fed.
vector eta {
  owner "eats-ml"
  description "Minutes from the order to the door"

  key   store: restaurant
  input distance_km: float, items: int  // sent with the request

  prep = @restaurant:kitchen:prep_7d[store] | fill(mean) | zscore
  prep_now = @restaurant:kitchen:prep_2h[store] ?? @restaurant:kitchen:prep_7d[store]
    | fill(mean)
    | zscore
  load      = @restaurant:kitchen:done_2h[store] | log1p
  cancelled = @restaurant:kitchen:cancelled_7d[store] | fill(0)
  hour      = now | hour(tz: @restaurant:profile:tz[store] ?? "UTC") | cyclic(24)
  food = @restaurant:profile:cuisine[store] ?? "other"
    | onehot(["pizza", "sushi", "burger", "thai"])
  km   = distance_km | clip(0, 30) | zscore
  size = items | log1p | zscore

  /// Minutes from the order to the door; nobody knows before the delivery.
  label minutes: float known delivered_at
  /// Whether that is too long.
  label late = minutes > 40
}

test "an order counts once its meal is ready and logged, for two hours" {
  given orders {
    restaurant_id: "r1",
    order_id: "o1",
    ordered_at: "12:00",
    loaded_at: "12:30",
    prep_minutes: 20,
    status: "done"
  }

  expect @restaurant:kitchen:done_2h["r1"] at "12:29" == 0
  expect @restaurant:kitchen:done_2h["r1"] at "12:30" == 1
  expect @restaurant:kitchen:prep_7d["r1"] at "12:30" == 20
  expect @restaurant:kitchen:busy["r1"] at "12:30" == false
  expect @restaurant:kitchen:done_2h["r1"] at "14:30" == 0
}

test "a cancelled order is known and was not cooked" {
  given orders {
    restaurant_id: "r1",
    order_id: "o1",
    ordered_at: "12:00",
    loaded_at: "12:30",
    status: "cancelled"
  }

  expect @restaurant:kitchen:done_2h["r1"] at "12:30" == 0
  expect @restaurant:kitchen:cancelled_7d["r1"] at "12:30" == 1
  expect @restaurant:kitchen:prep_7d["r1"] at "12:30" is missing
}
`;
