import { say } from './language.js';
import { EXCERPT, list } from './list.js';
import { part } from './page.js';

const KEPT = 'last-list';

/**
 * Keep the newest list, for a page that is loaded while posts can't be reached.
 * @param {import('./api.js').Post[]} posts
 */
export function keep(posts) {
  const short = posts.map((post) => ({ ...post, body: post.body.slice(0, EXCERPT) }));
  sessionStorage.setItem(KEPT, JSON.stringify(short));
}

/** @returns {HTMLElement | null} the list that was kept, and that it is an old one */
export function lastList() {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return null;
  const view = list(JSON.parse(kept), null, { title: ['newest'], none: 'no-posts' });
  part(view, 'lead').hidden = false;
  say(part(view, 'lead'), 'last-list');
  return view;
}
