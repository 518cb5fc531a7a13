import { execFile } from 'node:child_process'

/** What one echo request came to. `tookMs`: as the program printed it, if it did. */
export type Echo = Readonly<
  | { kind: 'answered'; tookMs: string | undefined }
  | { kind: 'silent' | 'unreachable' }
  /** This host has no such program, or may not send echoes. */
  | { kind: 'not-observed'; why: string }
>

/** Exit code of `ping` when nobody answered; other codes are trouble of its own. */
const NO_REPLY = 1

/**
 * Pings an address with the system's own program, which has the rights that raw sockets need; it is ended by the signal. A
 * service that answers no ping may be perfectly well.
 */
export function pingOnce(address: string, signal: AbortSignal): Promise<Echo> {
  const { promise, resolve } = Promise.withResolvers<Echo>()
  execFile('ping', ['-n', '-c', '1', address], { signal }, (error, stdout, stderr) => {
    if (error === null) resolve({ kind: 'answered', tookMs: /time[=<]([\d.]+)/.exec(stdout)?.[1] })
    else if (signal.aborted) resolve({ kind: 'silent' })
    else if (error.code === NO_REPLY && /unreachable/i.test(stdout)) resolve({ kind: 'unreachable' })
    else if (error.code === NO_REPLY) resolve({ kind: 'silent' })
    else if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      resolve({ kind: 'not-observed', why: 'this host has no ping program' })
    else
      resolve({
        kind: 'not-observed',
        why: (stderr.trim().split('\n')[0] ?? '').slice(0, 120) || 'this host may not ping',
      })
  })
  return promise
}
