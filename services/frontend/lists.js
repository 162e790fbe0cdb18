import { fetch } from './api.js';
import { say } from './language.js';
import { list, tags } from './list.js';
import { heading, part } from './page.js';

/** @typedef {import('./router.js').Place} Place */

const MOST_TAGS = 12; // two lines of them on a phone

/**
 * @param {Record<string, string | null>} wanted parameters of the API; those without a value aren't sent
 * @param {Parameters<typeof list>[2]} words
 * @returns {Promise<HTMLElement>}
 */
async function ask(wanted, words) {
  const given = /** @type {[string, string][]} */ (Object.entries(wanted).filter(([, value]) => value));
  const answer = await fetch(`/api/posts?${new URLSearchParams(given)}`);
  return list(await answer.json(), answer, words);
}

/**
 * Older posts than some page's last.
 * @param {Place} place
 */
export const older = ({ query }) =>
  ask({ cursor: query.get('cursor') }, { title: ['older'], none: 'no-more' });

/** @param {Place} place */
export const tagged = ({ name, query }) =>
  ask({ tag: name, cursor: query.get('cursor') }, { title: ['tagged', { tag: name }], none: 'no-more' });

/** @param {Place} place */
export function found({ query }) {
  const q = query.get('q') ?? '';
  return ask({ q, cursor: query.get('cursor') }, { title: ['found', { q }], none: 'none-found' });
}

/**
 * Somebody's posts, under what they say about themselves.
 * @param {Place} place
 */
export async function by({ name, query }) {
  const profile = fetch(`/api/users/${encodeURIComponent(name)}`).then((answer) => answer.json()).catch(() => null);
  const view = await ask({ author: name, cursor: query.get('cursor') }, { title: ['posts-by', { name }], none: 'no-more' });
  /** @type {import('./api.js').User | null} */
  const author = await profile;
  if (!author) return view; // user-service doesn't answer, or the posts outlived their author
  say(heading(view), 'posts-by', { name: author.display_name });
  part(view, 'lead').hidden = !author.bio;
  part(view, 'lead').textContent = author.bio;
  return view;
}

/**
 * Show what the blog is about, once it is known.
 * @param {HTMLElement} view
 */
export async function offerTags(view) {
  /** @type {{tag: string}[]} */
  const used = await fetch('/api/tags').then((answer) => answer.json()).catch(() => []);
  part(view, 'tags').hidden = used.length === 0;
  part(view, 'tags').append(...tags(used.slice(0, MOST_TAGS).map(({ tag }) => tag)));
}
