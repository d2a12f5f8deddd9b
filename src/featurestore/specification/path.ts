/** The way to a member: names of members and places in lists. */
export type Path = readonly (string | number)[];

/** A path as JSONPath. @example `pathText(["filters", 0, "isIn"]) // "$.filters[0].isIn"` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${String(step)}]`;
    return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step) ? `${text}.${step}` : `${text}[${JSON.stringify(step)}]`;
  }, "$");
}
