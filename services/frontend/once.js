// One Idempotency-Key for one text: sent again after a lost answer it writes no second post, even after a reload.

const KEPT = 'attempt';

/**
 * @param {string} body what is sent; other words are another attempt (the service would answer 422)
 * @returns {string}
 */
export function idempotencyKey(body) {
  const last = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
  if (last.body === body) return last.key;
  const key = uuid();
  sessionStorage.setItem(KEPT, JSON.stringify({ body, key }));
  return key;
}

/** The text is written: the same words again would be a new post. */
export const written = () => sessionStorage.removeItem(KEPT);

/** @returns {string} a random UUID; crypto.randomUUID is missing where the page came over plain HTTP from another host */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4 and its variant: RFC 9562, 5.4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
