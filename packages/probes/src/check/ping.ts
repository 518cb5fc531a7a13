import type { Finding } from '@firedrill/core'
import { pingOnce } from '../ping/ping-once.ts'

/** Pings an address once, with what it means in words. A service that answers no ping may be perfectly well. */
export async function ping(address: string, timeoutMs: number): Promise<Finding> {
  const about = { check: 'ping', subject: address } as const
  const echo = await pingOnce(address, AbortSignal.timeout(timeoutMs))
  switch (echo.kind) {
    case 'answered': {
      const verdict = echo.tookMs === undefined ? 'answered' : `answered in ${echo.tookMs} ms`
      return { ...about, level: 'good', verdict, remedy: null }
    }
    case 'silent':
    case 'unreachable':
      return {
        ...about,
        level: 'warning',
        verdict: echo.kind === 'silent' ? 'no answer' : 'unreachable',
        remedy: 'none is needed where ICMP is filtered on purpose',
      }
    case 'not-observed':
      return { ...about, level: 'not-observed', verdict: `cannot ping: ${echo.why}`, remedy: null }
  }
}
