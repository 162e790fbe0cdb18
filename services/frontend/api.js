import * as session from './session.js';

/** @typedef {{id: string, title: string, body: string, tags: string[], author: string, created_at: string, updated_at: string, version: number}} Post */
/** @typedef {{name: string, display_name: string, bio: string, created_at: string}} User */
/** @typedef {{title: string, status: number, detail?: string, errors?: {field: string, reason: string}[]}} Problem RFC 9457 */

const AWAY = [502, 503, 504];
const PATIENCE = 20_000; // ms; longer than nginx waits for a service (15 s), so that the answer is nginx's

/** Nobody answers, or the answer is "not now". Trying again is right. */
export class Unreachable extends Error {}

/** The answer is no. */
export class Refused extends Error {
  /**
   * @param {Problem} problem
   * @param {number} retryAfter seconds
   */
  constructor(problem, retryAfter) {
    super(problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/**
 * The browser's fetch, with the reader's token on every request: whoever writes sees the own change at once, not the
 * micro-cache's list. A login that has ended doesn't stop anybody from reading.
 * @param {string} address
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} a 2xx
 * @throws {Unreachable | Refused}
 */
export async function fetch(address, options = {}) {
  const token = session.current()?.token;
  const headers = new Headers(options.headers);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await window.fetch(address, { ...options, headers, signal, cache: 'no-cache' }).catch(() => null);
  if (!answer || AWAY.includes(answer.status)) throw new Unreachable();
  if (answer.ok) return answer;
  if (answer.status === 401 && token) {
    session.expire();
    if (!options.method) return fetch(address, options);
  }
  throw new Refused(await problem(answer), Number(answer.headers.get('Retry-After') ?? 0));
}

/**
 * @param {unknown} value
 * @returns {RequestInit} what sends it as JSON
 */
export const json = (value) => ({ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

/**
 * @param {Response} answer
 * @returns {Promise<Problem>}
 */
async function problem(answer) {
  const nameless = { title: answer.statusText || String(answer.status), status: answer.status };
  return { ...nameless, ...(await answer.json().catch(() => ({}))) };
}
