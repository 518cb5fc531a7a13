/** Who has to act on an error. */
export type ErrorOwner = 'caller' | 'operator' | 'platform' | 'upstream'
/** Whether the same request may be sent again. `reconcile`: find out first what happened. */
export type ErrorRetry = 'never' | 'safe' | 'reconcile'

type Entry = Readonly<{ owner: ErrorOwner; retry: ErrorRetry; status: number; title: string }>

/** Every error the platform can answer with. Each code has a page in docs/errors. */
export const ERRORS = {
  'request-invalid': {
    owner: 'caller',
    retry: 'never',
    status: 400,
    title: 'The request does not have the shape this route takes',
  },
  'definition-invalid': { owner: 'caller', retry: 'never', status: 422, title: 'The file has problems' },
  'not-signed-in': {
    owner: 'caller',
    retry: 'never',
    status: 401,
    title: 'The request carries no valid token or session',
  },
  'not-permitted': { owner: 'caller', retry: 'never', status: 403, title: 'The principal may not do this' },
  'origin-refused': {
    owner: 'caller',
    retry: 'never',
    status: 403,
    title: 'The request came from a host or page that may not call this API',
  },
  'not-found': { owner: 'caller', retry: 'never', status: 404, title: 'There is nothing of that name or id' },
  'state-conflict': {
    owner: 'caller',
    retry: 'never',
    status: 409,
    title: 'The run is in a state in which this cannot be done',
  },
  'changed-meanwhile': {
    owner: 'caller',
    retry: 'never',
    status: 412,
    title: 'Somebody changed it after you read it',
  },
  'version-missing': {
    owner: 'caller',
    retry: 'never',
    status: 428,
    title: 'The request does not say which version it changes',
  },
  'idempotency-mismatch': {
    owner: 'caller',
    retry: 'never',
    status: 409,
    title: 'The Idempotency-Key was used before with another request',
  },
  'request-running': {
    owner: 'caller',
    retry: 'safe',
    status: 409,
    title: 'A request with this Idempotency-Key is still being carried out',
  },
  'sandbox-only': {
    owner: 'operator',
    retry: 'never',
    status: 403,
    title: 'Until sign-in is configured only sandbox environments can be started',
  },
  'too-many-requests': {
    owner: 'caller',
    retry: 'safe',
    status: 429,
    title: 'Too many requests in too short a time',
  },
  halted: { owner: 'operator', retry: 'never', status: 423, title: 'The global halt is set' },
  'plan-drifted': {
    owner: 'caller',
    retry: 'never',
    status: 409,
    title: 'What the plan was made from has changed',
  },
  'queue-away': {
    owner: 'operator',
    retry: 'safe',
    status: 503,
    title: 'The queue cannot be reached, so no new run is started',
  },
  'upstream-failed': { owner: 'upstream', retry: 'safe', status: 502, title: 'A call to the cloud failed' },
  'config-invalid': {
    owner: 'operator',
    retry: 'never',
    status: 500,
    title: 'The environment variables do not make a valid configuration',
  },
  unexpected: { owner: 'platform', retry: 'safe', status: 500, title: 'Something unexpected happened' },
} as const satisfies Readonly<Record<string, Entry>>

/** A code of the error table. */
export type ErrorCode = keyof typeof ERRORS
