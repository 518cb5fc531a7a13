import type { Kernel } from './kernel.ts'
import type { LoadBalancer } from './model.ts'
import type { Table } from './store.ts'

/** Overload is told in eighths, so that it does not change with every request. */
const PARTS = 8

/** How much of what balancers are offered their targets can serve. */
export class Overload {
  readonly #kernel: Kernel
  /** Of eight requests to a balancer's targets, how many are served; absent while its targets can take them all. */
  readonly #served: Table<number>

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#served = kernel.store.table('load-balancer-served')
  }

  /** Counts changes, so that what follows from them can be kept until the next. */
  get revision(): number {
    return this.#served.revision
  }

  /** Compares what a balancer was offered in a second with what its targets can take. */
  offer(balancer: LoadBalancer, perSecond: number, capacity: number): void {
    const served = perSecond <= capacity ? PARTS : Math.floor((PARTS * capacity) / perSecond)
    const before = this.#served.get(balancer.arn) ?? PARTS
    if (served === before) return
    if (served === PARTS) this.#served.delete(balancer.arn)
    else this.#served.put(balancer.arn, served)
    this.#kernel.transition(
      `load-balancer:${balancer.name}:load`,
      asShare(before),
      asShare(served),
      `${Math.round(perSecond)} requests/s for a capacity of ${Math.round(capacity)}`,
    )
  }

  /** Which of eight rounds of requests are turned away; null while none is. */
  shedRounds(loadBalancerArn: string): readonly boolean[] | null {
    const served = this.#served.get(loadBalancerArn)
    if (served === undefined) return null
    // Rounds are taken out of the row evenly: 0, 5, 2, 7, 4, 1, 6, 3.
    return Array.from({ length: PARTS }, (_, round) => (round * 5) % PARTS >= served)
  }
}

const asShare = (parts: number): string => `${(100 * parts) / PARTS} % served`
