/** SQLSTATEs of a server that goes, comes or is full: the same query may succeed on another connection. */
const PASSING = /^(08|57P0[123]$|53300$)/
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])
const LOST = /Connection terminated|timeout exceeded when trying to connect|not queryable/

/** True when a query failed because of its connection, not because of what it asked. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return PASSING.test(code) || SOCKET_CODES.has(code) || LOST.test(error.message)
}
