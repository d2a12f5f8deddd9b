import { formatMicros, type Tondo } from "../../src/index.ts";
import { requestOf } from "./predictions.ts";
import type { Departure } from "./requests.ts";
import type { TondoProject } from "./tondo.d.ts";

/** What was known of a departure at a moment of the last day, and what its models said then. */
export interface WatchedMoment {
  readonly at: string;
  /** `airport:departures:delay_3h` of the origin, minutes. */
  readonly outDelay: number | null;
  /** `airport:arrivals:delay_3h` of the origin, minutes: of the planes that leave again. */
  readonly inDelay: number | null;
  readonly delayMinutes: number | null;
  readonly lateProbability: number | null;
}

/** A departure that is asked about again and again. */
export interface WatchedDeparture {
  readonly origin: string;
  readonly destination: string;
  readonly moments: readonly WatchedMoment[];
}

/** Where the departures begin: the busiest route of each. */
const origins = ["ATL", "BOS", "LAX"];

/** The departures that are watched, of routes that begin with the busiest. */
export function watchedOf(routes: readonly Departure[]): readonly Departure[] {
  return origins.flatMap((origin) => routes.find((route) => route.origin === origin) ?? []);
}

/** Asks about a departure now. */
export async function watch(tondo: Tondo<TondoProject>, departure: Departure): Promise<WatchedMoment> {
  const features = await tondo.features();
  const delay = await tondo.predict("flight_delay@champion", requestOf(departure));
  const late = await tondo.predict("flight_late@champion", requestOf(departure));
  const { values } = await features.get(
    ["airport:departures:delay_3h", "airport:arrivals:delay_3h"],
    { airport: departure.origin },
    { at: BigInt(delay.at) },
  );
  return {
    at: formatMicros(delay.at),
    outDelay: values["airport:departures:delay_3h"].value,
    inDelay: values["airport:arrivals:delay_3h"].value,
    delayMinutes: delay.prediction,
    lateProbability: late.prediction,
  };
}
