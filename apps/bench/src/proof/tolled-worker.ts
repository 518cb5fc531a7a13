import { composeWorker, drive, reap, ROLES, type Worker } from '@firedrill/worker'
import { shiftClock } from './shifted-clock.ts'
import { tolled, type Gate } from './toll.ts'
import { WEAKNESSES, weakened } from './weakness.ts'

/**
 * A worker process as in production, made of the same parts, but which asks its parent before and after every call to
 * the outside whether to go on. The parent answers, or kills it, or stops it.
 */
shiftClock()
const waiting = new Map<string, () => void>()
const gate: Gate = (toll) =>
  new Promise((resolve) => {
    waiting.set(`${toll.phase} ${toll.id}`, resolve)
    process.send?.(toll)
  })
process.on('message', (message: unknown) => {
  const { phase, id } = message as Readonly<{ phase: string; id: number }>
  const key = `${phase} ${id}`
  waiting.get(key)?.()
  waiting.delete(key)
})

const role = ROLES.find((known) => known === process.argv[2])
const weakness = WEAKNESSES.find((known) => known === process.argv[3])
if (role === undefined) throw new Error(`the first argument is one of ${ROLES.join(', ')}`)
const whole = await composeWorker(role)
const ports = weakness === undefined ? whole.ports : weakened(whole.ports, weakness)
const worker: Worker = { ...whole, ports: tolled(ports, role, gate) }
if (role === 'advance' || role === 'recover') await drive(worker, role)
if (role === 'reap') await reap(worker)
process.stdout.write(`${JSON.stringify({ ready: true, role, pid: process.pid })}\n`)
