import { TondoError } from "./tondo-error.ts";

/** The three parts of a feature's canonical name `entity:group:feature`. */
export interface CanonicalName {
  readonly entity: string;
  readonly group: string;
  readonly feature: string;
}

/** @example `formatCanonicalName({ entity: "airport", group: "departures", feature: "delay_3h" })` */
export function formatCanonicalName(name: CanonicalName): string {
  return `${name.entity}:${name.group}:${name.feature}`;
}

/**
 * Splits `entity:group:feature`.
 * @throws TondoError `INVALID_ARGUMENT` where it has not three non-empty parts.
 */
export function parseCanonicalName(text: string): CanonicalName {
  const [entity, group, feature, ...rest] = text.split(":");
  if (!entity || !group || !feature || rest.length > 0) {
    throw new TondoError("INVALID_ARGUMENT", `"${text}" is not a canonical name`, {
      hint: "Canonical names are entity:group:feature, such as airport:departures:delay_3h.",
    });
  }
  return { entity, group, feature };
}
