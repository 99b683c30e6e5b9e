/** Has the page kept for when there is no network. */

/**
 * Browsers offer this over https and on the own machine. Where it is refused, the page works all the
 * same as long as there is a network, so nothing is said.
 */
export function keepOffline(): void {
  if (location.protocol === "file:") return;
  navigator.serviceWorker?.register("./offline-worker.js").catch(() => undefined);
}
