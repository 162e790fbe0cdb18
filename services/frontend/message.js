import { Refused, Unreachable } from './api.js';
import { say } from './language.js';
import { clone, heading, part } from './page.js';

/**
 * A page that says why there is no other.
 * @param {Error} error
 * @returns {HTMLElement}
 */
export function failure(error) {
  const view = clone('message');
  const missing = error instanceof Refused && error.problem.status === 404;
  if (error instanceof Unreachable || missing) {
    const key = missing ? 'nothing' : 'away';
    say(heading(view), key);
    say(part(view, 'text'), `${key}-text`);
    part(view, 'home').hidden = !missing;
  } else {
    say(heading(view), 'wrong');
    part(view, 'detail').textContent = error.message;
    if (!(error instanceof Refused)) reportError(error); // a mistake in this page: the console should have it
  }
  return view;
}
