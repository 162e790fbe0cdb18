import { register, login } from './account.js';
import { fetch } from './api.js';
import * as header from './header.js';
import { localize } from './language.js';
import { keep } from './last.js';
import { list } from './list.js';
import { by, found, offerTags, older, tagged } from './lists.js';
import { post } from './post.js';
import * as router from './router.js';
import { statistics } from './statistics.js';
import { edit, write } from './writing.js';

/**
 * The newest posts: an array of objects with a `title`, drawn one under the other.
 * @param {router.Place} place
 */
async function home({ query }) {
  if (query.has('cursor')) return older({ name: '', query });
  const answer = fetch('/api/posts');
  const posts = await answer.then((r) => r.json());
  const view = list(posts, await answer, { title: ['newest'], none: 'no-posts' });
  keep(posts);
  offerTags(view);
  return view;
}

localize(document);
header.start();
router.start({
  '': home, posts: post, tags: tagged, search: found, authors: by, statistics, write, edit, login: () => login(), register,
});
