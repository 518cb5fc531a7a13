import { overviewSchema, type OverviewView, type TrendRun, type Verdict } from '@firedrill/contracts'
import { closedRun } from './told-runs.ts'

const NOW = Date.UTC(2026, 10, 20, 9, 12, 4) * 1000
const at = (text: string) => Date.parse(`${text}Z`) * 1000
const SECOND = 1_000_000

function result(
  objective: string,
  max: number,
  lo: number | null,
  hi: number | null,
): TrendRun['results'][number] {
  const verdict: Verdict =
    lo === null ? 'inconclusive' : hi !== null && hi <= max ? 'held' : lo > max ? 'deviated' : 'inconclusive'
  const observed = lo === null ? null : { lo: lo * SECOND, hi: hi === null ? null : hi * SECOND }
  return { objective, maxMicros: max * SECOND, verdict, observed }
}

function run(number: number, day: string, version: number, recovery: TrendRun['results'][number]): TrendRun {
  return {
    id: number === 211 ? closedRun().id : `run_${number}`,
    number,
    at: at(`${day}T10:00:00`),
    version,
    verdict: recovery.verdict,
    reason: '',
    isAborted: recovery.observed === null,
    results: [recovery, result('detection', 180, 55, 65)],
  }
}

const recovery = (max: number, lo: number | null, hi: number | null) => result('recovery', max, lo, hi)

/** The story of the overview: two overdue, one at its limit, one that was never drilled. */
export function overview(): OverviewView {
  const evacuation = [
    run(101, '2026-01-23', 4, recovery(900, 1032, 1152)),
    run(109, '2026-02-06', 4, recovery(900, 936, null)),
    run(118, '2026-02-24', 4, recovery(900, 846, 966)),
    run(131, '2026-03-12', 4, recovery(900, 798, 858)),
    run(140, '2026-04-18', 5, recovery(900, 661, 666)),
    run(152, '2026-05-13', 5, recovery(900, 638, 643)),
    run(163, '2026-06-22', 6, recovery(600, 623, 627)),
    run(170, '2026-07-07', 6, recovery(600, 583, 587)),
    run(181, '2026-08-13', 6, recovery(600, null, null)),
    run(190, '2026-08-25', 7, recovery(600, 557, 561)),
    run(203, '2026-09-24', 7, recovery(600, 540, 544)),
    run(211, '2026-11-19', 7, recovery(600, 444.4, 448.8)),
  ]
  const row = {
    environment: 'sandbox',
    isProduction: false,
    version: 7,
    objectives: [
      { name: 'recovery', kind: 'recovery-time', maxMicros: 600 * SECOND },
      { name: 'detection', kind: 'detection-time', maxMicros: 180 * SECOND },
    ],
    live: null,
    nextAt: null,
    overdueSince: null,
    overdueWhy: '',
    runs: [],
  }
  return overviewSchema.parse({
    now: NOW,
    isWhole: true,
    rows: [
      {
        ...row,
        scenario: 'region-evacuation',
        title: 'A Region is left',
        service: 'checkout',
        nextAt: at('2027-02-19T10:00:00'),
        runs: evacuation,
        live: { id: 'run_01k2m5w3n8e0b6c7v9p4q2r1s0', number: 214, status: 'observing' },
      },
      {
        ...row,
        scenario: 'backup-restore',
        title: 'The ledger comes from its backup',
        service: 'ledger',
        environment: 'live',
        isProduction: true,
        nextAt: at('2026-12-02T10:00:00'),
        overdueSince: at('2026-10-02T10:00:00'),
        overdueWhy: 'its time had passed 2 h 4 min before anything could start it',
        runs: [run(88, '2026-07-02', 2, recovery(600, 548, 668))],
      },
      {
        ...row,
        scenario: 'sts-away',
        title: 'Nobody gets a token',
        service: 'identity',
        overdueSince: at('2026-11-08T09:00:00'),
        overdueWhy: 'refused: the environment is frozen',
      },
      {
        ...row,
        scenario: 'az-loss',
        title: 'A zone loses power',
        service: 'search',
        nextAt: at('2026-12-02T09:30:00'),
        runs: [run(144, '2026-05-17', 1, recovery(180, 221.2, 224.6))],
      },
      {
        ...row,
        scenario: 'dns-record-removal',
        title: 'The address records vanish',
        service: 'gateway',
        runs: [run(188, '2026-10-08', 3, recovery(900, 1122, null))],
      },
      {
        ...row,
        scenario: 'instance-kill',
        title: 'All primary web instances stop',
        service: 'payments',
        nextAt: at('2026-12-15T09:00:00'),
        runs: [run(199, '2026-09-02', 1, recovery(240, 131.4, 134.9))],
      },
      {
        ...row,
        scenario: 'spot-interruption',
        title: 'Spot capacity is taken back',
        service: '',
        environment: null,
      },
    ],
  })
}

/** The same scenarios of which none was ever drilled or booked. */
export function emptyOverview(): OverviewView {
  const { rows, ...rest } = overview()
  const never = {
    environment: null,
    isProduction: false,
    runs: [],
    live: null,
    nextAt: null,
    overdueSince: null,
    overdueWhy: '',
  }
  return { ...rest, rows: rows.map((row) => ({ ...row, ...never })) }
}
