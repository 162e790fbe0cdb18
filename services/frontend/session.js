// Who is logged in. The token lives as long as the tab: nobody finds it on a shared computer the day after.

/** @typedef {{token: string, name: string, admin: boolean}} Session */

const KEPT = 'session';

/** Tells `change` when somebody logs in or out, and `ended` when the service takes the token no more. */
export const changes = new EventTarget();

/** @returns {Session | null} */
export const current = () => JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');

/** @param {string} token a JWT; what it claims is read for display alone, the services verify it */
export function begin(token) {
  const claims = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  keep({ token, name: claims.sub, admin: (claims.roles ?? []).includes('admin') });
}

export const end = () => keep(null);

export function expire() {
  end();
  changes.dispatchEvent(new Event('ended'));
}

/** @param {Session | null} session */
function keep(session) {
  sessionStorage.setItem(KEPT, JSON.stringify(session));
  changes.dispatchEvent(new Event('change'));
}
