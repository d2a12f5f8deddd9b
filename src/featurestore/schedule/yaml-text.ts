/** What a YAML document is made of here. */
export type Yaml = string | number | boolean | readonly Yaml[] | YamlMap;

/** Members by name, in their order. */
export interface YamlMap {
  readonly [key: string]: Yaml;
}

/** Texts that some version of YAML takes for another type. */
const words = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/**
 * A value as a block of YAML, for parsers of 1.1 and 1.2 alike: texts stand in double quotes, but for the plainest.
 *
 * @example `yamlText({ schedule: "0 * * * *", retries: 3 }) // 'schedule: "0 * * * *"\nretries: 3\n'`
 */
export function yamlText(value: Yaml): string {
  return `${block(value, "")}\n`;
}

function block(value: Yaml, indent: string): string {
  if (typeof value === "string") return textOf(value);
  if (typeof value !== "object") return String(value);
  const isList = isArray(value);
  const members: readonly (readonly [string, Yaml])[] = isList
    ? value.map((one) => ["-", one] as const)
    : Object.entries(value).map(([key, one]) => [`${textOf(key)}:`, one] as const);
  if (members.length === 0) return isList ? "[]" : "{}";
  return members
    .map(([head, one]) => {
      const isNested = typeof one === "object" && Object.keys(one).length > 0;
      // What follows a dash stands beside it, what follows a key below it.
      if (!isNested || isList) return `${head} ${block(one, `${indent}  `)}`;
      return `${head}\n${indent}  ${block(one, `${indent}  `)}`;
    })
    .join(`\n${indent}`);
}

function isArray(value: readonly Yaml[] | YamlMap): value is readonly Yaml[] {
  return Array.isArray(value);
}

function textOf(text: string): string {
  if (/^[a-z][\w./-]*$/i.test(text) && !words.test(text)) return text;
  // JSON's texts are YAML's, but for signs that its readers refuse where they stand as they are.
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
