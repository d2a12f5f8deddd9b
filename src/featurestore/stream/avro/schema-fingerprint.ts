const empty = 0xc15d213aa4d7a795n;

/** For each byte what it makes of the lowest eight bits. */
const table: readonly bigint[] = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? empty : 0n);
  return value;
});

/**
 * CRC-64-AVRO, by which Avro's single-object encoding names schemas.
 *
 * @param canonical the schema in its canonical form
 */
export function schemaFingerprint(canonical: string): bigint {
  let value = empty;
  for (const byte of Buffer.from(canonical)) value = (value >> 8n) ^ (table[Number(value & 255n) ^ byte] ?? 0n);
  return value;
}
