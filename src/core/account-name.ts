import { userInfo } from "node:os";

/** Who runs this program: the account's name, or its number: in containers an account often has no name. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_SYSTEM_ERROR") {
      return `uid ${String(process.getuid?.() ?? "unknown")}`;
    }
    throw error;
  }
}
