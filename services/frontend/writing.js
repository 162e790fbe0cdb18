import { login } from './account.js';
import { fetch, json, Refused } from './api.js';
import { BLANK, content, draft, ofPost, same } from './drafts.js';
import { editor } from './editor.js';
import { idempotencyKey, written } from './once.js';
import { part, prose } from './page.js';
import { leave } from './router.js';
import * as session from './session.js';

/** @typedef {import('./drafts.js').Draft} Draft */

/** @returns {HTMLElement} the form for a new post */
export function write() {
  if (!session.current()) return login({ reason: 'login-first' });
  const kept = draft('new');
  return editor({ title: 'new-post', button: 'publish', back: '#/' }, { ...BLANK }, kept, async (text) => {
    const { headers, body } = json(content(text));
    const key = { 'Idempotency-Key': idempotencyKey(String(body)) };
    const answer = await fetch('/api/posts', { method: 'POST', headers: { ...headers, ...key }, body });
    written();
    kept.drop();
    leave(`#/posts/${(await answer.json()).id}`, 'published');
  });
}

/**
 * The form that changes a post.
 * @param {import('./router.js').Place} place
 * @returns {Promise<HTMLElement>}
 */
export async function edit({ name }) {
  if (!session.current()) return login({ reason: 'login-first' });
  const address = `/api/posts/${encodeURIComponent(name)}`;
  const kept = draft(name);
  const words = { title: 'edit-post', button: 'save', back: `#/posts/${name}` };
  return editor(words, await fetch(address).then(ofPost), kept, async (text, view) => {
    const { headers, body } = json(content(text));
    const version = { 'If-Match': text.etag };
    try {
      await fetch(address, { method: 'PATCH', headers: { ...headers, ...version }, body });
    } catch (error) {
      const theirs = changedMeanwhile(error) && (await fetch(address).then(ofPost));
      if (!theirs) throw error;
      if (!same(theirs, text)) {
        kept.keep(Object.assign(text, { etag: theirs.etag })); // having seen it, the author may replace it
        compare(view, theirs);
        throw error;
      } // else it is ours: the answer was lost on its way
    }
    kept.drop();
    leave(`#/posts/${name}`, 'saved');
  });
}

/** @param {unknown} error */
const changedMeanwhile = (error) => error instanceof Refused && error.problem.status === 412;

/**
 * @param {HTMLElement} view
 * @param {Draft} theirs
 */
function compare(view, theirs) {
  part(view, 'theirs').hidden = false;
  part(view, 'their-title').textContent = theirs.title;
  part(view, 'their-tags').textContent = theirs.tags;
  prose(part(view, 'their-body'), theirs.body);
}
