import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { step } from './progress.mjs'
import { ROOT } from './workspace.mjs'

const DIRECTORY = join(ROOT, '.firedrill')
const FILE = join(DIRECTORY, 'setup.lock')

/**
 * Lets one set-up at a time work on this checkout; others wait. A lock whose process is gone is taken over.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  mkdirSync(DIRECTORY, { recursive: true })
  if (!tryLock()) {
    const progress = step('waiting for another set-up of this checkout')
    while (!tryLock()) await sleep(200)
    progress.done()
  }
  try {
    return await work()
  } finally {
    rmSync(FILE, { force: true })
  }
}

function tryLock() {
  try {
    writeFileSync(FILE, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
  const holder = Number(readOrEmpty())
  // An empty file is being written at this moment.
  if (holder === 0 || isAlive(holder)) return false
  // Only one of several waiters can rename it away; the others find it gone and try again.
  try {
    renameSync(FILE, `${FILE}.${process.pid}`)
    rmSync(`${FILE}.${process.pid}`)
  } catch {
    return false
  }
  return tryLock()
}

function readOrEmpty() {
  try {
    return readFileSync(FILE, 'utf8')
  } catch {
    return ''
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
