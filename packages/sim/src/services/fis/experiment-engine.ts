import { SECOND, type Micros } from '../../world/model.ts'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import {
  advanceAction,
  failAction,
  skipAction,
  startAction,
  withdrawAction,
  type ActionStep,
} from './experiment-actions.ts'
import { isActionOver, isOver, type ActionRun, type Experiment, type ExperimentError } from './fis-model.ts'
import { registerPauses } from './replication-pauses.ts'
import { SafetyLevers } from './safety-lever.ts'
import { resolveTargets } from './target-resolution.ts'

/** FIS looks at its experiments this often, in world time. */
const TICK: Micros = SECOND

type TickEvent = { readonly key: string }

/**
 * Moves experiments through their states in world time: pending 1–2 s, initiating until about 10–13 s after the start,
 * then running; `stopping` takes 5–29 s and as long as post-actions need.
 *
 * Every state is a row in the world's store and every wait an event on its schedule, so a simulator that was killed
 * goes on with its experiments where it was.
 */
export class ExperimentEngine {
  readonly experiments: Table<Experiment>
  readonly levers: SafetyLevers
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    this.experiments = world.kernel.store.table('fis-experiments')
    registerPauses(world)
    world.on<TickEvent>('fis.tick', ({ key }) => this.#tick(key))
    this.levers = new SafetyLevers(world, {
      activeIn: (region) =>
        [...this.experiments.values()].filter(
          (experiment) => experiment.region === region && !isOver(experiment),
        ),
      stop: (experiment) => void this.stop(experiment, 'Experiment stopped by the safety lever.'),
    })
  }

  /** Begins a new experiment, whose row the caller has made with status `pending`. */
  begin(experiment: Experiment): Experiment {
    const now = this.#world.now()
    const pending = { ...experiment, dueAt: now + this.#world.kernel.drawSeconds('fis-pending', 1, 2) }
    this.#put(pending)
    this.#world.kernel.transition(`experiment:${experiment.id}`, 'absent', 'pending', 'fis:StartExperiment')
    this.#world.schedule(pending.dueAt, 'fis.tick', { key: keyOf(pending) } satisfies TickEvent)
    return pending
  }

  /** Asks an experiment to stop: post-actions run before it becomes `stopped`. */
  stop(experiment: Experiment, reason: string): Experiment {
    if (isOver(experiment) || experiment.status === 'stopping') return experiment
    return this.#beginEnding(experiment, { status: 'stopped', reason }, null)
  }

  #tick(key: string): void {
    const experiment = this.experiments.get(key)
    if (experiment === undefined || isOver(experiment)) return
    const after = this.#step(experiment)
    if (isOver(after)) return
    const now = this.#world.now()
    const waitsForTime =
      after.status === 'pending' || (after.status === 'initiating' && after.resolved !== null)
    const next = waitsForTime ? Math.max(after.dueAt, now) : this.#nextInstant(after, now + TICK)
    this.#world.schedule(next, 'fis.tick', { key } satisfies TickEvent)
  }

