/**
 * One line of JSON. A bigint becomes a number where it is safe and its decimal text where it is not; NaN and infinities,
 * which JSON lacks, become null.
 */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== "bigint") return member;
    return member >= -9007199254740991n && member <= 9007199254740991n ? Number(member) : member.toString();
  });
  return `${text}\n`;
}
