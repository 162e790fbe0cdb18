import { Refused, Unreachable } from './api.js';
import { hush } from './language.js';
import { lastList } from './last.js';
import { failure } from './message.js';
import * as outage from './outage.js';
import { byId, heading, notice } from './page.js';

/** @typedef {{name: string, query: URLSearchParams}} Place `name`: what follows the route's own word */
/** @typedef {(place: Place) => HTMLElement | Promise<HTMLElement>} View makes an element with an `<h1>` */

let views = /** @type {Record<string, View>} */ ({});
let visit = 0;
let followed = false; // a link, not the browser's back button
let arriving = /** @type {[string, import('./language.js').Values?] | null} */ (null); // notice
let shown = /** @type {string | null} */ (null); // address
const scrolled = /** @type {Map<string, number>} */ (new Map());

/**
 * Show what the address names, now and whenever it changes.
 * @param {Record<string, View>} routes by the first word of the address after `#/`
 */
export function start(routes) {
  views = routes;
  window.addEventListener('hashchange', () => go());
  document.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a[href^="#/"]');
    if (link) followed = true;
    if (link?.getAttribute('href') === location.hash) go(); // again: the browser would do nothing
  });
  go();
}

/**
 * @param {string} address `#/…`
 * @param {string} [key] notice on the page that follows
 * @param {import('./language.js').Values} [values]
 */
export function leave(address, key, values) {
  followed = true;
  arriving = key ? [key, values] : null;
  if (location.hash === address) go();
  else location.hash = address;
}

/** Show what the address names. When posts can't be reached, the page stays as it is until they can. */
export async function go({ retry = false } = {}) {
  const here = ++visit;
  const address = location.hash;
  if (shown !== null) scrolled.set(shown, scrollY);
  if (!retry) hush(byId('notice'));
  byId('main').setAttribute('aria-busy', 'true');
  const view = await make(address).catch((error) => error);
  if (here !== visit) return;
  byId('main').setAttribute('aria-busy', 'false');
  if (view instanceof Unreachable) {
    outage.begin(() => go({ retry: true }));
    if (!byId('view').hasChildNodes()) show(lastList() ?? failure(view), retry);
  } else {
    outage.end(retry);
    show(view instanceof Error ? failure(view) : view, retry);
    [followed, shown] = [false, address];
  }
}

/** @type {(address: string) => Promise<HTMLElement>} */
async function make(address) {
  const [path, query] = address.replace(/^#?\/?/, '').split('?');
  const [word, name = ''] = path.split('/', 2).map(decodeURIComponent);
  if (!Object.hasOwn(views, word)) throw new Refused({ title: 'Not Found', status: 404 }, 0);
  return views[word]({ name, query: new URLSearchParams(query) });
}

/**
 * @param {HTMLElement} view
 * @param {boolean} retry nobody asked for it just now: whoever types is left alone
 */
function show(view, retry) {
  const typing = document.activeElement?.matches('input, textarea') && retry;
  byId('view').replaceChildren(view);
  retitle();
  if (shown !== null && !typing) heading(view).focus({ preventScroll: true });
  if (!retry) scrollTo(0, followed ? 0 : (scrolled.get(location.hash) ?? 0));
  if (arriving) notice(...arriving);
  arriving = null;
}

/** The page is named after its heading. */
export function retitle() {
  document.title = `${heading(byId('view')).textContent} · ${byId('brand').textContent}`;
}
