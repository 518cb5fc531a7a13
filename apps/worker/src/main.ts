import { composeWorker } from './main/compose.ts'
import { parseRole } from './options.ts'

try {
  const role = parseRole(process.argv.slice(2))
  const worker = await composeWorker(role)
  // Each loads its own part alone: what it does not use costs memory.
  switch (role) {
    case 'advance':
    case 'recover':
      await (await import('./roles/drive.ts')).drive(worker, role)
      break
    case 'reap':
      await (await import('./roles/reap.ts')).reap(worker)
      break
    case 'probe':
      ;(await import('./main/probe.ts')).probe(worker)
      break
    case 'rehearse':
      await (await import('./roles/rehearse.ts')).rehearse(worker)
      break
  }
  process.stdout.write(`${JSON.stringify({ ready: true, role, pid: process.pid })}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  // Whatever was opened before the failure must not keep the process alive.
  process.exit()
}
