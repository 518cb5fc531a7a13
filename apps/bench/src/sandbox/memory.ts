import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Memory of a process in megabytes (10^6 bytes). On Linux its proportional share: a page that n processes have in common counts an
 * n-th for each. Elsewhere, and where Linux does not tell, its resident set, which counts such pages n times. 0 when it is gone.
 */
export function memoryMb(pid: number): number {
  return (proportionalKb(pid) ?? residentKb(pid)) * 0.001024
}

function proportionalKb(pid: number): number | undefined {
  try {
    const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    return found === undefined ? undefined : Number(found)
  } catch {
    return undefined
  }
}

function residentKb(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim())
  } catch {
    return 0
  }
}
