import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'sandbox.pid'

/** Claims a state directory for this process, or answers the process that has it. A killed one's claim is taken over. */
export function claimState(
  stateDir: string,
): Readonly<{ ok: true; release: () => void } | { ok: false; pid: number }> {
  mkdirSync(stateDir, { recursive: true })
  const file = join(stateDir, FILE)
  const holder = readHolder(file)
  if (holder !== undefined && holder.pid !== process.pid && startOf(holder.pid) === holder.start)
    return { ok: false, pid: holder.pid }
  writeFileSync(file, JSON.stringify({ pid: process.pid, start: startOf(process.pid) ?? '' }))
  return { ok: true, release: () => rmSync(file, { force: true }) }
}

function readHolder(file: string): Readonly<{ pid: number; start: string }> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('start' in value))
      return undefined
    return typeof value.pid === 'number' && typeof value.start === 'string'
      ? { pid: value.pid, start: value.start }
      : undefined
  } catch {
    return undefined
  }
}

/** What tells a process from a later one with the same id: its start time on Linux, mere existence elsewhere. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  if (process.platform !== 'linux') return ''
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
