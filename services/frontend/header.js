import { choose, other } from './language.js';
import { byId, notice } from './page.js';
import { leave, retitle } from './router.js';
import * as session from './session.js';

/** @type {Record<string, string>} */
const NAMES = { en: 'English', ko: '한국어' };

/** Make what stands above every page work. */
export function start() {
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault(); // the part after # is the router's
    byId('main').focus();
  });
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    const q = /** @type {HTMLInputElement} */ (byId('q')).value.trim();
    leave(q ? `#/search?${new URLSearchParams({ q })}` : '#/');
  });
  byId('log-out').addEventListener('click', () => {
    session.end();
    leave('#/');
  });
  byId('language').addEventListener('click', () => {
    choose(other());
    retitle();
    offerOther();
  });
  window.addEventListener('hashchange', repeatSearch);
  session.changes.addEventListener('change', greet);
  session.changes.addEventListener('ended', () => notice('session-ended'));
  repeatSearch();
  greet();
  offerOther();
}

/** The box holds what was searched for, and nothing on any other page. */
function repeatSearch() {
  const query = new URLSearchParams(location.hash.split('?')[1]);
  /** @type {HTMLInputElement} */ (byId('q')).value = query.get('q') ?? '';
}

/** Links for a visitor, or for whoever is logged in. */
function greet() {
  const me = session.current();
  for (const link of document.querySelectorAll('[data-for]')) {
    const { for: whom } = /** @type {HTMLElement} */ (link).dataset;
    /** @type {HTMLElement} */ (link).hidden = whom === (me ? 'visitor' : 'user');
  }
  byId('me').textContent = me?.name ?? '';
  byId('me').setAttribute('href', `#/authors/${me?.name}`);
}

/** The switch names the other language, in that language. */
function offerOther() {
  const button = byId('language');
  button.lang = other();
  button.textContent = NAMES[other()];
}
