import { TondoError } from "./tondo-error.ts";

/** The three parts of a feature's canonical name `entity:group:feature`. */
export interface CanonicalName {
  readonly entity: string;
  readonly group: string;
  /** With its version from 2 on: `delay_3h@2`. */
  readonly feature: string;
}

/** @example `formatCanonicalName({ entity: "airport", group: "departures", feature: "delay_3h" })` */
export function formatCanonicalName(name: CanonicalName): string {
  return `${name.entity}:${name.group}:${name.feature}`;
}

/**
 * Splits `entity:group:feature` or `entity:group:feature@2`.
 * @throws TondoError `INVALID_ARGUMENT` where it has not three non-empty parts, or a version that is none from 2 on.
 */
export function parseCanonicalName(text: string): CanonicalName {
  const [entity, group, feature, ...rest] = text.split(":");
  if (!entity || !group || !feature || rest.length > 0) {
    throw new TondoError("INVALID_ARGUMENT", `"${text}" is not a canonical name`, {
      hint: "Canonical names are entity:group:feature, such as airport:departures:delay_3h.",
    });
  }
  const [name, version, more] = feature.split("@");
  if (version !== undefined && (!name || more !== undefined || !/^[1-9]\d*$/.test(version) || version === "1")) {
    throw new TondoError("INVALID_ARGUMENT", `"${text}" names no version of a feature`, {
      hint:
        name && version === "1"
          ? `Version 1 has no suffix: ${entity}:${group}:${name}.`
          : "Versions are whole numbers from 2 on, such as airport:departures:delay_3h@2; version 1 has no suffix.",
    });
  }
  return { entity, group, feature };
}
