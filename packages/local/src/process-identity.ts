import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * True when a process with this id exists, whoever owns it. A process of another user answers EPERM and counts as
 * alive: taking somebody's live process for dead is the expensive mistake.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * What tells this process from a later one that got the same id: its start time as the kernel gives it. `null`
 * when there is no such process, or when it is only waiting to be reaped.
 */
export function startMark(pid: number): string | null {
  if (process.platform === 'linux') {
    // The second field is the program's name in parentheses and may hold anything, so count from the last ')'.
    const fields = readOrNull(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')
    if (fields === undefined || fields[0] === 'Z') return null
    return fields[19] ?? null
  }
  return psField(pid, 'lstart=')
}

/** The command line of a process, words separated by blanks; `null` when there is no such process. */
export function commandLine(pid: number): string | null {
  if (process.platform === 'linux') return readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? null
  return psField(pid, 'command=')
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function psField(pid: number, field: string): string | null {
  try {
    const text = execFileSync('ps', ['-o', field, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim() || null
  } catch {
    return null
  }
}
