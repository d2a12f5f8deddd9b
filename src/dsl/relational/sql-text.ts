/** An identifier in SQL, quoted. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. Texts with a null byte have no literal form: give `undefined`. */
export function quoteText(text: string): string | undefined {
  return text.includes("\0") ? undefined : `'${text.replaceAll("'", "''")}'`;
}
