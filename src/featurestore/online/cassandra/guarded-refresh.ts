import type { Client } from "cassandra-driver";

/** How the driver makes its control connection anew, which its types do not say. */
interface Refreshing {
  _refresh(hosts?: Iterator<unknown>): Promise<void>;
  readonly _isShuttingDown?: boolean;
}

/**
 * Keeps the driver from ending the process when its control connection is cut.
 *
 * cassandra-driver 4.10.0 (`lib/control-connection.js`) makes the connection anew by `_refresh`, from several places at once, each of which takes from the others the connection
 * that it has just made; what then throws within the handler of an error ("Cannot read properties of null (reading 'endpoint')") is caught by nobody where a timer called it
 * (`setTimeout(() => this._refresh(), delay)`), and where a socket did, the connection is never made again. So one at a time makes it, and is followed by another try after a pause
 * where it failed without the driver's having planned one. To be taken out once `_refresh` never rejects, and that timer has a `catch`. A driver without `_refresh` is left as it is.
 *
 * @param pauseMs before the next try, milliseconds
 */
export function guardRefresh(client: Client, pauseMs: number): void {
  const control = controlOf(client);
  if (control === undefined) return;
  const refresh = control._refresh.bind(control);
  let underWay: Promise<void> | undefined;
  const guarded = async (): Promise<void> => {
    try {
      await refresh();
    } catch (error) {
      const said = `the control connection was not made anew: ${String(error)}`;
      client.emit("log", "warning", "Tondo", said);
      // The client's end is asked for again then.
      if (control._isShuttingDown !== true) setTimeout(() => void control._refresh(), pauseMs);
    } finally {
      underWay = undefined;
    }
  };
  control._refresh = (hosts) => {
    // It goes on with the next node by calling itself.
    if (hosts !== undefined) return refresh(hosts);
    return (underWay ??= guarded());
  };
}

function controlOf(client: Client): Refreshing | undefined {
  if (!("controlConnection" in client)) return undefined;
  const control: unknown = client.controlConnection;
  const isKnown =
    typeof control === "object" && control !== null && "_refresh" in control && typeof control._refresh === "function";
  return isKnown ? (control as Refreshing) : undefined;
}
