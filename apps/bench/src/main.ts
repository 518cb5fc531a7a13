import { parseArgs } from 'node:util'
import { access } from './access/access.ts'
import { malformed } from './malformed/malformed.ts'
import { accuracy } from './accuracy/accuracy.ts'
import { dataLossBench } from './data-loss/data-loss.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { evacuation } from './evacuation/evacuation.ts'
import { evidence } from './evidence/evidence.ts'
import { isMet, ratioToGoal, SIZES, type Bench } from './figures/figure.ts'
import { footprint } from './figures/footprint.ts'
import { probes } from './probes/probes.ts'
import { report } from './report/report.ts'
import { regression } from './regression/regression.ts'
import { rehearsal } from './rehearsal/rehearsal.ts'
import { startup } from './figures/startup.ts'
import { abort } from './proof/abort.ts'
import { clock } from './proof/clock.ts'
import { crash } from './proof/crash.ts'
import { expiry } from './proof/expiry.ts'
import { flush } from './proof/flush.ts'
import { halt } from './proof/halt.ts'
import { postgresAway } from './proof/postgres-away.ts'
import { redisAway } from './proof/redis-away.ts'
import { trend } from './trend/trend.ts'
import { throttle } from './proof/throttle.ts'
import { upgrade } from './proof/upgrade.ts'
import { zombie } from './proof/zombie.ts'
import { seeds } from './seeds/seeds.ts'
import { simulator } from './simulator/simulator.ts'
import { web } from './web/web.ts'
import { worlds } from './worlds/worlds.ts'

const BENCHES: readonly Bench[] = [
  access,
  malformed,
  dispatch,
  startup,
  footprint,
  simulator,
  rehearsal,
  worlds,
  accuracy,
  crash,
  zombie,
  flush,
  redisAway,
  postgresAway,
  expiry,
  upgrade,
  throttle,
  clock,
  abort,
  halt,
  dataLossBench,
  evacuation,
  evidence,
  report,
  trend,
  regression,
  probes,
  seeds,
  web,
]

const USAGE = `pnpm bench NAME... [--size default|full] [--seed N]    one line of JSON a figure; exit 1 when a goal is missed
pnpm bench --list                           what can be measured
`

/** Measures what was asked for; answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      size: { type: 'string', default: 'default' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return say(process.stdout, USAGE, 0)
  if (values.list)
    return say(process.stdout, BENCHES.map(({ name, about }) => `${name.padEnd(14)} ${about}\n`).join(''), 0)
  const size = SIZES.find((known) => known === values.size)
  if (size === undefined) return say(process.stderr, `--size takes one of ${SIZES.join(', ')}\n`, 2)
  const seed = values.seed === undefined ? undefined : Number(values.seed)
  if (seed !== undefined && !Number.isSafeInteger(seed))
    return say(process.stderr, '--seed takes a whole number\n', 2)
  const wanted = positionals.map((name) => BENCHES.find((bench) => bench.name === name))
  const unknown = positionals.filter((_, i) => wanted[i] === undefined)
  if (unknown.length > 0 || wanted.length === 0)
    return say(
      process.stderr,
      unknown.length > 0 ? `nothing measures ${unknown.join(', ')}; see --list\n` : USAGE,
      2,
    )
  let isEveryGoalMet = true
  for (const bench of wanted) {
    if (bench === undefined) continue
    const asked = { size, say: (line: string) => void process.stderr.write(`${line}\n`) }
    for await (const figure of bench.run(seed === undefined ? asked : { ...asked, seed })) {
      process.stdout.write(`${JSON.stringify({ ...figure, ratio: ratioToGoal(figure) })}\n`)
      if (!isMet(figure)) isEveryGoalMet = false
    }
  }
  return isEveryGoalMet ? 0 : 1
}

function say(stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(text)
  return exitCode
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
