const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * A size as it is written, in bytes: `KB`, `MB`, `GB`, `TB` are powers of 1000, `KiB` and so on of 1024. `undefined` where the text is none.
 *
 * @example `parseBytes("1.5GB") // 1500000000`
 */
export function parseBytes(text: string): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b)$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * (units[unit.toLowerCase()] ?? Number.NaN);
  return number !== "" && Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined;
}
