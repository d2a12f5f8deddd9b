import type { Client } from "cassandra-driver";

/** What of the driver's control connection its types do not say. */
interface Control {
  shutdown?(): void;
  readonly connection?: { close?(): void } | null;
}

/**
 * Closes the control connection of a client that could not connect, since nobody else does: a process that was told the wrong data centre would not end.
 *
 * cassandra-driver 4.10.0 (`lib/client.js`) forgets what `_connect` had opened where it fails afterwards, and `shutdown` does nothing for a client that is not connected. To be taken out once
 * one of them closes it. A driver without these parts is left as it is.
 */
export function closeControl(client: Client): void {
  if (!("controlConnection" in client)) return;
  const control = client.controlConnection as Control | null | undefined;
  // It would be made anew where it closes unexpectedly.
  control?.shutdown?.();
  control?.connection?.close?.();
}
