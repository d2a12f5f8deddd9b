/** What stands in a message in place of a value that is nobody's business. */
export const hiddenValue = "<pii>";
