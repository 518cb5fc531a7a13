import { execFile } from 'node:child_process'
import type { Finding } from '@firedrill/core'

/** Exit code of `ping` when nobody answered; other codes are trouble of its own. */
const NO_REPLY = 1

/**
 * Pings an address with the system's own program, which has the rights that raw sockets need. Where there is none, or it
 * may not, nothing is known; a service that answers no ping may be perfectly well.
 */
export function ping(address: string, timeoutMs: number): Promise<Finding> {
  const about = { check: 'ping', subject: address } as const
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)))
  const { promise, resolve } = Promise.withResolvers<Finding>()
  execFile(
    'ping',
    ['-n', '-c', '1', '-W', seconds, address],
    { timeout: timeoutMs + 1000 },
    (error, stdout) => {
      if (error === null) {
        const time = /time[=<]([\d.]+)/.exec(stdout)?.[1]
        const verdict = time === undefined ? 'answered' : `answered in ${time} ms`
        resolve({ ...about, level: 'good', verdict, remedy: null })
        return
      }
      resolve(
        error.code === NO_REPLY
          ? {
              ...about,
              level: 'warning',
              verdict: 'no answer',
              remedy: 'none is needed where ICMP is filtered on purpose',
            }
          : { ...about, level: 'not-observed', verdict: 'this host cannot ping, or may not', remedy: null },
      )
    },
  )
  return promise
}
