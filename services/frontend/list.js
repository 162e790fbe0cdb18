import { date, say } from './language.js';
import { clone, heading, link, part } from './page.js';

/** @typedef {import('./api.js').Post} Post */

export const EXCERPT = 280; // characters; style.css shows as many of them as fit in three lines

/**
 * @param {Post[]} posts
 * @param {Response | null} answer that they came in: its `Link` leads to older ones
 * @param {{title: [string, import('./language.js').Values?], none: string}} words
 * @returns {HTMLElement}
 */
export function list(posts, answer, words) {
  const view = clone('list');
  say(heading(view), ...words.title);
  part(view, 'posts').append(...posts.map(item));
  if (posts.length === 0) {
    part(view, 'none').hidden = false;
    say(part(view, 'none'), words.none);
  }
  const cursor = answer && next(answer);
  if (cursor) {
    const older = part(view, 'older');
    older.hidden = false;
    older.setAttribute('href', address(cursor));
  }
  return view;
}

/**
 * @param {Post} post
 * @returns {HTMLElement}
 */
function item(post) {
  const view = clone('item');
  const title = part(view, 'title');
  title.textContent = post.title;
  title.setAttribute('href', `#/posts/${post.id}`);
  part(view, 'excerpt').textContent = post.body.slice(0, EXCERPT);
  byline(view, post);
  date(/** @type {HTMLTimeElement} */ (view.querySelector('time')), post.created_at);
  return view;
}

/**
 * @param {ParentNode} view
 * @param {Post} post
 */
export function byline(view, post) {
  part(view, 'author').textContent = post.author;
  part(view, 'author').setAttribute('href', `#/authors/${post.author}`);
  part(view, 'tags').append(...tags(post.tags));
}

/**
 * @param {string[]} names
 * @returns {HTMLAnchorElement[]} with a space between, for those who copy them
 */
export const tags = (names) => names.map((name) => link(name, `#/tags/${encodeURIComponent(name)}`));

/**
 * @param {Response} answer
 * @returns {string | null} the cursor of the next page: `Link: </api/posts?cursor=…>; rel="next"` (RFC 8288)
 */
function next(answer) {
  const [, target] = /<([^>]*)>;\s*rel="?next"?/.exec(answer.headers.get('Link') ?? '') ?? [];
  return target ? new URL(target, location.href).searchParams.get('cursor') : null;
}

/**
 * @param {string} cursor
 * @returns {string} the place that is shown, from there on
 */
function address(cursor) {
  const [path, query] = (location.hash || '#/').split('?');
  const wanted = new URLSearchParams(query);
  wanted.set('cursor', cursor);
  return `${path}?${wanted}`;
}
