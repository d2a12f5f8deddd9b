import { usageError } from "../arguments/index.ts";

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * The address that `--metrics [HOST:]PORT` gives; without a host nobody but this machine reaches it.
 *
 * @throws TondoError `USAGE`
 */
export function metricsAddress(text: string): MetricsAddress {
  const [, named, bracketed, digits] = /^(?:([^\s:[\]]+):|\[([^\s[\]]+)\]:)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (port <= 65_535) return { host: named ?? bracketed ?? "127.0.0.1", port };
  throw usageError(`--metrics: "${text}" is no port`, "Write it as 9464, or as 0.0.0.0:9464 for other machines.");
}
