// What is being written, kept with each key that is pressed: an error, a reload or a login that ends takes nothing.

/** @typedef {{title: string, body: string, tags: string, etag: string}} Draft as typed; `etag` is of what it changes */

/** @type {Draft} */
export const BLANK = { title: '', body: '', tags: '', etag: '' };

/**
 * @param {string} name of the post, or `new`
 * @returns {{read: () => Draft | null, keep: (draft: Draft) => void, drop: () => void}}
 */
export function draft(name) {
  const key = `draft:${name}`;
  return {
    read: () => JSON.parse(sessionStorage.getItem(key) ?? 'null'),
    keep: (text) => sessionStorage.setItem(key, JSON.stringify(text)),
    drop: () => sessionStorage.removeItem(key),
  };
}

/**
 * @param {Response} answer with a post
 * @returns {Promise<Draft>}
 */
export async function ofPost(answer) {
  /** @type {import('./api.js').Post} */
  const { title, body, tags } = await answer.json();
  return { title, body, tags: tags.join(', '), etag: answer.headers.get('ETag') ?? '' };
}

/**
 * @param {Draft} draft
 * @returns {{title: string, body: string, tags: string[]}} what the API takes
 */
export function content({ title, body, tags }) {
  const names = tags.split(',').map((tag) => tag.trim().toLowerCase());
  return { title: title.trim(), body, tags: [...new Set(names.filter(Boolean))] };
}

/**
 * @param {Draft} one
 * @param {Draft} other
 * @returns {boolean} whether both say the same
 */
export const same = (one, other) => JSON.stringify(content(one)) === JSON.stringify(content(other));