  /** A hold that ends before the next look is ended on time. */
  #nextInstant(experiment: Experiment, tick: Micros): Micros {
    const now = this.#world.now()
    const ends = Object.values(experiment.actions).map(({ holdsUntil }) => holdsUntil ?? tick)
    return Math.min(tick, ...ends.filter((at) => at > now))
  }

  #step(experiment: Experiment): Experiment {
    switch (experiment.status) {
      case 'pending':
        return this.#initiate(experiment)
      case 'initiating':
        return experiment.resolved === null ? this.#resolve(experiment) : this.#run(experiment)
      case 'running':
        return this.#advance(experiment)
      case 'stopping':
        return this.#finishEnding(experiment)
      case 'completed':
      case 'stopped':
      case 'failed':
      case 'cancelled':
        return experiment
      default:
        return experiment.status satisfies never
    }
  }

  #initiate(experiment: Experiment): Experiment {
    const now = this.#world.now()
    if (this.levers.get(experiment.region).status !== 'disengaged') {
      const reason = 'Experiment was cancelled because the safety lever is engaged.'
      return this.#move(
        withAllActions(experiment, (action) => cancel(action)),
        { status: 'cancelled', reason, endedAt: now },
      )
    }
    return this.#move(experiment, {
      status: 'initiating',
      reason: 'Experiment is initiating.',
      startedAt: now,
    })
  }

  #resolve(experiment: Experiment): Experiment {
    const { region, targets, emptyTargetResolutionMode } = experiment
    const missingAlarm = experiment.stopConditions.find(
      ({ source, value }) =>
        source !== 'none' && this.#world.compositeAlarms.stateOf(value ?? '') === undefined,
    )
    if (missingAlarm !== undefined) {
      return this.#failAtOnce(experiment, `Stop condition alarm ${missingAlarm.value} does not exist.`, {
        accountId: this.#world.account,
        code: 'ConfigurationFailure',
        location: 'stopConditions',
      })
    }
    const resolution = resolveTargets(this.#world, region, targets, emptyTargetResolutionMode)
    if (resolution.kind === 'failed') return this.#failAtOnce(experiment, resolution.reason, resolution.error)
    const dueAt = this.#world.now() + this.#world.kernel.drawSeconds('fis-initiating', 8, 11)
    return this.#put({ ...experiment, resolved: resolution.targets, dueAt })
  }

  #run(experiment: Experiment): Experiment {
    const running = this.#move(experiment, { status: 'running', reason: 'Experiment is running.' })
    if (experiment.actionsMode === 'skip-all') {
      const skipped = withAllActions(running, (action) => skipAction(action))
      return this.#move(skipped, {
        status: 'completed',
        reason: 'Experiment completed.',
        endedAt: this.#world.now(),
      })
    }
    return this.#advance(running)
  }

  #advance(experiment: Experiment): Experiment {
    const alarm = this.#breachedStopCondition(experiment)
    if (alarm !== undefined) {
      return this.#beginEnding(
        experiment,
        { status: 'stopped', reason: 'Experiment halted by stop condition.' },
        null,
      )
    }
    const moved = this.#runActions(experiment)
    if ('failed' in moved) {
      const { name, failed, experiment: broken } = moved
      const error = {
        accountId: this.#world.account,
        code: 'DependentServiceFailure',
        location: `actions.${name}`,
      }
      return this.#beginEnding(broken, { status: 'failed', reason: failed }, error)
    }
    if (!Object.values(moved.actions).every((action) => isActionOver(action))) return this.#put(moved)
    return this.#move(moved, {
      status: 'completed',
      reason: 'Experiment completed.',
      endedAt: this.#world.now(),
    })
  }

  /** Moves running actions on and starts those whose predecessors have completed, until nothing changes any more. */
  #runActions(experiment: Experiment): Experiment | { name: string; failed: string; experiment: Experiment } {
    let current = experiment
    for (let changed = true; changed;) {
      changed = false
      for (const [name, action] of Object.entries(current.actions)) {
        const step = this.#actionStep(current, name, action)
        if (step === action) continue
        if ('failed' in step) {
          const failedAction = failAction(action, step.failed, this.#world.now())
          return { name, failed: step.failed, experiment: withAction(current, name, failedAction) }
        }
        current = withAction(current, name, step)
        changed = true
      }
    }
    return current
  }

  #actionStep(experiment: Experiment, name: string, action: ActionRun): ActionStep {
    if (action.phase !== 'waiting') return advanceAction(this.#world, experiment, name, action)
    const predecessors = (action.startAfter ?? []).map((before) => experiment.actions[before])
    const isReady = predecessors.every(
      (before) => before?.status === 'completed' || before?.status === 'skipped',
    )
    return isReady ? startAction(this.#world, experiment, name, action) : action
  }

  #breachedStopCondition({ stopConditions }: Experiment): string | undefined {
    return stopConditions
      .map(({ value }) => value ?? '')
      .find((arn) => this.#world.compositeAlarms.stateOf(arn) === 'ALARM')
  }

  #beginEnding(
    experiment: Experiment,
    ending: NonNullable<Experiment['ending']>,
    error: ExperimentError | null,
  ): Experiment {
    const dueAt = this.#world.now() + this.#world.kernel.drawSeconds('fis-stopping', 5, 29)
    const stopping = this.#move(
      { ...experiment, ending, error, dueAt },
      { status: 'stopping', reason: 'Stopping Experiment.' },
    )
    return this.#withdrawActions(stopping)
  }

  #finishEnding(experiment: Experiment): Experiment {
    const withdrawn = this.#withdrawActions(experiment)
    const isDone = Object.values(withdrawn.actions).every((action) => isActionOver(action))
    if (!isDone || this.#world.now() < withdrawn.dueAt || withdrawn.ending === null) return withdrawn
    return this.#move(withdrawn, { ...withdrawn.ending, endedAt: this.#world.now() })
  }

  #withdrawActions(experiment: Experiment): Experiment {
    const now = this.#world.now()
    let current = experiment
    for (const [name, action] of Object.entries(experiment.actions)) {
      const step = withdrawAction(this.#world, experiment, name, action)
      current = withAction(current, name, 'failed' in step ? failAction(action, step.failed, now) : step)
    }
    return this.#put(current)
  }

  #failAtOnce(experiment: Experiment, reason: string, error: ExperimentError): Experiment {
    const cancelled = withAllActions(experiment, (action) => cancel(action))
    return this.#move({ ...cancelled, error }, { status: 'failed', reason, endedAt: this.#world.now() })
  }

  #move(
    experiment: Experiment,
    change: Partial<Experiment> & Pick<Experiment, 'status' | 'reason'>,
  ): Experiment {
    const { id, status, region } = experiment
    this.#world.kernel.transition(`experiment:${id}`, status, change.status, `fis:${region} ${change.reason}`)
    return this.#put({ ...experiment, ...change })
  }

  #put(experiment: Experiment): Experiment {
    return this.experiments.put(keyOf(experiment), experiment)
  }
}

/** Table key of an experiment. */
export function keyOf({ region, id }: Pick<Experiment, 'region' | 'id'>): string {
  return `${region}|${id}`
}

function withAction(experiment: Experiment, name: string, action: ActionRun): Experiment {
  return { ...experiment, actions: { ...experiment.actions, [name]: action } }
}

function withAllActions(experiment: Experiment, change: (action: ActionRun) => ActionRun): Experiment {
  const actions = Object.entries(experiment.actions).map(([name, action]) => [name, change(action)] as const)
  return { ...experiment, actions: Object.fromEntries(actions) }
}

function cancel(action: ActionRun): ActionRun {
  return { ...action, status: 'cancelled', reason: 'Action was cancelled.', phase: 'over' }
}
