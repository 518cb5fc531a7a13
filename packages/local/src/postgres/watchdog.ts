import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

/** A helper process that outlives this one for a moment, to stop the server. */
export interface Watchdog {
  /** Tells it which server to stop. */
  guard(pid: number): void
  /** Sends it home: the server has ended. */
  dismiss(): void
}

/**
 * Reads process ids from standard input until it closes, which happens when the process at the other end is gone,
 * however it went (SIGKILL included), and then stops the last one named: `$1` is the first signal, `$2` the cluster,
 * `$3` a directory to remove at the end, or nothing.
 */
const SCRIPT = `
server=
while read -r line; do
  [ "$line" = dismissed ] && exit 0
  server=$line
done
# A server takes its name out of the lock file last; one that was killed is found by its absence.
runs() {
  [ "$(head -n 1 "$1/postmaster.pid" 2>/dev/null)" = "$server" ] && kill -0 "$server" 2>/dev/null
}
if [ -n "$server" ] && runs "$2"; then
  kill "-$1" "$server"
  n=0
  while runs "$2" && [ "$n" -lt 250 ]; do
    n=$((n + 1))
    [ "$n" -eq 100 ] && kill -QUIT "$server"
    [ "$n" -eq 200 ] && kill -KILL "$server"
    sleep 0.1
  done
fi
[ -z "$3" ] || rm -rf "$3"
`

/**
 * Starts a watchdog for the server of `cluster`. It is in a session of its own: Ctrl-C in a terminal reaches every
 * process of the foreground group, and must not stop the database under an orderly shutdown.
 */
export function startWatchdog(
  cluster: string,
  account: Account,
  options: { readonly firstSignal: 'INT' | 'QUIT'; readonly removeAfter: string | null },
): Watchdog {
  const args = [
    '-c',
    SCRIPT,
    'firedrill-postgres-watchdog',
    options.firstSignal,
    cluster,
    options.removeAfter ?? '',
  ]
  const child = spawn('/bin/sh', args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    ...account,
  })
  // Neither may keep this process alive, and a watchdog that was killed is no reason to die: the next start
  // finds a server without an owner and stops it.
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  return {
    guard: (pid) => void child.stdin.write(`${pid}\n`),
    dismiss: () => void child.stdin.end('dismissed\n'),
  }
}
