import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process as the operating system lists it. `command` is its whole command line. */
export type ProcessEntry = Readonly<{ pid: number; parent: number; command: string }>

/** Every process below one, nearest first. Those in a session of their own, such as PostgreSQL, are among them. */
export function processesBelow(pid: number): readonly ProcessEntry[] {
  const all = process.platform === 'linux' ? fromProc() : fromPs()
  const found: ProcessEntry[] = []
  let parents = new Set([pid])
  while (parents.size > 0) {
    const children = all.filter((entry) => parents.has(entry.parent))
    found.push(...children)
    parents = new Set(children.map((entry) => entry.pid))
  }
  return found
}

/** True while a process has this id and is not merely waiting to be collected by its parent. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return process.platform !== 'linux' || statOf(pid)?.state !== 'Z'
}

function fromProc(): readonly ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    const stat = statOf(Number(name))
    return stat === undefined
      ? []
      : [{ pid: Number(name), parent: stat.parent, command: commandOf(Number(name)) }]
  })
}

function statOf(pid: number): Readonly<{ state: string; parent: number }> | undefined {
  try {
    // The name may hold spaces and brackets; what follows its last bracket does not.
    const [state = '', parent = '0'] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

function fromPs(): readonly ProcessEntry[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
    })
}
