import { composeWorker } from './main/compose.ts'
import { parseRole } from './options.ts'
import { drive } from './roles/drive.ts'
import { probe } from './main/probe.ts'
import { reap } from './roles/reap.ts'
import { rehearse } from './roles/rehearse.ts'

try {
  const role = parseRole(process.argv.slice(2))
  const worker = await composeWorker(role)
  switch (role) {
    case 'advance':
    case 'recover':
      await drive(worker, role)
      break
    case 'reap':
      await reap(worker)
      break
    case 'probe':
      probe(worker)
      break
    case 'rehearse':
      await rehearse(worker)
      break
  }
  process.stdout.write(`${JSON.stringify({ ready: true, role, pid: process.pid })}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  // Whatever was opened before the failure must not keep the process alive.
  process.exit()
}
