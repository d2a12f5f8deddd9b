import type { Statement } from "./session.ts";

/** How many statements are sent at once, at the most, and how many bytes of them: a larger one goes alone. */
const mostStatements = 100;
const mostBytes = 1 << 16;

/** What is written of one partition, in pieces of which each is one request. */
export function partitionPieces(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const pieces: Statement[][] = [];
  let last: Statement[] = [];
  let bytes = Infinity;
  for (const statement of statements) {
    const own = boundBytes(statement);
    if (last.length >= mostStatements || bytes + own > mostBytes) {
      last = [];
      bytes = 0;
      pieces.push(last);
    }
    last.push(statement);
    bytes += own;
  }
  return pieces;
}

/** How large what is bound is, about. */
function boundBytes({ params }: Statement): number {
  let bytes = 0;
  for (const param of params)
    bytes += typeof param === "string" || param instanceof Uint8Array ? param.length : numberBytes;
  return bytes;
}

const numberBytes = 8;
