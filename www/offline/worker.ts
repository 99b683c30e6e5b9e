/**
 * Keeps the whole page for when there is no network. A build has a cache of its own, filled as a
 * whole or not at all, and only ever answers from that. The next build's worker takes over when the
 * page is started again.
 */

/** Written into this file by xtask: what the build's files are known by together. */
const BUILD = "BUILD-OF-THE-PAGE";
/** Another copy of the page on this host has caches of its own. */
const PREFIX = `hintfault ${location.pathname} `;
const CACHE = `${PREFIX}${BUILD}`;

/** What lies in `offline.json`. */
interface Listed {
  readonly build: string;
  /** From the page's folder; the page itself is "./". */
  readonly files: readonly string[];
  /** The script that only this build's page loads. */
  readonly entry: string;
}

// Types of workers and of documents exclude each other, so the few that are needed stand here.
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Asked extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** Past the browser's own cache, which may still hold files of the build before. */
async function fresh(address: string): Promise<Response> {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer;
}

/** Rejects if the server has another build by now; then nothing is kept. */
async function keep(): Promise<void> {
  const listed: Listed = await (await fresh("./offline.json")).json();
  if (listed.build !== BUILD) throw new Error("another build");
  const page = await fresh("./");
  if (!(await page.clone().text()).includes(listed.entry)) throw new Error("another page");
  const cache = await caches.open(CACHE);
  await cache.put("./", page);
  // One after the other: whatever the page needs meanwhile goes first.
  for (const file of listed.files) await cache.put(file, await fresh(file));
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const { pathname } = new URL(request.url);
  const isPage = request.mode === "navigate" && /\/(index\.html)?$/.test(pathname);
  const kept = await cache.match(isPage ? "./" : request, { ignoreSearch: true });
  return kept ?? fetch(request);
}

addEventListener("install", (event) => {
  (event as Extendable).waitUntil(keep().catch(forget));
});

/** Half a build is none. */
async function forget(reason: unknown): Promise<never> {
  await caches.delete(CACHE);
  throw reason;
}

addEventListener("activate", (event) => {
  (event as Extendable).waitUntil(dropOthers());
});

addEventListener("fetch", (event) => {
  const { request, respondWith } = event as Asked;
  if (request.method === "GET" && request.url.startsWith(location.origin))
    respondWith.call(event, answer(request));
});
