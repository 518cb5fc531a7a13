import { SECOND } from '../../world/model.ts'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import type { Experiment, Lever } from './fis-model.ts'

type LeverEvent = { readonly region: string }

/** What a lever has to know of experiments, and what it does to them. */
export type LeverLinks = {
  readonly activeIn: (region: string) => readonly Experiment[]
  readonly stop: (experiment: Experiment) => void
}

/** The safety levers, one for each Region. */
export class SafetyLevers {
  readonly #rows: Table<Lever>
  readonly #world: World
  readonly #links: LeverLinks

  constructor(world: World, links: LeverLinks) {
    this.#world = world
    this.#links = links
    this.#rows = world.kernel.store.table('fis-levers')
    world.on<LeverEvent>('fis.lever', ({ region }) => this.#engage(region))
  }

  /** The state of the lever of a Region. */
  get(region: string): Lever {
    return this.#rows.get(region) ?? { status: 'disengaged', reason: 'Initial state.' }
  }

  /**
   * Moves a lever. Engaging stops whatever runs in the Region and takes until all of that has stopped; what is started
   * from now on is cancelled.
   */
  set(region: string, { status, reason }: Lever): void {
    if (status === 'disengaged') return this.#put(region, { status, reason })
    this.#put(region, { status: 'engaging', reason })
    for (const experiment of this.#links.activeIn(region)) this.#links.stop(experiment)
    this.#lookAgain(region)
  }

  #engage(region: string): void {
    const lever = this.get(region)
    if (lever.status !== 'engaging') return
    if (this.#links.activeIn(region).length > 0) return this.#lookAgain(region)
    this.#put(region, { ...lever, status: 'engaged' })
  }

  #lookAgain(region: string): void {
    this.#world.schedule(this.#world.now() + SECOND, 'fis.lever', { region } satisfies LeverEvent)
  }

  #put(region: string, lever: Lever): void {
    const before = this.get(region)
    this.#rows.put(region, lever)
    this.#world.kernel.transition(
      `safety-lever:${region}`,
      before.status,
      lever.status,
      `fis: ${lever.reason}`,
    )
  }
}
