import type { Shutdown } from './shutdown.ts'

/** Set by a parent that hands its children a pipe on standard input which closes when it is gone. */
export const PARENT_VARIABLE = 'FIREDRILL_PARENT'

/** Ends this process in order when its parent is gone, however that came about. Does nothing for a process of its own. */
export function endWithParent(
  shutdown: Shutdown,
  env: NodeJS.ProcessEnv = process.env,
  input: NodeJS.ReadStream = process.stdin,
): void {
  if (env[PARENT_VARIABLE] !== 'stdin') return
  const end = () => void shutdown.end('the parent process is gone')
  input.once('end', end)
  input.once('close', end)
  input.resume()
}
