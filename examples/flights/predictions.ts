import type { PredictRequest, Tondo } from "../../src/index.ts";
import type { Prepared } from "./prepare.ts";
import { abroad, type Departure, firstRoute } from "./requests.ts";
import type { TondoProject } from "./tondo.d.ts";

/** A prediction with the reason why this model gave it. */
export interface ShownPrediction {
  readonly origin: string;
  readonly destination: string;
  readonly partition: readonly string[];
  readonly delayMinutes: number | null;
  readonly lateProbability: number | null;
  readonly level: string;
  readonly version: string;
  readonly why: readonly string[];
}

/** One prediction answered at each level: by a city's model, a state's, the country's, and the world's. */
export async function examplePredictions(
  tondo: Tondo<TondoProject>,
  prepared: Prepared,
  at: string,
): Promise<readonly ShownPrediction[]> {
  const shown: ShownPrediction[] = [];
  for (const level of ["city", "state", "country"]) {
    const route = await firstRoute(
      prepared,
      async ({ partition }) => (await tondo.resolve("flight_delay@champion", partition)).level === level,
    );
    if (route !== undefined) shown.push(await show(tondo, route, at));
  }
  const far = await abroad(prepared);
  if (far !== undefined) shown.push(await show(tondo, far, at));
  return shown;
}

async function show(tondo: Tondo<TondoProject>, route: Departure, at: string): Promise<ShownPrediction> {
  const request = requestOf(route, at);
  const delay = await tondo.predict("flight_delay@champion", request);
  const late = await tondo.predict("flight_late@champion", request);
  return {
    origin: route.origin,
    destination: route.destination,
    partition: route.partition,
    delayMinutes: delay.prediction,
    lateProbability: late.prediction,
    level: delay.level,
    version: delay.version.id,
    why: delay.skipped.map(({ message }) => message),
  };
}

/** The request for a departure: as of a moment, or of now. */
export function requestOf(
  { origin, destination, distance, partition }: Departure,
  at?: string,
): PredictRequest<TondoProject, "flight_delay"> {
  const asked = at === undefined ? {} : { at };
  return { vector: "flight_delay", keys: { origin, destination }, inputs: { distance }, partition, ...asked };
}
